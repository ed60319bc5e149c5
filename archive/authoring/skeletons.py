"""Skeletons of tested pages: tags, attributes and lengths, without a word of the page.

Publishers' pages cannot be passed on. What a site file's selectors find, and the dates, can be tested without their
words: a skeleton keeps every element and attribute, and of each word the letters are replaced. Skeletons lie in
`skeletons/DOMAIN.json.gz` beside the folder of site files: for each tested URL the day of its capture, the page, and
how many blocks each label's rules found on the page itself.
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree, html

from archive.authoring.page_tests import Miss
from archive.errors import ConfigurationError
from archive.exchange import Capture
from archive.extraction.page_reading import read_page
from archive.extraction.site_rules import SiteRules
from archive.sites import PageTest, Site, bundled_sites
from archive.whole_file import write_whole

#: Attributes that hold words for people.
_WORDED = frozenset("alt title aria-label placeholder label summary data-caption data-title content".split())
#: Attributes that hold names for programs, and addresses, whose queries can hold a title to be shared.
_NAMES = frozenset(
    "class id rel style media sizes itemprop itemtype itemscope role datetime type property name".split()
)
_ADDRESSES = frozenset("href src action poster srcset data-src data-href data-url data-srcset".split())
#: Values of other attributes that may say something: several words, or data.
_SAYS = re.compile(r"\S\s+\S+\s+\S|^[\[{]|%20")
_LETTER = re.compile(r"[^\W\d_]")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.,]+(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?")
#: Keys of structured data whose values are no words.
_FACTS = frozenset(
    "@type @context @id url datePublished dateModified dateCreated uploadDate isAccessibleForFree".split()
)
_EMPTY = ("script", "style", "noscript", "svg", "template", "iframe")
#: Attributes longer than this are data for scripts.
_LONGEST = 300
_HTML = (("Content-Type", "text/html; charset=utf-8"),)


def skeleton(capture: Capture) -> str:
    """A page without its words. Raises PageError for one that cannot be read."""
    tree = read_page(capture).tree
    for element in tree.iter():
        _strip(element)
    return str(html.tostring(tree, encoding="unicode"))


def _strip(element: etree._Element) -> None:
    is_time = element.tag == "time"
    element.tail = _unworded(element.tail)
    if not isinstance(element.tag, str):
        element.text = ""
        return
    if element.tag == "script" and "ld+json" in (element.get("type") or ""):
        element.text = _structured(element.text or "")
    elif element.tag in _EMPTY:
        element.text = ""
    elif not is_time:
        element.text = _unworded(element.text)
    for name, value in ((str(name), str(value)) for name, value in element.items()):
        if len(value) > _LONGEST:
            del element.attrib[name]
        elif name in _ADDRESSES:
            element.set(name, re.split(r"[?#]", value)[0])
        elif (name in _WORDED or (name not in _NAMES and _SAYS.search(value))) and not _STAMP.fullmatch(value):
            element.set(name, _unworded(value) or "")


def _unworded(text: str | None) -> str | None:
    return _LETTER.sub("x", text) if text else text


def _structured(text: str) -> str:
    try:
        return json.dumps(_facts("", json.loads(text)))
    except ValueError:
        return ""


def _facts(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _facts(name, each) for name, each in value.items()}
    if isinstance(value, list):
        return [_facts(key, each) for each in value]
    return _unworded(value) if isinstance(value, str) and key not in _FACTS else value


def found_by_label(site: Site, capture: Capture) -> dict[str, int]:
    """How many blocks of a page the layout's selectors find, by label. What is found by its text is left out: a
    skeleton has none."""
    layout = site.layout(capture.date)
    if layout is None:
        return {}
    read = read_page(capture)
    strip = tuple(rule for rule in layout.strip if rule.text is None)
    rules = SiteRules(layout.model_copy(update={"strip": strip}), read.tree)
    found = Counter(verdict.label.value for verdict in rules.verdicts(read.page.blocks) if verdict)
    return dict(sorted(found.items()))


def stated_date(capture: Capture) -> str | None:
    """The date of publication that a page's structured data states first."""
    return next((fact.value for fact in read_page(capture).facts.published), None)


def skeleton_line(site: Site, capture: Capture) -> dict[str, Any]:
    """A skeleton as it is kept, with what a page and its skeleton agree on."""
    bare = capture._replace(body=skeleton(capture).encode(), headers=_HTML)
    whole, bones = found_by_label(site, capture), found_by_label(site, bare)
    date = stated_date(capture)
    return {
        "day": capture.date.isoformat() if capture.date else None,
        "found": {label: count for label, count in whole.items() if bones.get(label) == count},
        "date": date if stated_date(bare) == date else None,
        "page": bare.body.decode(),
    }


def folder() -> Path:
    """Where the skeletons of the bundled site files lie."""
    return bundled_sites().parent / "skeletons"


@lru_cache(maxsize=4)
def skeletons_of(domain: str) -> dict[str, Any]:
    """The skeletons of a bundled site's tests, by URL. Raises ConfigurationError for a file that is damaged."""
    path = folder() / f"{domain}.json.gz"
    if not path.is_file():
        return {}
    try:
        kept: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, ValueError) as error:
        raise ConfigurationError(f"{path}: not a file of skeletons: {error}") from error
    return kept


def write_skeletons(domain: str, lines: dict[str, Any]) -> Path:
    """Keep the skeletons of a site's tests. The same ones give the same bytes."""
    folder().mkdir(exist_ok=True)
    path = folder() / f"{domain}.json.gz"
    write_whole(path, gzip.compress(json.dumps(lines, sort_keys=True).encode(), 9, mtime=0))
    return path


def skeleton_misses(site: Site, test: PageTest) -> tuple[Miss, ...] | None:
    """What a test's page lacks by its skeleton, or None where there is no skeleton of it. A site file of the user's own
    is not tried on the bundled one's."""
    if site.file is None or site.file.resolve().parent != bundled_sites().resolve():
        return None
    kept = skeletons_of(site.domain).get(test.url)
    return None if kept is None else tuple(_misses(site, test, kept))


def _misses(site: Site, test: PageTest, kept: dict[str, Any]) -> Iterator[Miss]:
    day = datetime.fromisoformat(kept["day"]) if kept["day"] else None
    bare = Capture(url=test.url, body=kept["page"].encode(), headers=_HTML, date=day)
    found = found_by_label(site, bare)
    for label, count in kept["found"].items():
        if found.get(label, 0) != count:
            told = f"{found.get(label, 0)} of the {count} blocks that they found before"
            yield Miss(f"skeleton.{label}", f"the selectors for {label}", told, "on the page's skeleton")
    if kept["date"] and stated_date(bare) != kept["date"]:
        yield Miss("skeleton.date_published", kept["date"], stated_date(bare) or "")
