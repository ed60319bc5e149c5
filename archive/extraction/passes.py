"""What is put right once each block has a label, one pass after the other. A site's own rules stand in all of them.

The words of a story are borrowed (the headline as the last step of a breadcrumb, captions as buttons), repeated for
narrow screens, and led away from ("Read more:"); and of a short gap in it the model may be less sure than it should.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice, pairwise

from lxml import etree

from archive.extraction.appeals import without_appeals
from archive.extraction.arbiter import GLUED_LABELS
from archive.extraction.blocks import TextBlock
from archive.extraction.cues import CUED, text_hits
from archive.extraction.disclaimers import without_disclaimers
from archive.extraction.false_starts import without_false_start
from archive.extraction.features.neighbours import Matrix
from archive.extraction.labelling import rescued
from archive.extraction.metadata.fact_text import skeleton
from archive.extraction.next_story import ended, led_by
from archive.extraction.page_reading import ReadPage
from archive.extraction.reader_forms import without_forms
from archive.extraction.rules import Verdict, places_of, relabelled
from archive.extraction.stated import without_placeholders
from archive.labels import Label

READ_MORE_RULE, GAP_RULE, COPY_RULE = "general:read-more", "general:amid", "general:second-copy"
BREADCRUMB_RULE, BUTTON_RULE, INDEX_RULE = "general:breadcrumb", "general:button", "general:index"
CAPTION_RULE = "general:caption"
_RELATED = CUED.index(Label.RELATED)
#: How far from a line's start the colon or dash stands, and the share of its characters in links. On 951 pages, of 34
#: such lines that the model took for body 25 were related (labels of the corpus, cross-validated).
_OPENING, _LED = re.compile(r".{3,30}?[:：–—]"), 0.4
#: Blocks of a gap, and the confidence that none of its labels reaches: of such blocks three in four are body (labels of
#: the corpus, cross-validated; from .4 to .5 it is one in seven). What may be an appeal or a biography stays out.
_MOST, _UNSURE = 8, 0.4
#: What stands around a story on its page, and from when on that is sure. Of the words of 90 bodies of news stories,
#: given as plain text, .9985 are kept, and .984 without this.
_CHROME = frozenset((Label.NAVIGATION, Label.RELATED, Label.COMMENTS, Label.CAPTION))
_SURE = 0.75
#: Words from which a text is not repeated by chance or as a refrain, how many such texts must stand twice, and which
#: share of the body's words the copies must be. Six pages of 791 have it.
_LONG, _LEAST, _SHARE = 8, 3, 0.15
#: Characters of a caption that is taken for one by its place alone.
_CAPTION = 150
#: Elements from a block's own upwards that may be the breadcrumb, or the button.
_NEAR_CRUMB, _NEAR_BUTTON = 6, 3
_NAMED_BY = ("class", "id", "aria-label", "itemtype", "typeof")
#: The share of a body's characters in links from which it is none, and the characters outside of links of a paragraph
#: that makes it one all the same. Of the corpus' pages with a body none has so many links and no such paragraph.
_LINKED, _PARAGRAPH = 0.6, 120
#: What a button says that shows the rest of a text.
_UNFOLDS = re.compile(
    r"(?:read|show|see|view|load|continue) (?:more|full|all|reading|the rest|the full|the whole)\b.{0,20}"
    r"|weiterlesen|mehr (?:lesen|anzeigen)|lire (?:la suite|plus)|voir plus|(?:leer|ver|mostrar) más"
    r"|leggi (?:tutto|di più)|(?:ler|ver|mostrar) mais|lees (?:meer|verder)|(?:läs|visa) (?:mer|hela|vidare).{0,15}"
    r"|(?:les|vis) mer|læs (?:mere|videre)|(?:lue|näytä) lisää|(?:czytaj|pokaż) (?:dalej|więcej)"
    r"|(?:číst|zobrazit) (?:dále|více)|читать (?:далее|полностью|дальше)|показать полностью|devamını oku"
    r"|続きを読む|もっと見る|阅读全文|展开全文|閱讀全文|더\s?보기",
    re.I,
)
#: How many links that lead away an index has at least, and how those begin that lead to no other page.
_STORIES, _NOWHERE = 2, ("#", "javascript:", "mailto:", "tel:")


def put_right(verdicts: Sequence[Verdict], read: ReadPage, kept: Callable[[], Matrix]) -> list[Verdict]:
    """The labels of a page's blocks after all passes. `kept` tells which shares of the blocks trafilatura keeps; it is
    asked only where nothing else finds a body."""
    page, texts = read.page, [block.text for block in read.page.blocks]
    verdicts = without_read_more(verdicts, page.blocks, page.tokens)
    verdicts = with_listings(verdicts, page.blocks)
    verdicts = with_gaps(verdicts)
    verdicts = with_captions(verdicts, page.blocks)
    verdicts = without_second_copy(verdicts, texts)
    verdicts = without_controls(verdicts, page.blocks)
    verdicts = without_forms(verdicts, page.blocks, read.tree)
    if (stated := page.known.body) and stated.script is not None:
        return without_placeholders(verdicts, texts, stated)
    verdicts = rescued(verdicts, texts, kept)
    verdicts = without_index(verdicts, page.blocks)
    verdicts = without_false_start(verdicts, page.blocks, read.facts)
    verdicts = ended(verdicts, page.blocks, read.facts, page.url)
    return without_appeals(without_disclaimers(verdicts, texts), texts, page.tokens)


def without_read_more(
    verdicts: Sequence[Verdict], blocks: Sequence[TextBlock], tokens: Sequence[list[str]]
) -> list[Verdict]:
    """Lines of body that begin with such words and go on with a link are related. `tokens` are the words of blocks."""
    rules = {}
    for place in places_of(Label.BODY, verdicts):
        text, is_led = blocks[place].text, blocks[place].links >= _LED * len(blocks[place].text)
        if is_led and _OPENING.match(text) and text_hits(text, tokens[place])[1][_RELATED]:
            rules[place] = READ_MORE_RULE
    return relabelled(verdicts, Label.RELATED, rules)


def with_listings(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """Preformatted text between two blocks of body is body, whatever it says: of 618 such blocks of the corpus 613
    are."""
    body = places_of(Label.BODY, verdicts)
    amid = range(body[0] + 1, body[-1]) if body else ()
    others = (place for place in amid if verdicts[place].label is not Label.BODY)
    listings = (place for place in others if _is_preformatted(blocks[place].element))
    return relabelled(verdicts, Label.BODY, dict.fromkeys(listings, GAP_RULE))


def _is_preformatted(element: etree._Element) -> bool:
    return element.tag == "pre" or next(element.iterancestors("pre"), None) is not None


def with_gaps(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """What stands between two blocks of body, with labels that the model hardly believes, is body."""
    rules: dict[int, str] = {}
    for start, end in pairwise(places_of(Label.BODY, verdicts)):
        gap = verdicts[start + 1 : end]
        if gap and len(gap) <= _MOST and all(map(_is_doubted, gap)):
            rules |= dict.fromkeys(range(start + 1, end), GAP_RULE)
    return relabelled(verdicts, Label.BODY, rules)


def _is_doubted(verdict: Verdict) -> bool:
    return verdict.confidence < _UNSURE and verdict.label not in GLUED_LABELS and not verdict.is_of_site


def as_story(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts on a plain text; where none of it surely stood around a story, what is taken for that is of the
    story too: a clean text has no menus, and its headings and short lines look like theirs."""
    chrome = [place for place, verdict in enumerate(verdicts) if verdict.label in _CHROME]
    if any(verdicts[place].confidence >= _SURE for place in chrome):
        return with_gaps(verdicts)
    return relabelled(verdicts, Label.BODY, dict.fromkeys(chrome, GAP_RULE))


