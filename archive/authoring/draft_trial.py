"""A drafted layout that was tried on the pages it was drafted from: what comes out, and what there is to say of it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from archive.authoring.draft_agreement import SURE, Proposed, agreed
from archive.authoring.draft_articles import DraftArticle, DraftArticles
from archive.authoring.draft_candidates import is_generated, is_utility
from archive.authoring.draft_layout import Draft, Reason, draft_layout
from archive.extraction.extract import extract_capture
from archive.extraction.memory.proposal import Rule, text_rules
from archive.extraction.model import load_model
from archive.extraction.rules import kind_of
from archive.extraction.site_rules import around
from archive.labels import Label
from archive.records import Record
from archive.sites import Site
from archive.sites.patterns import is_found

#: Below this share of the words that the model takes for the body, or of the drafted body, a page is pointed out.
_AGREES = 0.9
#: The share of a body that passes after the rules may cost of what the model is sure of.
_LOST = 0.02
#: Generated class names that are shown.
_EXAMPLES = 3


@dataclass(frozen=True)
class Trial:
    """A draft with the records that it makes, in the order of the articles. `texts` are strip rules by their text."""

    site: Site
    draft: Draft
    texts: Sequence[Rule]
    records: Sequence[Record]
    remarks: Sequence[str]


def try_draft(found: DraftArticles, site: Site) -> Trial:
    """Draft a layout for some articles of a site. `site` says what is known but for the layout."""
    draft = draft_layout([article.labelled() for article in found.articles])
    draft, remarks = _with_safe_bylines(draft, site, found.articles)
    texts = [_lasting(rule) for rule in text_rules(found.memory) if _never_body(rule, found.articles)]
    trial = _tried(site, agreed(Proposed(draft, texts), found.articles), found.articles)
    if _loses(trial, found.articles):
        trial = _tried(site, Proposed(Draft(), ()), found.articles)
    remarks += [*_generated(found.articles), *_without_body(trial, found.articles)]
    return replace(trial, remarks=(*remarks, *_disagreeing(trial, found.articles)))


def _lasting(rule: Rule) -> Rule:
    """A rule by text, in its place where that has names that last."""
    names = re.findall(r"[.#]([\w-]+)", rule.place)
    lasts = names and not any(is_generated(name) or is_utility(name) for name in names)
    return rule if lasts else replace(rule, place="")


def _with_safe_bylines(draft: Draft, site: Site, articles: Sequence[DraftArticle]) -> tuple[Draft, list[str]]:
    """A selector of bylines has the last word on the authors: those that would change them are left out, and told."""
    safe: list[Reason] = []
    remarks = []
    for reason in draft.selectors.get(Label.BYLINE, ()):
        trial = _tried(site, Proposed(_with_bylines(draft, [reason]), ()), articles)
        if changed := _changed_authors(trial.records, articles):
            remarks.append(
                f"No 'byline: {reason.selector}': it would change the authors of {_pages(changed)}, which structured "
                "data or the model names."
            )
        else:
            safe.append(reason)
    return _with_bylines(draft, safe), remarks


def _with_bylines(draft: Draft, reasons: list[Reason]) -> Draft:
    selectors = {**draft.selectors, Label.BYLINE: reasons}
    return replace(draft, selectors={label: selectors[label] for label in Label if selectors.get(label)})


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"


def _tried(site: Site, proposed: Proposed, articles: Sequence[DraftArticle]) -> Trial:
    layouts = () if proposed.is_empty else (proposed.layout(),)
    tried = site.model_copy(update={"layouts": layouts})
    records = [extract_capture(article.capture, tried, load_model()) for article in articles]
    return Trial(tried, proposed.draft, proposed.texts, records, ())


def _never_body(rule: Rule, articles: Sequence[DraftArticle]) -> bool:
    """Whether what a rule by text finds was taken for the body nowhere."""
    blocks = (block for article in articles for block in article.record.blocks if block.label is Label.BODY)
    return not any(is_found(rule.value, block.text) for block in blocks)


def _changed_authors(records: Sequence[Record], articles: Sequence[DraftArticle]) -> int:
    pairs = zip(records, articles, strict=True)
    return sum(bool(one.record.authors) and set(record.authors) != set(one.record.authors) for record, one in pairs)


def _generated(articles: Sequence[DraftArticle]) -> Iterator[str]:
    """A warning of class names around the body that a build tool made."""
    names: Counter[str] = Counter()
    for article in articles:
        bodies = (
            block
            for block, known in zip(article.read.page.blocks, article.record.blocks, strict=True)
            if known.label is Label.BODY
        )
        elements = {element for block in bodies for element in around(block)}
        names.update({name for element in elements for name in (element.get("class") or "").split()})
    made = sorted((name for name in names if is_generated(name)), key=lambda name: (-names[name], name))
    if made:
        yield (
            f"{len(made)} of {len(names)} class names around the text look generated by a build tool, such as "
            f"{', '.join(made[:_EXAMPLES])}. They change with the site's next release; no selector here rests on one."
        )


def _without_body(trial: Trial, articles: Sequence[DraftArticle]) -> Iterator[str]:
    """The pages whose body no selector finds, where others have one; or that none is needed."""
    if Label.BODY not in trial.draft.selectors:
        if not trial.site.layouts:
            yield "No selectors: nothing that was tried does better on these pages than the model alone."
        return
    urls = [
        article.capture.url
        for record, article in zip(trial.records, articles, strict=True)
        if not any(block.label is Label.BODY and kind_of(block.rule).is_of_site for block in record.blocks)
    ]
    if urls:
        yield (
            f"No lasting selector was found for the body of {_pages(len(urls))}, such as {urls[0]}: there the model "
            "decides. Look in the page's source for an attribute or a class that says what it holds, and add it to "
            "'body'."
        )


def _disagreeing(trial: Trial, articles: Sequence[DraftArticle]) -> Iterator[str]:
    pairs = [(_shared(record.text, one.record.text), one) for record, one in zip(trial.records, articles, strict=True)]
    worst = sorted(((share, one.capture.url) for share, one in pairs if share < _AGREES))
    if worst:
        share, url = worst[0]
        yield (
            f"On {_pages(len(worst))} the drafted body is not what the model takes for it; worst on {url}, with "
            f"{share:.0%} of the words in common. 'cleancopy site explain' shows which is right."
        )


def _shared(left: str, right: str) -> float:
    one, other = Counter(left.split()), Counter(right.split())
    most = max(one.total(), other.total())
    return (one & other).total() / most if most else 1.0


def _loses(trial: Trial, articles: Sequence[DraftArticle]) -> bool:
    """Whether the drafted body lacks words that the model is sure of: passes after the rules may leave more out."""
    for record, article in zip(trial.records, articles, strict=True):
        kept = set(record.text.split("\n"))
        sure = (one.text for one in article.record.blocks if one.label is Label.BODY and one.confidence >= SURE)
        lost = sum(len(line) for text in sure for line in text.split("\n") if line not in kept)
        if lost > _LOST * len(record.text):
            return True
    return False
