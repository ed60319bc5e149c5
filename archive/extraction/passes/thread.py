"""Pages that are a discussion and no article with comments below: forums' threads, questions with their answers, issues
of trackers, posts of social media. There the posts are the text; that they are comments is still said of each."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from lxml import etree

from archive.article_text import THREAD_RULE
from archive.extraction.attributes import among
from archive.extraction.blocks import TextBlock
from archive.extraction.comments import DISCUSSED, DISCUSSIONS
from archive.extraction.flow import HEADINGS
from archive.extraction.page_reading import ReadPage
from archive.extraction.passes.boxes import own_elements, upwards
from archive.extraction.rules import Verdict, kind_of, places_of, relabelled
from archive.labels import Label

#: The rule of who posted when, between the posts.
HEAD_RULE = "general:post-head"
#: How the addresses of forums, trackers and the like name a thread: by a folder, a script, or a parameter.
_ADDRESS = re.compile(
    r"/(?:issues?|pull|merge_requests|tickets?|bugs?|status)/\d|/browse/[A-Z]{2,20}-\d|/@[^/?#]{1,100}/\d"
    r"|/(?:threads?|topics?|forums?|questions?|comments|discussions?)/[^?#]{0,200}\d"
    r"|/t/[^/]{1,200}/\d|/d/\d+-|/s/\w{6}/|/item\?id=\d"
    r"|/(?:show_bug|bugreport)\.cgi|/(?:view|show)(?:topic|thread)"
    r"|[?&;](?:topic|thread|threadid|tid|qid)=\d|\btopic-?\d",
)
#: What is said in no post, however little it is believed.
_APART = (Label.HEADLINE, Label.NAVIGATION, Label.LEGAL_NOTICE)
#: What ends a sentence somewhere in a block that says something (a point behind a number within it is of a date), and
#: the fewest words of one.
_SENTENCE, _SAYS = re.compile(r"(?:(?<!\d)\.|[?!…])\s|[.?!…]$|[。？！।؟]"), 3
#: Levels around a block in which its post is looked for; posts of a thread; classes of one.
_LEVELS, _POSTS, _NAMES = 8, 2, 12
#: Words of an opening that stands apart from what is posted below it. An article has more.
_OPENING = 200
#: Characters of a line that says who posted when.
_LINE = 100
#: What a block that says nothing counts against those that do, in words; the share of posts that are signed.
_SILENT, _NEARLY_ALL = 4, 0.75
#: The belief from which a label stands that is neither body nor comment; the share of links of a button.
_SURE, _LINKED = 0.8, 0.8
_NUMBER = re.compile(r"\d+")
_RUNNING = frozenset("p li pre code blockquote td dd".split()) | HEADINGS
#: What is but a part of a post.
_PARTS = frozenset("p span a b strong em i ul ol".split()) | HEADINGS

Name = tuple[str, str]
Boxes = dict[etree._Element, list[int]]


def with_posts(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock], read: ReadPage) -> list[Verdict]:
    """The posts of a page that is a discussion are its text, and what stands between them is not."""
    posts = _posts(verdicts, blocks) if _is_said(read) else []
    if not _are_signed(posts, blocks):
        return list(verdicts)
    first, *others = ([one for one in post if _may_be_said(verdicts[one], blocks[one])] for post in posts)
    held, begin = {place for post in posts for place in post}, _begin(posts, blocks)
    between = (one for one in places_of(Label.BODY, verdicts) if one >= begin and one not in held)
    opening = (one for one in first if verdicts[one].label is not Label.BODY)
    replies = (one for post in others for one in post if verdicts[one].label is not Label.BODY)
    verdicts = relabelled(verdicts, Label.COMMENTS, dict.fromkeys(between, HEAD_RULE))
    verdicts = relabelled(verdicts, Label.BODY, dict.fromkeys(opening, THREAD_RULE))
    return relabelled(verdicts, Label.COMMENTS, dict.fromkeys(replies, THREAD_RULE))


def _begin(posts: Sequence[Sequence[int]], blocks: Sequence[TextBlock]) -> int:
    """Where the first post begins with its head: the element around it that the second one does not share."""
    first, second = posts[0][0], posts[1][0]
    shared = set(upwards(blocks[second].element))
    post = next(iter(reversed(own_elements(blocks[first].element, shared))), blocks[first].element)
    return next(place for place in range(first + 1) if place == first or post in upwards(blocks[place].element))


def _is_said(read: ReadPage) -> bool:
    """Whether a page says that it is a discussion."""
    stated = any(fact.value in DISCUSSIONS for fact in read.facts.types)
    return stated or bool(_ADDRESS.search(read.page.url)) or bool(among(read.marked, DISCUSSED))


def _may_be_said(verdict: Verdict, block: TextBlock) -> bool:
    """Whether a block in a post may be what is said there."""
    if verdict.label is Label.BODY:
        return True
    if block.links >= _LINKED * len(block.text) or kind_of(verdict.rule).is_of_site:
        return False
    is_running = block.element.tag in _RUNNING or len(block.text.split()) >= _SAYS
    return is_running and (verdict.label is Label.COMMENTS or verdict.confidence < _SURE)


def _posts(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[list[int]]:
    """The blocks of each post: of the boxes of one name those that hold most of what is said, and little else. None
    where an article stands elsewhere, with comments below it."""
    boxes: dict[Name, Boxes] = defaultdict(dict)
    said = [_words(verdict, block) for verdict, block in zip(verdicts, blocks, strict=True)]
    for place, block in enumerate(blocks):
        for name, box in _named(block.element):
            boxes[name].setdefault(box, []).append(place)
    telling = {name: [post for post in held.values() if any(said[one] for one in post)] for name, held in boxes.items()}
    found = [posts for posts in telling.values() if len(posts) >= _POSTS]
    posts = max(found, key=lambda posts: sum(said[one] or -_SILENT for post in posts for one in post), default=[])
    held = {place for post in posts for place in post}
    body = sum(said[place] for place in places_of(Label.BODY, verdicts) if place not in held)
    return posts if body <= min(_OPENING, sum(said[place] for place in held)) else []


def _are_signed(posts: Sequence[Sequence[int]], blocks: Sequence[TextBlock]) -> bool:
    """Whether a line with a number, mostly a date, parts nearly all posts; parts of an article are alike, too."""
    parting = [range(one[-1], other[0] + 1) for one, other in pairwise(posts)]
    lines = [(blocks[place].text for place in between) for between in parting]
    signed = sum(any(len(line) <= _LINE and _NUMBER.search(line) for line in between) for between in lines)
    return bool(posts[1:]) and signed >= _NEARLY_ALL * len(parting)


def _words(verdict: Verdict, block: TextBlock) -> int:
    """The words of a block that says something."""
    if verdict.label in _APART or not _SENTENCE.search(block.text):
        return 0
    return max(len(block.text.split()), len(block.text.encode()) // 9)


def _named(element: etree._Element) -> Iterator[tuple[Name, etree._Element]]:
    """The boxes around a block by all that they are called, but for numbers: the largest of each name."""
    found: dict[Name, etree._Element] = {}
    for box in islice(upwards(element), _LEVELS):
        if box.tag not in _PARTS:
            own = _NUMBER.sub("0", box.get("id", ""))
            called = [name for name in box.get("class", "").split()[:_NAMES] if not _NUMBER.search(name)]
            called += [own] if "0" in own else []
            for name in filter(None, (*called, box.get("itemprop"), box.get("data-testid"))):
                found[str(box.tag), name] = box
    yield from found.items()