def with_captions(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """A short text that a page marks as a picture's caption is one, where that it is body is not sure. Of 2,270 such
    blocks of the corpus 47 are body: names below quotations, and slides that tell the story."""
    unsure = (place for place in places_of(Label.BODY, verdicts) if verdicts[place].confidence < _SURE)
    short = (place for place in unsure if len(blocks[place].text) <= _CAPTION)
    rules = {place: CAPTION_RULE for place in short if _is_caption(blocks[place].element)}
    return relabelled(verdicts, Label.CAPTION, rules)


def _is_caption(element: etree._Element) -> bool:
    caption = next((up for up in chain([element], element.iterancestors()) if up.tag == "figcaption"), None)
    figure = None if caption is None else next(caption.iterancestors("figure"), None)
    if figure is None or next(figure.iter("blockquote", "table", "pre"), None) is not None:
        return False
    return next(figure.iter("img", "picture", "video"), None) is not None


def without_second_copy(verdicts: Sequence[Verdict], texts: Sequence[str]) -> list[Verdict]:
    """The second copy of a story that its page holds twice, as some do for wide and for narrow screens, is part of the
    layout."""
    body = [place for place in places_of(Label.BODY, verdicts) if not verdicts[place].is_of_site]
    seen: set[str] = set()
    copies = []
    for place in body:
        if (text := "".join(texts[place].split())) in seen:
            copies.append(place)
        seen.add(text)
    long = [place for place in copies if len(texts[place].split()) >= _LONG]
    if len(long) < _LEAST:
        return list(verdicts)
    words, whole = (sum(len(texts[place].split()) for place in places) for places in (long, body))
    # A second copy is half at most: what is more stands many times, and is no copy of a story.
    if not _SHARE * whole <= words <= whole / 2:
        return list(verdicts)
    second = [place for place in copies if long[0] <= place <= long[-1]]
    return relabelled(verdicts, Label.NAVIGATION, dict.fromkeys(second, COPY_RULE))


def without_controls(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """What stands in a breadcrumb or another menu is no headline, if the page shows that elsewhere too: it may be the
    only one. The text of a button is no caption ("View in full screen"), and no body where it shows the rest of one."""
    headlines = places_of(Label.HEADLINE, verdicts)
    steps = [place for place in headlines if any(map(_is_menu, _upwards(blocks[place], _NEAR_CRUMB)))]
    shown = {skeleton(blocks[place].text) for place in headlines if place not in steps}
    rules = {place: BREADCRUMB_RULE for place in steps if skeleton(blocks[place].text) in shown}
    unfolding = (place for place in places_of(Label.BODY, verdicts) if _UNFOLDS.fullmatch(blocks[place].text))
    for place in (*places_of(Label.CAPTION, verdicts), *unfolding):
        if any(up.tag == "button" or up.get("role") == "button" for up in _upwards(blocks[place], _NEAR_BUTTON)):
            rules[place] = BUTTON_RULE
    return relabelled(verdicts, Label.NAVIGATION, rules)


def _leads_away(link: etree._Element) -> bool:
    target = (link.get("href") or "").strip().lower()
    return bool(target) and not target.startswith(_NOWHERE)


def _upwards(block: TextBlock, most: int) -> Iterator[etree._Element]:
    return islice(chain([block.element], block.element.iterancestors()), most)


def _is_menu(element: etree._Element) -> bool:
    return element.tag == "nav" or any("breadcrumb" in element.get(name, "").lower() for name in _NAMED_BY)


def without_index(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """Of a page that leads to stories and holds none, what is taken for body is related: mostly links, and no paragraph
    among them."""
    places = places_of(Label.BODY, verdicts)
    body = [blocks[place] for place in places]
    size, linked = sum(len(block.text) for block in body), sum(block.links for block in body)
    if not body or linked < _LINKED * size or any(len(block.text) - block.links > _PARAGRAPH for block in body):
        return list(verdicts)
    if len({link for block in body for link in led_by(block) if _leads_away(link)}) < _STORIES:
        return list(verdicts)
    return relabelled(verdicts, Label.RELATED, dict.fromkeys(places, INDEX_RULE))
