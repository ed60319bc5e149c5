"""What of a draft is kept: rules that change something, and nothing that the model is sure of.

A draft is never worse than no file. Each rule is tried on the pages it was drafted from, beside what comes out of them
without any file. A rule that changes no block is of no use; one that contradicts what the model is sure of is a danger;
and where the model is unsure, the site's other pages must bear the rule out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from archive.authoring.draft_articles import DraftArticle
from archive.authoring.draft_layout import Draft, Reason
from archive.extraction.memory.proposal import Rule
from archive.extraction.rules import RuleKind, is_selected, kind_of, selector_of, strip_number
from archive.extraction.site_rules import SiteRules
from archive.labels import Label
from archive.sites import Layout, StripRule

#: From this confidence on the model is taken to be sure.
SURE = 0.8
#: The share of a rule's text on other pages that must surely bear its label, where it decides what the model does not,
#: and on how many of them.
_BORNE_OUT, _PAGES = 0.9, 2
#: What decides of a block that no rule names, where the layout's body is elsewhere on the page.
_OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class _Change:
    """One block of a page under a draft: the rule that decided, the label that it gives (None: anything but body), and
    the article's own: without a file, and with what its site's other pages tell, each with how sure that is."""

    page: int
    rule: str
    label: Label | None
    bare: Label
    known: Label
    bare_confidence: float
    confidence: float
    size: int

    @property
    def is_change(self) -> bool:
        """Whether the block would bear another label without a file."""
        return self.bare is Label.BODY if self.label is None else self.label is not self.bare

    @property
    def is_agreed(self) -> bool:
        """Whether the model says the same, alone or, surely, with the site's other pages."""
        same = self.known is not Label.BODY if self.label is None else self.label is self.known
        return not self.is_change or (same and self.confidence >= SURE)

    @property
    def is_sure(self) -> bool:
        """Whether the model is sure of what it takes the block for, alone or with the other pages."""
        return max(self.bare_confidence, self.confidence) >= SURE


@dataclass(frozen=True)
class Proposed:
    """A drafted layout: selectors and strip rules, and strip rules by text."""

    draft: Draft
    texts: Sequence[Rule]

    def layout(self) -> Layout:
        """As the file's text will be read."""
        strip = [StripRule(label=reason.label, select=(reason.selector,)) for reason in self.strip]
        strip += [_by_text(rule) for rule in self.texts]
        chosen = self.draft.selectors.items()
        selectors = {label.value: tuple(one.selector for one in reasons) for label, reasons in chosen}
        return Layout.model_validate({**selectors, "strip": strip})

    @property
    def strip(self) -> list[Reason]:
        """In the order of the file: by label."""
        return sorted(self.draft.strip, key=lambda reason: reason.label.value)

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return not (self.draft.selectors or self.draft.strip or self.texts)

    def without(self, rules: set[str]) -> "Proposed":
        """The rest, without these rules as records name them. Without its body, none of what only bounds it is left."""
        strips = {strip_number(rule) for rule in rules if kind_of(rule) is RuleKind.SITE_STRIP}
        selectors = {selector_of(rule) for rule in rules if is_selected(rule)}
        kept = {
            label: [reason for reason in reasons if reason.selector not in selectors]
            for label, reasons in self.draft.selectors.items()
            if not (label is Label.BODY and _OUTSIDE in rules)
        }
        strip = [reason for number, reason in enumerate(self.strip) if number not in strips]
        texts = [rule for number, rule in enumerate(self.texts, len(self.strip)) if number not in strips]
        selected = {label: reasons for label, reasons in kept.items() if reasons}
        missed = self.draft.missed if Label.BODY in selected else 0.0
        return Proposed(replace(self.draft, selectors=selected, strip=strip, missed=missed), texts)


def _by_text(rule: Rule) -> StripRule:
    return StripRule(label=rule.label, text=rule.value, select=(rule.place,) if rule.place else ())


def agreed(proposed: Proposed, articles: Sequence[DraftArticle]) -> Proposed:
    """What of a proposal changes something on these pages, and nothing that the model is sure of."""
    while not proposed.is_empty:
        changes = [change for page in enumerate(articles) for change in _changes(proposed.layout(), *page)]
        refuted = {change.rule for change in changes if not change.is_agreed and not _is_borne_out(change, changes)}
        idle = _idle(proposed, changes) if not refuted else set()
        if not (refuted or idle):
            break
        proposed = proposed.without(refuted | idle)
    return proposed


def _changes(layout: Layout, number: int, article: DraftArticle) -> Iterator[_Change]:
    """What the layout's rules decide on one page."""
    blocks = article.read.page.blocks
    rules = SiteRules(layout, article.read.tree)
    rows = zip(blocks, rules.verdicts(blocks), article.bare.blocks, article.record.blocks, strict=True)
    for block, verdict, bare, known in rows:
        if verdict or (rules.names_body and bare.label is Label.BODY):
            label, rule = (verdict.label, verdict.rule) if verdict else (None, _OUTSIDE)
            sure = bare.confidence, known.confidence
            yield _Change(number, rule, label, bare.label, known.label, *sure, len(block.text))


def _is_borne_out(change: _Change, changes: Sequence[_Change]) -> bool:
    """Whether a change of what the model is unsure of is what it is sure of at the same place of other pages."""
    if change.is_sure:
        return False
    others = [other for other in changes if other.page != change.page]
    if change.label is None:
        return any(other.label is Label.BODY and other.is_agreed and other.is_sure for other in others)
    others = [other for other in others if other.rule == change.rule]
    right = [other for other in others if other.known is change.label and other.is_sure]
    enough = len({other.page for other in right}) >= _PAGES
    return enough and sum(other.size for other in right) >= _BORNE_OUT * sum(other.size for other in others)


def _idle(proposed: Proposed, changes: Sequence[_Change]) -> set[str]:
    """The rules without which every block would bear the same label. What a body's strip rules take out of it counts
    once the body itself is worth naming."""
    at_work = {change.rule for change in changes if change.is_change}
    bodies = {f"site:{reason.selector}" for reason in proposed.draft.selectors.get(Label.BODY, ())}
    every = {f"site:{reason.selector}" for reasons in proposed.draft.selectors.values() for reason in reasons}
    every |= {f"site:strip[{number}]" for number in range(len(proposed.strip) + len(proposed.texts))}
    if bodies and not at_work & (bodies | {_OUTSIDE}) and not _holds_elsewhere(bodies, changes):
        return bodies
    if bodies:
        at_work |= bodies | {change.rule for change in changes if kind_of(change.rule) is RuleKind.SITE_STRIP}
    return every - at_work


def _holds_elsewhere(bodies: set[str], changes: Sequence[_Change]) -> bool:
    """Whether the body's selectors are worth keeping though the model alone does as well today: they name what holds
    the body, rather than a tag, and each page needs no strip rule beside them that the other pages would not give."""
    pages: dict[str, set[int]] = {}
    for change in changes:
        pages.setdefault(change.rule, set()).add(change.page)
    seen = [found for rule, found in pages.items() if rule in bodies or kind_of(rule) is RuleKind.SITE_STRIP]
    telling = all(selector_of(rule)[:1] in ".#[" for rule in bodies)
    return telling and all(len(found) >= _PAGES for found in seen)
