"""What stands amid a story, ends it, or is marked as its pictures' captions, and is labelled as something else."""

import re
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise

from lxml import etree

from archive.extraction.arbiter import GLUED_LABELS
from archive.extraction.blocks import TextBlock
from archive.extraction.cues import CUED, text_hits
from archive.extraction.flow import HEADINGS, PICTURES
from archive.extraction.metadata.authors import parse_byline
from archive.extraction.metadata.person_names import is_person
from archive.extraction.metadata.word_lists import UNSPACED
from archive.extraction.passes.boxes import upwards
from archive.extraction.rules import RuleKind, Verdict, kind_of, places_of, relabelled
from archive.extraction.white_space import keeps_lines
from archive.labels import Label

GAP_RULE, GOES_ON_RULE, CAPTION_RULE = "general:amid", "general:goes-on", "general:caption"
#: Blocks of a gap, and the confidence that none of its labels reaches: of such blocks three in four are body (labels of
#: the corpus, cross-validated; from .4 to .5 it is one in seven). What may be an appeal or a biography stays out.
_MOST, _UNSURE = 8, 0.4
#: The confidence that no label of a sentence reaches with which a story goes on, and its characters. Of 70 such
#: sentences of the corpus 60 are body (cross-validated).
_UNLIKELY, _SENTENCE = 0.45, re.compile(r".{24,}[.!?…。！？।]['\"”’»」)）]?", re.S)
#: Below which confidence in these labels a heading is taken for one of the body's that it looks like.
_DOUBTED = {Label.HEADLINE: 0.7, Label.CAPTION: 0.7, Label.PROMOTION: 0.45, Label.SHARE_PROMPT: 0.45}
#: Buttons in a heading at most: to copy its address, to open a section.
_BUTTONS = 2
#: How many words of so many letters such a sentence shares with the story at least, where what sites set into stories
#: looks the same: of that, .078 is taken for body without this, and .070 with it (cross-validated, in copies of pages
#: with others' boilerplate in them), and 46 sentences of the corpus for 60. A question to the reader need share none,
#: and two words are enough where the label is believed less than `_HARDLY`.
_SHARED = dict.fromkeys(GLUED_LABELS, 2) | {
    Label.PROMOTION: 3,
    Label.SHARE_PROMPT: 3,
    Label.LEGAL_NOTICE: 3,
    Label.AUTHOR_BIO: 6,
}
_HARDLY, _FEW = 0.2, 2
_LONG, _ASKING = 5, tuple("?？؟")
_BETWEEN = GLUED_LABELS | {Label.RELATED, Label.NAVIGATION}
_TERMS = frozenset(("dt", "dd"))
#: Characters of a headline and how sure it is; none of the corpus that is a `<p>` and a sentence is longer and less so.
_HEADLINE, _POST = 80, 0.5
#: The same of a sentence with which one begins; there is none in the corpus.
_BEGINNING = 0.5
#: What stands around a story on its page, and from when on that is sure. Of the words of 90 bodies of news stories,
#: given as plain text, .9985 are kept, and .984 without this.
_CHROME = frozenset((Label.NAVIGATION, Label.RELATED, Label.COMMENTS, Label.CAPTION))
_SURE = 0.75
#: Characters of a caption that is taken for one by its place alone.
_CAPTION = 150


