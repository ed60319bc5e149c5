"""All of a drafted site file: what the site is, where it lists its articles, its layout, and tests."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.authoring.draft_articles import DraftArticle, DraftArticles
from archive.authoring.draft_tests import drafted_test, tested
from archive.authoring.draft_trial import Trial, try_draft
from archive.authoring.draft_yaml import DraftFile
from archive.records import Record
from archive.sites import Site


@dataclass(frozen=True)
class SiteDraft:
    """The file to be written, the pages that its tests are of, and what there is to say of it."""

    file: DraftFile
    tested: Sequence[Record]
    remarks: Sequence[str]


def draft_site(
    found: DraftArticles, site: Site, discover: Mapping[str, Sequence[str]], remarks: Sequence[str], schema: str
) -> SiteDraft:
    """Draft the file of a site. `site` says what was given: domain, home, whether private addresses are allowed;
    `discover` holds its lists by key, `remarks` what was noticed on the way."""
    known = site.model_copy(update={"name": _name(found.articles), "language": _language(found.articles)})
    trial = try_draft(found, known)
    records = tested(trial.records)
    said = [*remarks, *trial.remarks]
    file = DraftFile(
        head=_head(known),
        discover=discover,
        draft=trial.draft,
        tests=[drafted_test(record) for record in records],
        remarks=[_origin(found, site), *said],
        schema=schema,
        notes=dict(_notes(discover, trial)),
        texts=[(rule.label, rule.value, rule.why) for rule in trial.texts],
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
