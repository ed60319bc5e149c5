"""Pages that are a discussion and no article with comments below: forums' threads, questions with their answers, issues
of trackers, posts of social media. There the posts are the text; that they are comments is still said of each."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, islice, pairwise

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
#: How the addresses of trackers, of social media and of forums' scripts name a thread, and how folders do that may also
#: hold articles: there the first post must be body.
_ADDRESS = re.compile(
    r"/(?:issues?|pull|merge_requests|discussions|tickets?|bugs?|\+bug|status|res)/\d|/browse/[A-Z]{2,20}-\d"
    r"|/@[^/?#]{1,100}/\d|/@[^/?#]{1,100}/post/|/profile/[^/?#]{1,100}/post/|/r/\w{1,40}/comments/"
    r"|/t/[^/]{1,200}/\d|/d/\d+-|/s/\w{6}/|/item\?id=\d"
    r"|/(?:forums?|foros?|foren|support|community)/(?:discussions?|threads?|topics?|temas?|questions?)/"
    r"|/t5/[^?#]{1,200}/(?:td|m)-p/\d|/question_detail/|/read\.cgi/|/(?:forum|discuss)\.php\?|\bthread-\d"
    r"|/(?:show_bug|bugreport)\.cgi|\b(?:view|show)(?:topic|thread)\b|[?&;](?:topic|thread|threadid|tid|qid)=\d"
)
_FOLDER = re.compile(
    r"/(?:threads?|topics?|questions?|comments|discussions?)/[^?#]{0,200}\d|\btopic-?\d"
    r"|/(?:forums?|foros?|foren|f[oó]rum)/[^/?#]{1,200}/[^/?#]"
)
_ARTICLES = ("Article", "BlogPosting")
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
_SILENT, _SIGNED = 4, 0.5
#: What a word of the body counts against one that is no body.
_BODY = 0.5
#: The belief from which a label stands that is neither body nor comment; the share of links of a button.
_SURE, _LINKED = 0.8, 0.8
_NUMBER = re.compile(r"\d+")
_RUNNING = frozenset("p li pre code blockquote td dd".split()) | HEADINGS
#: What is but a part of a post.
_PARTS = frozenset("p a b strong em i ul ol".split()) | HEADINGS

Name = tuple[str, str]
Boxes = dict[etree._Element, list[int]]


def with_posts(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock], read: ReadPage) -> list[Verdict]:
    """The posts of a page that is a discussion are its text, and what stands between them is not."""
    is_stated = _is_stated(read)
    is_sure = is_stated or bool(_ADDRESS.search(read.page.url))
    if not (is_sure or _FOLDER.search(read.page.url)) or (_is_article(read) and not is_stated):
        return list(verdicts)
    said = _words(verdicts, blocks)
    posts = _posts(verdicts, blocks, said)
    is_opened = is_sure or any(verdicts[place].label is Label.BODY for place in chain(*posts[:1]))
    if not is_opened or not _are_signed(posts, blocks):
        return list(verdicts)
    return _as_text(verdicts, blocks, posts, said, _SURE if is_sure else 0.0)


def _as_text(
    verdicts: Sequence[Verdict],
    blocks: Sequence[TextBlock],
    posts: Sequence[Sequence[int]],
    said: Sequence[int],
    doubt: float,
) -> list[Verdict]:
    """The verdicts with what is in the posts for text: the first of them for body, if none opens the page before it.
    Below `doubt` other labels than comments do not stand there."""
    first, held, begin = set(posts[0]), set(chain(*posts)), _begin(posts, blocks)
    body = places_of(Label.BODY, verdicts)
    between = (one for one in body if one >= begin and not said[one] and one not in held)
    others = (one for one in held if verdicts[one].label is not Label.BODY)
    text = [one for one in others if _may_be_said(verdicts[one], blocks[one], doubt)]
    opening = [] if any(said[one] for one in body if one < begin) else [one for one in text if one in first]
    verdicts = relabelled(verdicts, Label.COMMENTS, dict.fromkeys(between, HEAD_RULE))
    verdicts = relabelled(verdicts, Label.COMMENTS, dict.fromkeys(text, THREAD_RULE))
    return relabelled(verdicts, Label.BODY, dict.fromkeys(opening, THREAD_RULE))


def _begin(posts: Sequence[Sequence[int]], blocks: Sequence[TextBlock]) -> int:
    """Where the first post begins with its head: the element around it that the second one does not share."""
    first, second = posts[0][0], posts[1][0]
    shared = set(upwards(blocks[second].element))
    post = next(iter(reversed(own_elements(blocks[first].element, shared))), blocks[first].element)
    return next(place for place in range(first + 1) if place == first or post in upwards(blocks[place].element))


def _is_stated(read: ReadPage) -> bool:
    """Whether a page says of itself that it is a discussion."""
    return any(fact.value in DISCUSSIONS for fact in read.facts.types) or bool(among(read.marked, DISCUSSED))


def _is_article(read: ReadPage) -> bool:
    """Whether a page says of itself that it is an article."""
    return any(fact.value.endswith(_ARTICLES) for fact in read.facts.types)


def _may_be_said(verdict: Verdict, block: TextBlock, doubt: float) -> bool:
    """Whether a block in a post that is no body may be what is said there."""
    if block.links >= _LINKED * len(block.text) or kind_of(verdict.rule).is_of_site:
        return False
    is_running = block.element.tag in _RUNNING or len(block.text.split()) >= _SAYS
    return is_running and (verdict.label is Label.COMMENTS or verdict.confidence < doubt)


def _posts(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock], said: Sequence[int]) -> list[list[int]]:
    """The blocks of each post: of the boxes of one name those that hold most of what is said, and little else. None
    where an article stands elsewhere, with comments below it."""
    boxes: dict[Name, Boxes] = defaultdict(dict)
    for place, block in enumerate(blocks):
        for name, box in _named(block.element):
            boxes[name].setdefault(box, []).append(place)
    telling = {name: [post for post in held.values() if any(said[one] for one in post)] for name, held in boxes.items()}
    found = [posts for posts in telling.values() if len(posts) >= _POSTS]
    # An opening may stand apart, answers do not.
    worth = [
        _BODY * words if verdict.label is Label.BODY else words for verdict, words in zip(verdicts, said, strict=True)
    ]
    posts = max(found, key=lambda posts: sum(worth[one] or -_SILENT for post in posts for one in post), default=[])
    held = set(chain(*posts))
    body = sum(said[place] for place in places_of(Label.BODY, verdicts) if place not in held)
    return posts if body <= min(_OPENING, sum(said[place] for place in held)) else []


def _are_signed(posts: Sequence[Sequence[int]], blocks: Sequence[TextBlock]) -> bool:
    """Whether a line with a number, mostly a date, parts most posts; parts of an article are alike, too."""
    parting = [range(one[-1], other[0] + 1) for one, other in pairwise(posts)]
    lines = [(blocks[place].text for place in between) for between in parting]
    signed = sum(any(len(line) <= _LINE and _NUMBER.search(line) for line in between) for between in lines)
    return bool(posts[1:]) and signed >= _SIGNED * len(parting)


def _words(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[int]:
    """The words of each block that says something, and not what is said more than once, as a signature is."""
    often = Counter(block.text for block in blocks)
    return [
        max(len(block.text.split()), len(block.text.encode()) // 9)
        if verdict.label not in _APART and often[block.text] == 1 and _SENTENCE.search(block.text)
        else 0
        for verdict, block in zip(verdicts, blocks, strict=True)
    ]


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
