"""A story in several pages: which of them a page is, and where the next one is, as far as that is sure.

The site's file says it (`next_page`, `single_page` in a layout), or the address does: the next page's is that of the
first with a number more, such as `?page=2`, `/2` or `-2.html`, and the link to it is a number or is named as such. A
`rel=next` alone says nothing: most of them lead to another story.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from archive.exchange import Capture, Purpose
from archive.extraction.page_addresses import NAMES, is_whole_of, numbered, stem_of
from archive.extraction.page_reading import page_tree
from archive.sites import Layout, Site
from archive.sites.selectors import select
from archive.telling.kinds import Warned, WarningKind

#: Pages that a story may have. Galleries of a page for each picture have the most.
MOST_PAGES = 50
#: The number of the view that has all pages in one.
WHOLE = 0
#: Bytes of a page that are looked at, and places in it where its own address is looked for.
_LOOKED_AT, _PLACES, _MOST_LINKS = 2_000_000, 200, 5_000
#: Bytes behind the name of a story's pages in which a number is looked for.
_FAR = 60
_ASKED = rf"\?(?:[^\"'<>\s&;]{{0,40}}+[&;]){{0,6}}+(?:{NAMES})="
_ENDED = r"\d{1,3}+(?!\w)"
_BEHIND = re.compile(rf"(?:\.[a-z]{{2,5}}+)?/?(?:{_ASKED}|[/_,.-](?:(?:{NAMES})[/_,.=-]?)?){_ENDED}".encode(), re.I)
#: An address of a query alone, and what stands before one, in so many bytes.
_QUERY, _BEFORE, _SO_FAR = re.compile((_ASKED + _ENDED).encode(), re.I), re.compile(rb"=\s{0,4}+[\"']?\Z"), 6
_ARROWS = " \t\r\n\xa0>\u00bb\u203a\u2192\u25b6\u2026."
_NEXT = frozenset(
    "next|next page|continue|continue reading|weiter|nächste|nächste seite|suivant|suivante|page suivante|siguiente|"
    "página siguiente|siguiente página|avanti|successiva|pagina successiva|próxima|próxima página|seguinte|"
    "página seguinte|volgende|volgende pagina|nästa|nästa sida|næste|næste side|neste|neste side|seuraava|"
    "seuraava sivu|następna|następna strona|další|další strana|следующая|следующая страница|далее|sonraki|"
    "sonraki sayfa|下一页|下一頁|次へ|次のページ|다음|다음 페이지".split("|")
)
_OF = re.compile(r"\b(\d{1,3})\s{0,3}+(?:of|von|de|di|sur|van|av|af|z|ze|iz|из|共|/)\s{0,3}+(\d{1,3})\b", re.I)
_COMMENTS = re.compile(r"comment|disqus|respond", re.I)


class StoryPage(NamedTuple):
    """What a page says of its story: its `number` from 1 (`WHOLE` for the view that has all), how many there are if
    it says so, and the addresses of the next page and of the view that has all."""

    number: int
    total: int | None = None
    following: str | None = None
    single: str | None = None

    @property
    def is_alone(self) -> bool:
        """Whether it is all of its story, as far as it says."""
        return self.number == WHOLE or (self.number == 1 and not self.following)


def story_page(capture: Capture, site: Site, tree: etree._Element | None = None) -> StoryPage | None:
    """What a captured page says of its story; None where it is no page, or nothing says that there are more. `tree` is
    the page, where it is parsed already."""
    origin, layout = capture.origin, site.layout(capture.date)
    is_part = origin.purpose is Purpose.PAGE
    known = StoryPage(origin.page or WHOLE) if is_part else None
    if not capture.has_record or capture.obstacle or origin.page == WHOLE:
        return known
    first = (origin.via if is_part else None) or capture.url
    is_named = layout is not None and bool(layout.next_page or layout.single_page)
    if not is_named and not _may_go_on(capture.body[:_LOOKED_AT], first):
        return known
    tree = page_tree(capture.body, capture.header("Content-Type")) if tree is None else tree
    if tree is None:
        return known
    found = _Links(tree, capture.url, first, origin.page).page(layout)
    return known if found.is_alone and not is_part else found


def lone(page: StoryPage | None) -> tuple[Warned, ...]:
    """What is to be said of a page that stands for its story alone."""
    return lacking([page.number], page.total) if page and not page.is_alone else ()


def lacking(numbers: list[int], total: int | None) -> tuple[Warned, ...]:
    """What is to be said of a story of which only some pages are there."""
    named = ", ".join(map(str, numbers[:-1])) + (" and " if numbers[:-1] else "") + str(numbers[-1])
    said = f"only page {named} of" if len(numbers) == 1 else f"only pages {named} of"
    return (
        Warned(
            WarningKind.PAGES, f"pages: {said} {total or 'several'} {'is' if len(numbers) == 1 else 'are'} captured"
        ),
    )


def _may_go_on(body: bytes, url: str) -> bool:
    """Whether a page names its own address with something behind it that has a number, before it is parsed."""
    # The engine looks slowly for more than one sign.
    asked = (at for at in _places(body, b"?") if _QUERY.match(body, at))
    if any(_BEFORE.search(body, max(0, at - _SO_FAR), at) for at in asked):
        return True
    names = (name.encode("utf-8", "replace") for name in _names(url) if not name.isdigit())
    behind = (at + len(name) for name in names for at in islice(_places(body, name), _PLACES))
    return any(_BEHIND.match(body, at, at + _FAR) for at in behind)


def _names(url: str) -> set[str]:
    """What the address of each page of a story holds, given that of one: the last part of its path, as it may be
    written."""
    stems = (url, *(stem for stem, _, _ in numbered(url)))
    last = {stem.partition("?")[0].rstrip("/").rpartition("/")[2].partition(".")[0] for stem in stems}
    return (last | set(map(unquote, last))) - {""}


def _places(body: bytes, name: bytes) -> Iterator[int]:
    at = body.find(name)
    while at >= 0:
        yield at
        at = body.find(name, at + 1)


class _Links:
    """The links of a page that may lead to others of its story, whose first page has the address `first`."""

    def __init__(self, tree: etree._Element, url: str, first: str, number: int | None) -> None:
        self._tree = tree
        self._url = url
        self._first = first
        base = tree.find(".//base[@href]")
        self._base = url if base is None else _joined(url, base.get("href")) or url
        names = _names(url) | _names(first)
        self._links = [
            (target, element)
            for element in islice(tree.iter("a", "link"), _MOST_LINKS)
            if (said := element.get("href"))
            and (said.startswith("?") or any(name in said for name in names))
            and (target := _joined(self._base, said))
        ]
        self._number = number or self._own_number()

    def page(self, layout: Layout | None) -> StoryPage:
        """What they say."""
        following = self._selected(layout.next_page) if layout else None
        single = self._selected(layout.single_page) if layout and self._number == 1 else None
        numbers = list(self._numbers())
        if following is None and not (layout and layout.next_page):
            following = next((url for url, number, _ in numbers if number == self._number + 1), None)
        if single is None and following and self._number == 1:
            single = next((url for url, _ in self._links if is_whole_of(url, self._first)), None)
        total = self._said_total() or max((number for _, number, is_digits in numbers if is_digits), default=0)
        return StoryPage(self._number, max(total, self._number) if total else None, following, single)

    def _own_number(self) -> int:
        """The number in the page's own address, where a link leads to the page before it by its number."""
        for stem, number, bare in numbered(self._url):
            before = [one for target, one in self._links if self._precedes(target, stem, number)]
            # A series of other things has numbers in its addresses, too: links that are numbers tell pages.
            is_told = any(_text(one) in ("1", str(number - 1)) for one in before)
            if number > 1 and (is_told or (not bare and any(_has_rel(one, "prev") for one in before))):
                self._first = stem
                return number
        return 1

    @staticmethod
    def _precedes(target: str, stem: str, number: int) -> bool:
        if stem_of(target) == stem:
            return True
        return any(other == stem and before < number for other, before, _ in numbered(target))

    def _numbers(self) -> Iterator[tuple[str, int, bool]]:
        """The pages that links lead to, their numbers, and whether the link shows the number."""
        for target, element in self._links:
            number, bare = self._number_of(target)
            is_other = number and number != self._number
            if is_other and self._says_so(element, number, bare) and not _in_comments(element):
                yield target, number, _text(element) == str(number)

    def _number_of(self, target: str) -> tuple[int, str]:
        own = stem_of(self._first)
        return next(((number, bare) for stem, number, bare in numbered(target) if stem == own), (0, ""))

    def _says_so(self, element: etree._Element, number: int, bare: str) -> bool:
        text = _text(element)
        if text == str(number) or number != self._number + 1:
            return text == str(number)
        words = text.strip(_ARROWS).lower()
        # Behind a hyphen a number may also tell apart stories of the same name.
        return words in _NEXT and " " in words if bare in tuple("-_,") else _has_rel(element, "next") or words in _NEXT

    def _selected(self, selectors: tuple[str, ...]) -> str | None:
        for selector in selectors:
            for element in select(selector, self._tree):
                link = element if element.get("href") else next(element.iter("a"), None)
                target = None if link is None else _joined(self._base, link.get("href"))
                if target and target not in (self._url, self._first):
                    return target
        return None

    def _said_total(self) -> int:
        """How many pages there are in "page 2 of 5" beside a link to one of them."""
        for target, element in self._links:
            around = element.getparent()
            if around is None or not self._number_of(target)[0]:
                continue
            found = _OF.search(" ".join("".join(str(text) for text in around.itertext()).split())[:300])
            if found and int(found[1]) == self._number <= int(found[2]) <= 10 * MOST_PAGES:
                return int(found[2])
        return 0


def _text(element: etree._Element) -> str:
    return " ".join("".join(str(text) for text in element.itertext()).split())[:60]


def _has_rel(element: etree._Element, start: str) -> bool:
    return any(name.startswith(start) for name in (element.get("rel") or "").lower().split())


def _in_comments(element: etree._Element) -> bool:
    names = (f"{up.get('class') or ''} {up.get('id') or ''}"[:500] for up in element.iterancestors())
    return any(_COMMENTS.search(name) for name in names)


def _joined(base: str, target: str | None) -> str | None:
    try:
        joined = urljoin(base, (target or "").strip()).partition("#")[0]
        return joined if target and urlsplit(joined).scheme in ("http", "https") and urlsplit(joined).hostname else None
    except ValueError:
        return None
