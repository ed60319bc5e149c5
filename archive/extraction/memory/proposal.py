"""A site's memory as a proposed patch to its site file: strip rules with labels, selectors and counts."""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

import yaml

from archive.errors import ConfigurationError
from archive.extraction.memory.recall import EXCERPT
from archive.extraction.memory.site_memory import MemoryFact, SiteMemory
from archive.extraction.memory.update import beside_body
from archive.extraction.model import LABELS
from archive.labels import Label
from archive.sites.selectors import compile_selector

_BODY = LABELS.index(Label.BODY)
#: A place or text is proposed from this share of the articles on.
_SHARE = 0.2
#: The least articles that it must stand on.
_LEAST = 3
#: How far the model must believe the label of a place, and that it is body: at most, and at least. Where it never takes
#: a place for body a rule changes nothing.
_SURE, _DOUBT, _WAVERING = 0.5, 0.2, 0.05
#: From this belief in body on, a place belongs to the article, and what repeats in it needs a rule by its text.
_BODY_PLACE = 0.5
#: What an article shows of itself is no boilerplate, though it stands outside of the body.
_EDITORIAL = frozenset(
    (Label.BODY, Label.HEADLINE, Label.STANDFIRST, Label.BYLINE, Label.DATE, Label.CAPTION, Label.NOTE)
)
#: Rules in a proposal: a file that nobody reads helps nobody.
_MOST = 12


@dataclass(frozen=True, slots=True)
class Rule:
    """One proposed strip rule: a selector or a pattern (`key` says which), and why. A pattern may be bound to a
    `place`, as a selector."""

    label: Label
    key: str
    value: str
    why: str
    place: str = ""
    weight: float = 0.0
    """How much it matters: the articles that it is on, times how far their text would be taken for body."""

    def lines(self) -> Iterator[str]:
        yield f"  # {self.why}"
        yield f"  - label: {self.label.value}"
        yield f"    {self.key}: {_quoted(self.value)}"
        if self.place:
            yield f"    select: {_quoted(self.place)}"


def proposal(memory: SiteMemory, known: Container[str] = ()) -> str:
    """The patch, as YAML that is a site file by itself, without the selectors and patterns that are `known`. Raises
    ConfigurationError where too little was learnt."""
    if not memory.is_useful:
        raise ConfigurationError(
            f"{memory.articles} articles of {memory.site} are known: too few to propose anything. Crawl more of it."
        )
    found = [rule for rule in (*text_rules(memory), *_place_rules(memory)) if rule.value not in known]
    rules = sorted(found, key=lambda rule: -rule.weight)[:_MOST]
    head = [
        f"# Proposed for {memory.site} from {memory.articles} articles. Counts are articles. Delete what does not",
        f"# convince and copy the rest to {memory.site}.yaml, under 'strip' of the layout that it is for. Then",
        f"# 'cleancopy site check {memory.site}' tells whether its tests still pass; 'cleancopy extract' applies it.",
        "layouts:",
        "- strip:" if rules else "- strip: []",
    ]
    return "\n".join([*head, *(line for rule in rules for line in rule.lines())]) + "\n"


def text_rules(memory: SiteMemory) -> Iterator[Rule]:
    """What repeats among the article's own paragraphs, where a selector would take the article with it."""
    for fact in memory.texts.values():
        place = memory.places.get(fact.place)
        if place is not None and place.beliefs[_BODY] >= _BODY_PLACE and _is_common(fact, memory) and fact.excerpt:
            rest = beside_body(fact.beliefs[None])[0]
            rest[[LABELS.index(label) for label in _EDITORIAL]] = 0
            why = f"on {fact.pages} of {memory.articles}, in {fact.place}"
            selector = fact.place if _is_selector(fact.place) else ""
            weight = float(fact.pages * max(fact.beliefs[_BODY], place.beliefs[_BODY]))
            yield Rule(LABELS[int(rest.argmax())], "text", _whole(fact.excerpt), why, selector, weight)


def _whole(excerpt: str) -> str:
    """A pattern for a whole block as it stands, whatever its numbers; of a long one, its beginning is known."""
    pattern = re.sub(r"\d+", r"\\d+", re.escape(excerpt).replace(r"\ ", " "))
    return f"^{pattern}" if len(excerpt) >= EXCERPT else f"^{pattern}$"


def _place_rules(memory: SiteMemory) -> Iterator[Rule]:
    body = [place.split(" > ") for place, fact in memory.places.items() if fact.beliefs[_BODY] > _DOUBT]
    for place, fact in memory.places.items():
        wavers = _WAVERING <= fact.beliefs[_BODY] <= _DOUBT
        sure = fact.beliefs.max() >= _SURE and fact.label() not in _EDITORIAL and wavers
        steps = place.split(" > ")
        if sure and _is_common(fact, memory) and _is_selector(place) and not any(_holds(steps, of) for of in body):
            weight = float(fact.pages * fact.beliefs[_BODY])
            yield Rule(fact.label(), "select", place, _why_place(place, fact, memory), weight=weight)


def _is_common(fact: MemoryFact, memory: SiteMemory) -> bool:
    return fact.pages >= max(_LEAST, _SHARE * memory.articles)


def _why_place(place: str, fact: MemoryFact, memory: SiteMemory) -> str:
    repeats = round(100 * (1 - fact.distinct / fact.blocks))
    counts = f"on {fact.pages} of {memory.articles}, {fact.blocks} blocks, {repeats} % repeat"
    text = next((fact.excerpt for fact in memory.texts.values() if fact.place == place), "")
    return counts + (f", as {_quoted(text[:60])}" if text else "")


def _holds(outer: Sequence[str], inner: Sequence[str]) -> bool:
    """Whether the second place may lie inside of the first: a rule would take its text too. Places are cut off above,
    so that only as many steps are compared as both have."""
    for end in range(1, len(inner)):
        count = min(end, len(outer))
        if list(outer[-count:]) == list(inner[end - count : end]):
            return True
    return outer[-1] == "body"


def _is_selector(place: str) -> bool:
    """Whether a place says enough to select by: a name somewhere, and no tag that CSS cannot write."""
    try:
        compile_selector(place)
    except ConfigurationError:
        return False
    return "." in place or "#" in place


def _quoted(text: str) -> str:
    """A YAML scalar on one line; comments use it too, so that no text can break out of its line."""
    return str(yaml.safe_dump(text, allow_unicode=True, width=10_000, default_style="'")).strip().replace("\n", " ")
