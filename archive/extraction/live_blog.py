"""The posts of a live blog, each with its time, in the order of the page.

Elements of one form that each have a time of their own are posts, where the page calls itself a live blog or is named
as one. What schema.org's `liveBlogUpdate` states of them fills in times and headlines; posts that it states and the
page does not show are taken in behind the body. Where those are more than all that it shows, it is an excerpt of the
live blog: its text stays what a reader sees, and they are `related`, each with its post.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urljoin

from lxml import etree

from archive.extraction.attributes import among
from archive.extraction.blocks import TextBlock
from archive.extraction.metadata import parse_date
from archive.extraction.metadata.fact_text import plain_lines
from archive.extraction.metadata.json_ld import read_nodes, texts, types
from archive.extraction.rules import kind_of
from archive.labels import Label
from archive.records import Block, BlockKind, Post

#: The rules of a post's blocks: what the page states and does not show, and what it shows under another label.
UNSHOWN_RULE, STATED_RULE = "json-ld:liveBlogUpdate", "structured:liveBlogUpdate"
#: That of a post's time, where it was taken for text.
TIME_RULE = "general:post-time"
#: What an attribute of a live blog's element holds, and the text of a script that states its posts.
_ELEMENTS, _SCRIPTS = (("itemtype", "/LiveBlogPosting"),), (("", "LiveBlogPosting"),)
LIVE = (*_ELEMENTS, *_SCRIPTS)
#: Posts that are read, levels above a time at which its post is looked for, and letters that are not alike by chance.
_MOST, _LEVELS, _LONG = 1000, 8, 20
#: The share of the body that a live blog's posts hold.
_SHARE = 0.5
_CONFIDENCE = 0.9
_LIVE = re.compile(
    r"\blive\b|live-?blog|live-?ticker|newsticker|minute-by-minute|as-it-happened|en-direct|en-vivo|minuto-a-minuto|"
    r"ao-vivo|in-diretta|\bdiretta\b|relacja-na-zywo|liveblogg|direkte",
    re.I,
)
_SENTENCE = re.compile(r"\w[.!?。！？][\"'”’»)]*(?:\s|$)|[。！？]")
_TIMES = etree.XPath("//time | //*[@itemprop='datePublished']")


class Stated(NamedTuple):
    """A post as JSON-LD states it."""

    post: Post
    lines: tuple[str, ...]
    script: etree._Element

    @property
    def letters(self) -> str:
        """All of its text, to be compared."""
        return _letters("".join(self.lines))


class Live(NamedTuple):
    """The blocks of a page, and the posts that they name by number, from 1."""

    blocks: list[Block]
    posts: tuple[Post, ...]


def with_posts(
    blocks: Sequence[Block],
    shown: Sequence[TextBlock],
    tree: etree._Element,
    marked: Sequence[etree._Element],
    url: str,
) -> Live:
    """The blocks of a page with its posts; `shown` are the same blocks, where they stand in the tree, and `marked` its
    elements that hold a part of LIVE, or more of them."""
    stated, is_live = _stated(marked, url)
    elements = _elements(blocks, shown, tree, sure=is_live) if is_live or _LIVE.search(_name(tree, url)) else []
    if not elements and not stated:
        return Live(list(blocks), ())
    numbers, posts = _numbered(blocks, shown, elements, url) if elements else ([0] * len(blocks), [])
    if not elements:
        numbers = _by_text(blocks, stated)
        posts = [stated[number - 1].post for number in sorted(set(numbers) - {0})]
        numbers = _renumbered(numbers)
    left = _fill(blocks, numbers, posts, stated)
    known = "\n".join(one.letters for one in stated)
    times = {_letters("".join(map(str, time.itertext()))) for time in islice(_times(tree), 2 * _MOST)}
    told = [_marked(*each, known, times) for each in zip(blocks, numbers, strict=True)]
    return _completed(told, posts, left, tree)


def _stated(marked: Sequence[etree._Element], url: str) -> tuple[list[Stated], bool]:
    """The posts that JSON-LD states, and whether the page calls itself a live blog."""
    found: list[Stated] = []
    is_live = bool(among(marked, _ELEMENTS))
    # Some sites have them in a script of another type.
    for script in among(marked, _SCRIPTS, "script"):
        for node in read_nodes([script]):
            if "LiveBlogPosting" in types(node):
                is_live = True
                found += (_post(update, script, url) for update in islice(updates_of(node), _MOST))
    return [one for one in found if one.lines or one.post.title], is_live


def updates_of(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a live blog's node states of its posts."""
    updates = node.get("liveBlogUpdate")
    yield from (one for one in (updates if isinstance(updates, list) else [updates]) if isinstance(one, dict))


