"""All of a drafted site file: what the site is, where it lists its articles, its layout, and tests."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.authoring.draft_articles import DraftArticle, DraftArticles
from archive.authoring.draft_trial import Trial, try_draft
from archive.authoring.draft_yaml import DraftFile
from archive.authoring.phrases import openings, telling_phrases
from archive.extraction.rules import RuleKind, kind_of
from archive.labels import Label
from archive.records import Block, Record
from archive.sites import Site

#: Pages that are tested, phrases that the body must not hold, and labels that are tested by a phrase.
_MOST_PAGES, _MOST_PHRASES, _MOST_LABELS = 5, 2, 3
#: Labels whose text the body of some site or other swallows; a date changes with the clock, chrome with the day.
_TESTED = (
    Label.BYLINE,
    Label.SHARE_PROMPT,
    Label.PROMOTION,
    Label.LEGAL_NOTICE,
    Label.AUTHOR_BIO,
    Label.NOTE,
    Label.RELATED,
)


def tested(records: Sequence[Record]) -> list[Record]:
    """The records whose pages make good tests: one of each layout of the body first, then those with most labels."""
    with_body = [record for record in records if record.text and record.url]
    ordered = sorted(with_body, key=lambda record: -len({block.label for block in record.blocks}))
    first: dict[str, Record] = {}
    for record in ordered:
        first.setdefault(_body_rule(record), record)
    rest = [record for record in ordered if record not in first.values()]
    return [*first.values(), *rest][:_MOST_PAGES]


def _body_rule(record: Record) -> str:
    return next(block.rule for block in record.blocks if block.label is Label.BODY)


def drafted_test(record: Record) -> dict[str, Any]:
    """One test: short phrases only, so that no page is copied into a site file."""
    stripped = [phrase for phrase in _stripped(record) if phrase not in " ".join(record.text.split())]
    test = {
        "url": record.url,
        "title": record.title,
        "authors": list(record.authors),
        "date_published": record.date_published,
        "contains": list(telling_phrases(record)),
        "not_contains": stripped[:_MOST_PHRASES],
        "labels": dict(_labels(record)),
    }
    return {key: _single(value) for key, value in test.items() if value}


def _stripped(record: Record) -> Iterator[str]:
    """What the layout's strip rules took out of the body."""
    for block in record.blocks:
        if kind_of(block.rule) is RuleKind.SITE_STRIP and block.label in _TESTED and len(block.text.split()) > 2:
            yield from openings([block])


def _labels(record: Record) -> Iterator[tuple[str, str]]:
    ruled: list[Block] = [block for block in record.blocks if kind_of(block.rule).is_of_site]
    labels = [label for label in _TESTED if any(block.label is label for block in ruled)]
    for label in labels[:_MOST_LABELS]:
        yield from ((label.value, phrase) for phrase in openings([block for block in ruled if block.label is label]))


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


@dataclass(frozen=True)
class SiteDraft:
    """The file to be written, the pages that its tests are of, and what there is to say of it."""

    file: DraftFile
    tested: Sequence[Record]
    remarks: Sequence[str]


def _textless(found: DraftArticles) -> Iterator[str]:
    if found.without_text:
        yield f"{found.without_text} of the pages looked at have no text: 'cleancopy site explain URL' shows why."


def draft_site(
    found: DraftArticles, site: Site, discover: Mapping[str, Sequence[str]], remarks: Sequence[str], schema: str
) -> SiteDraft:
    """Draft the file of a site. `site` says what was given: domain, home, whether private addresses are allowed;
    `discover` holds its lists by key, `remarks` what was noticed on the way."""
    known = site.model_copy(update={"name": _name(found.articles), "language": _language(found.articles)})
    trial = try_draft(found, known)
    records = tested(trial.records)
    said = [*remarks, *_textless(found), *trial.remarks]
    file = DraftFile(
        head=_head(known),
        discover=discover,
        draft=trial.draft,
        tests=[drafted_test(record) for record in records],
        remarks=[_origin(found, site), *said],
        schema=schema,
        notes=dict(_notes(discover, trial)),
        texts=trial.texts,
        crawl={"allow_private": True} if site.crawl.allow_private else {},
    )
    return SiteDraft(file, records, said)


def _head(site: Site) -> dict[str, str | None]:
    home = site.home if site.front != f"https://{site.domain}/" else None
    return {"name": site.name, "language": site.language, "home": home}


def _origin(found: DraftArticles, site: Site) -> str:
    return (
        f"Drafted from {len(found.articles)} articles of {site.front} by 'cleancopy site init'. Read it and delete "
        "what does not convince; every key is explained in docs/add-a-site.md and by your editor."
    )


def _notes(discover: Mapping[str, Sequence[str]], trial: Trial) -> Iterator[tuple[str, Sequence[str]]]:
    if any(discover.values()):
        yield "discover", ("What robots.txt and the home page name.",)
    if trial.draft.selectors:
        covered = f"; {trial.draft.missed:.0%} of the body's text is outside of them" if trial.draft.missed else ""
        yield (
            "layouts",
            (f"Selectors by label, with how many pages have them and how much of that text bears the label{covered}.",),
        )
    yield (
        "tests",
        ("What comes out of some of these pages, right or wrong: compare it with the pages before you rely on it.",),
    )


def _name(articles: Sequence[DraftArticle]) -> str | None:
    """What most pages call their site or publisher."""
    names = [article.read.facts.site_names[0].value for article in articles if article.read.facts.site_names]
    return _most_common(names)


def _language(articles: Sequence[DraftArticle]) -> str | None:
    tags = [article.record.language.partition("-")[0] for article in articles if article.record.language]
    return _most_common(tags)


def _most_common(values: Sequence[str]) -> str | None:
    return Counter(values).most_common(1)[0][0] if values else None