def with_listings(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """Preformatted text between two blocks of body is body, whatever it says: of 618 such blocks of the corpus 613
    are."""
    body = places_of(Label.BODY, verdicts)
    amid = range(body[0] + 1, body[-1]) if body else ()
    others = (place for place in amid if verdicts[place].label is not Label.BODY)
    listings = (place for place in others if _is_preformatted(blocks[place].element))
    return relabelled(verdicts, Label.BODY, dict.fromkeys(listings, GAP_RULE))


def _is_preformatted(element: etree._Element) -> bool:
    if len(element) == 1 and element[0].tag == "code" and keeps_lines(element[0]):
        return True
    return element.tag == "pre" or next(element.iterancestors("pre"), None) is not None


def with_gaps(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """What stands between two blocks of body, with labels that the model hardly believes, is body."""
    rules: dict[int, str] = {}
    for start, end in pairwise(places_of(Label.BODY, verdicts)):
        gap = verdicts[start + 1 : end]
        if gap and len(gap) <= _MOST and all(map(_is_doubted, gap)):
            rules |= dict.fromkeys(range(start + 1, end), GAP_RULE)
    return relabelled(verdicts, Label.BODY, rules)


def with_headings(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """A heading right above body, of the same look as headings of the body are, is body where the model doubts its own
    label: of 28 such of the corpus 25 are, cross-validated."""
    looks: dict[Hashable, list[int]] = defaultdict(list)
    for place, block in enumerate(blocks):
        if (heading := _heading(block.element)) is not None:
            looks[_look(heading)].append(place)
    found: dict[int, str] = {}
    for alike in looks.values():
        others = [place for place in alike if verdicts[place].label is not Label.BODY]
        if 2 * len(others) <= len(alike):
            found |= dict.fromkeys((place for place in others if _is_within(verdicts, blocks, place)), GAP_RULE)
    return relabelled(verdicts, Label.BODY, found)


def _heading(element: etree._Element) -> etree._Element | None:
    """The heading that a block is, or all that stands in it but buttons."""
    if element.tag in HEADINGS:
        return element
    around = element.getparent()
    return around if around is not None and around.tag in HEADINGS else None


def _look(heading: etree._Element) -> Hashable:
    return tuple((one.tag, one.get("class")) for one in islice(upwards(heading), 2))


def _is_within(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock], place: int) -> bool:
    """Whether a heading may be of the body: with body behind it, and for a headline, another one above."""
    here, heading = verdicts[place], _heading(blocks[place].element)
    if here.confidence >= _DOUBTED.get(here.label, 0.0) or here.is_of_site:
        return False
    behind = range(place + 1, min(place + 2 + _BUTTONS, len(blocks)))
    below = next((at for at in behind if all(up is not heading for up in blocks[at].element.iterancestors())), None)
    above = here.label is not Label.HEADLINE or any(one.label is Label.HEADLINE for one in verdicts[:place])
    return below is not None and verdicts[below].label is Label.BODY and above


def with_unsigned(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock]) -> list[Verdict]:
    """A byline between paragraphs of the body that names nobody in full is body: of 11 such of the corpus 10 are."""
    amid = (place for place in places_of(Label.BYLINE, verdicts) if 0 < place < len(blocks) - 1)
    among = (place for place in amid if _is_paragraph(verdicts, blocks, place))
    found = (place for place in among if not any(map(is_person, parse_byline(blocks[place].text))))
    return relabelled(verdicts, Label.BODY, dict.fromkeys(found, GAP_RULE))


def _is_paragraph(verdicts: Sequence[Verdict], blocks: Sequence[TextBlock], place: int) -> bool:
    """Whether a block stands between two of body, in one element with one of them."""
    above, here, behind = (block.element.getparent() for block in blocks[place - 1 : place + 2])
    is_amid = verdicts[place - 1].label is verdicts[place + 1].label is Label.BODY
    return is_amid and (here is above or here is behind)


def _is_doubted(verdict: Verdict) -> bool:
    return verdict.confidence < _UNSURE and verdict.label not in GLUED_LABELS and not verdict.is_of_site


def with_last_sentences(
    verdicts: Sequence[Verdict], blocks: Sequence[TextBlock], tokens: Sequence[list[str]]
) -> list[Verdict]:
    """A sentence right behind one of body, in the same element or in one of its kind beside it, is body too where the
    model hardly believes its own label, and none of its words hint at that: a question to the reader, a date to come, a
    good-bye. `tokens` are the words of the blocks."""
    posts = (place for place in places_of(Label.HEADLINE, verdicts) if _is_post(verdicts[place], blocks[place]))
    rules = dict.fromkeys(posts, GOES_ON_RULE)
    body, more = places_of(Label.BODY, verdicts), _More(verdicts, blocks, tokens)
    if body and body[0] > 0 and _begins(verdicts[body[0] - 1]) and more.of(body[0], body[0] - 1):
        rules[body[0] - 1] = GOES_ON_RULE
    for place in (*body, *rules):
        last = place
        for following in range(place + 1, len(blocks)):
            if _is_unlikely(verdicts[following]) and more.of(last, following):
                rules[following], last = GOES_ON_RULE, following
            # One line that asks for something or leads elsewhere may stand before the last sentences.
            elif following > place + 1 or verdicts[following].label not in _BETWEEN:
                break
    return relabelled(verdicts, Label.BODY, rules)


@dataclass(frozen=True)
class _More:
    """A page's blocks, asked which are more of the one beside them."""

    verdicts: Sequence[Verdict]
    blocks: Sequence[TextBlock]
    tokens: Sequence[list[str]]

    def of(self, place: int, other: int) -> bool:
        """Whether a block goes on as another one does, tells of the same things, and nothing in it hints at its own
        label."""
        label, text = self.verdicts[other].label, self.blocks[other].text
        if not _goes_on(self.blocks[place], self.blocks[other]):
            return False
        if label in CUED and text_hits(text, self.tokens[other])[0][CUED.index(label)]:
            return False
        # Scripts without spaces part no words.
        if label not in _SHARED or text.endswith(_ASKING) or UNSPACED.search(text) or not _SENTENCE.fullmatch(text):
            return True
        least = _FEW if self.verdicts[other].confidence < _HARDLY else _SHARED[label]
        return len(_long_words(self.tokens[other]) & self._told) >= least

    @cached_property
    def _told(self) -> frozenset[str]:
        return frozenset(word for at in places_of(Label.BODY, self.verdicts) for word in _long_words(self.tokens[at]))


def _long_words(words: Sequence[str]) -> set[str]:
    return {word for word in words if len(word) >= _LONG}


def _begins(verdict: Verdict) -> bool:
    """Whether a verdict may be wrong of a story's first sentence. What looks like a standfirst is one more often."""
    is_guess = kind_of(verdict.rule) is RuleKind.MODEL and verdict.confidence < _BEGINNING
    return is_guess and verdict.label in GLUED_LABELS - {Label.NOTE, Label.BYLINE}


def _is_post(verdict: Verdict, block: TextBlock) -> bool:
    """Whether a headline is a whole paragraph: networks call a page by the words of its first post."""
    if kind_of(verdict.rule) is not RuleKind.MODEL or verdict.confidence >= _POST:
        return False
    return block.element.tag == "p" and len(block.text) > _HEADLINE and bool(_SENTENCE.match(block.text))


def _is_unlikely(verdict: Verdict) -> bool:
    # What the page states of its body, or its site's memory tells, is no guess.
    is_guess = kind_of(verdict.rule) in (RuleKind.MODEL, RuleKind.TRAFILATURA) and verdict.confidence < _UNLIKELY
    return is_guess and verdict.label not in (Label.BODY, Label.HEADLINE)


def _goes_on(above: TextBlock, block: TextBlock) -> bool:
    one, other = above.element, block.element
    alike = one.tag == other.tag or (one.tag in _TERMS and other.tag in _TERMS)
    if one is other or (alike and one.getparent() is other.getparent()):
        return not block.links and bool(_SENTENCE.fullmatch(block.text))
    # Who is quoted stands below the words.
    around = other.getparent()
    return around is not None and around.tag == "blockquote" and around is one.getparent()


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
    caption = next((up for up in upwards(element) if up.tag == "figcaption"), None)
    figure = None if caption is None else next(caption.iterancestors("figure"), None)
    if figure is None or next(figure.iter("blockquote", "table", "pre"), None) is not None:
        return False
    return next(figure.iter(*PICTURES, "picture", "video"), None) is not None