def _post(update: dict[str, Any], script: etree._Element, url: str) -> Stated:
    body, address = update.get("articleBody"), texts(update.get("url"))
    lines = plain_lines(body).split("\n") if isinstance(body, str) else ()
    post = Post(
        title=texts(update.get("headline")) or None,
        date_published=parse_date(texts(update.get("datePublished"))),
        date_modified=parse_date(texts(update.get("dateModified"))),
        url=_joined(url, address) if address else None,
    )
    return Stated(post, tuple(line.strip() for line in lines if line.strip()), script)


def _name(tree: etree._Element, url: str) -> str:
    titles = sorted(tree.iter("h1", "title"), key=lambda one: str(one.tag))[:3]
    return " ".join([url, *("-".join("".join(map(str, one.itertext())).split())[:200] for one in titles)])


def _elements(
    blocks: Sequence[Block], shown: Sequence[TextBlock], tree: etree._Element, *, sure: bool
) -> list[etree._Element]:
    """The elements of the posts: those of one form with a time each that hold most of the body."""
    sizes: Counter[etree._Element] = Counter()
    for block, seen in zip(blocks, shown, strict=True):
        if block.label is Label.BODY:
            for above in (seen.element, *seen.element.iterancestors()):
                sizes[above] += len(block.text)
    whole = sum(len(block.text) for block in blocks if block.label is Label.BODY)
    groups: defaultdict[tuple[Any, ...], dict[etree._Element, None]] = defaultdict(dict)
    for time in islice(_times(tree), 2 * _MOST):
        for above in islice(time.iterancestors(), _LEVELS):
            if sizes[above]:
                first_class = (above.get("class") or "").split()[:1]
                groups[(above.getparent(), above.tag, *first_class)].setdefault(above)
    enough = [
        group
        for group in groups.values()
        if len(group) >= (2 if sure else 3) and sum(sizes[one] for one in group) >= _SHARE * whole
    ]
    # A list of posts may stand in a list of days: the posts are more.
    largest: dict[etree._Element, None] = max(enough, key=len, default={})
    return list(largest)


def _times(tree: etree._Element) -> Iterator[etree._Element]:
    found = _TIMES(tree)
    for one in found if isinstance(found, list) else ():
        if isinstance(one, etree._Element):
            yield one


def _numbered(
    blocks: Sequence[Block], shown: Sequence[TextBlock], elements: Sequence[etree._Element], url: str
) -> tuple[list[int], list[Post]]:
    """The post of each block, 0 for none, and the posts."""
    numbers = {element: number for number, element in enumerate(elements, 1)}
    found = [
        next((numbers[above] for above in (seen.element, *seen.element.iterancestors()) if above in numbers), 0)
        for seen in shown
    ]
    titles: dict[int, str] = {}
    for block, number in zip(blocks, found, strict=True):
        if number and block.kind is BlockKind.HEADING:
            titles.setdefault(number, block.text)
    return found, [_shown_post(element, titles.get(number), url) for element, number in numbers.items()]


def _shown_post(element: etree._Element, title: str | None, url: str) -> Post:
    said = (one.get("datetime") or one.get("content") or one.text or "" for one in element.iter("time", "meta", "span"))
    dates = (date for text in islice(said, 20) if any(map(str.isdigit, text)) and (date := parse_date(text.strip())))
    name = element.get("id")
    return Post(title=title, date_published=next(dates, None), url=f"{url.partition('#')[0]}#{name}" if name else None)


def _by_text(blocks: Sequence[Block], stated: Sequence[Stated]) -> list[int]:
    """The stated post that each block is of, by its text: a headline, or part of its body."""
    titles = {_letters(one.post.title or ""): number for number, one in enumerate(stated, 1)}
    letters = [one.letters for one in stated]
    found = []
    for block in blocks:
        own = _letters(block.text)
        held = (number for number, text in enumerate(letters, 1) if len(own) >= _LONG and own in text)
        found.append(next(held, titles.get(own, 0) if block.label is Label.BODY and own else 0))
    return found


def _renumbered(numbers: Sequence[int]) -> list[int]:
    order = {number: place for place, number in enumerate(sorted(set(numbers) - {0}), 1)}
    return [order.get(number, 0) for number in numbers]


def _fill(blocks: Sequence[Block], numbers: Sequence[int], posts: list[Post], stated: Sequence[Stated]) -> list[Stated]:
    """Put what is stated into the posts that are shown; the stated ones that are not shown."""
    shown: defaultdict[int, str] = defaultdict(str)
    for block, number in zip(blocks, numbers, strict=True):
        if number:
            shown[number] += _letters(block.text)
    left = []
    for one in stated:
        start, title = one.letters[: 2 * _LONG], _letters(one.post.title or "")
        is_of = (number for number, text in shown.items() if _is_part(start, text) or (not start and title in text))
        if not (number := next(is_of, 0)):
            left.append(one)
            continue
        said = one.post.model_dump(exclude_none=True)
        posts[number - 1] = posts[number - 1].model_copy(update=said)
    return left


def _is_part(start: str, text: str) -> bool:
    return len(start) >= _LONG and start in text


def _marked(block: Block, number: int, stated: str, times: set[str]) -> Block:
    """A block with the number of its post. One whose text a post states is body, and its time is none. A site's own
    rules stand."""
    if not number:
        return block
    own, changed = _letters(block.text), dict[str, object]()
    if not kind_of(block.rule).is_of_site:
        if block.label is Label.BODY and own in times and block.kind is not BlockKind.HEADING:
            changed = {"label": Label.DATE, "rule": TIME_RULE}
        elif block.label is not Label.BODY and len(own) >= _LONG and own in stated:
            changed = {"label": Label.BODY, "rule": STATED_RULE}
    return block.model_copy(update={"post": number, **changed})


def _completed(blocks: list[Block], posts: list[Post], left: Sequence[Stated], tree: etree._Element) -> Live:
    """With the posts that the page states and does not show. Where it shows none, what stands in their place is no
    body."""
    if left and not posts:
        blocks = [_without_place(block) for block in blocks]
    body = [place for place, block in enumerate(blocks) if block.label is Label.BODY]
    end = body[-1] + 1 if body else len(blocks)
    seen = sum(len(_letters(blocks[place].text)) for place in body)
    is_excerpt = bool(posts) and sum(len(one.letters) for one in left) > seen
    label = Label.RELATED if is_excerpt else Label.BODY
    new: list[Block] = []
    for number, one in enumerate(left, len(posts) + 1):
        xpath = tree.getroottree().getpath(one.script)
        said = {"label": label, "rule": UNSHOWN_RULE, "confidence": _CONFIDENCE, "xpath": xpath, "post": number}
        if one.post.title:
            new.append(Block.model_validate({**said, "kind": BlockKind.HEADING, "level": 2, "text": one.post.title}))
        new += (Block.model_validate({**said, "kind": BlockKind.PARAGRAPH, "text": line}) for line in one.lines)
    return Live([*blocks[:end], *new, *blocks[end:]], (*posts, *(one.post for one in left)))


def _without_place(block: Block) -> Block:
    """What has no sentence stands there until a script has run."""
    is_held = block.label is Label.BODY and not _SENTENCE.search(block.text) and not kind_of(block.rule).is_of_site
    return block.model_copy(update={"label": Label.NAVIGATION, "rule": UNSHOWN_RULE}) if is_held else block


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def _joined(url: str, address: str) -> str | None:
    try:
        return urljoin(url, address)
    except ValueError:
        return None
