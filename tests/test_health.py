"""A site against its own history: quiet weeks raise no alarm, and what happens to a site is told at the next look."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.collection.folder import Collection
from archive.errors import CollectionError
from archive.extraction.extract import extract_text
from archive.labels import Label
from archive.operations.health_change import HealthState
from archive.operations.site_health import SiteHealth, judge, site_health
from archive.operations.site_runs import ListSeen, RunKind, SiteRun
from archive.pipeline.page_figures import page_seen
from tests.simulated_runs import FEED, Page, SimulatedSite, refused

QUIET_DAYS = 20
#: A weekday follows 25 days of history.
KNOWN_DAYS = 25


def looked(runs: list[SiteRun]) -> SiteHealth:
    return judge("site.example", runs)


def sentences(health: SiteHealth) -> str:
    return " ".join(change.sentence for change in health.changes)


@pytest.mark.parametrize("every", [timedelta(days=1), timedelta(hours=3)], ids=["daily", "three-hourly"])
def test_twenty_quiet_days_raise_no_alarm(every: timedelta) -> None:
    for seed in range(25):
        runs = SimulatedSite(seed, every=every).runs(QUIET_DAYS)
        for number in range(1, len(runs) + 1, 1 if every >= timedelta(days=1) else 5):
            health = looked(runs[:number])
            assert not health.state.is_alarm, (seed, number, health.sentence)
        assert looked(runs[:2]).state is HealthState.NEW


def redesigned(site: SimulatedSite) -> SiteRun:
    """The names of all classes have changed: selectors find nothing, extraction goes on without them."""
    return site.run_of([replace(site.page(), body_ruled=False, byline_ruled=False) for _ in range(8)])


def moved_byline(site: SimulatedSite) -> SiteRun:
    return site.run_of([replace(site.page(), byline_ruled=False) for _ in range(8)])


def lost_dates(site: SimulatedSite) -> SiteRun:
    return site.run_of([replace(site.page(), date=False) for _ in range(8)])


def paywalled(site: SimulatedSite) -> SiteRun:
    return site.run_of([Page(words=60 + number) for number in range(8)])


def walled(site: SimulatedSite) -> SiteRun:
    """Beginnings of articles and an offer to subscribe: what the site's file knows of the rest is gone with it."""
    pages = [Page(60 + number, author=False, byline_ruled=False, body_ruled=False, offers=True) for number in range(8)]
    return site.run_of(pages)


def blocking(site: SimulatedSite) -> SiteRun:
    return refused(site.run())


def silent_feed(site: SimulatedSite) -> SiteRun:
    return site.run_of([])


def empty_feed(site: SimulatedSite) -> SiteRun:
    return site.run_of([], listed=0)


def renamed_addresses(site: SimulatedSite) -> SiteRun:
    """The feed goes on, and what the site's file takes for articles is none of its addresses."""
    return replace(site.run_of([]), lists=(ListSeen(FEED, "feed", 0, 0, None, links=20),))


def failing_feed(site: SimulatedSite) -> SiteRun:
    run = site.run_of([])
    figures = run.figures.model_copy(update={"lists": 0, "lists_failed": 1, "failed": {"http_404": 1}})
    return replace(run, figures=figures, lists=(ListSeen(FEED, "feed", None, 0, "HTTP 404"),))


CASES: dict[Callable[[SimulatedSite], SiteRun], tuple[HealthState, str]] = {
    redesigned: (HealthState.OFF_LAYOUT, r"The selectors for body found something on 0 of \d pages"),
    moved_byline: (HealthState.OFF_LAYOUT, r"The selectors for byline found something on 0 of \d pages"),
    lost_dates: (HealthState.OFF_LAYOUT, r"(\d) of \1 pages have no date"),
    paywalled: (HealthState.CUT_SHORT, r"Half of \d articles have no more than 6\d words"),
    walled: (
        HealthState.PAYWALL,
        r"^A paywall: 8 of 8 pages show the beginning of an article[^.]*; before it was 0 %$",
    ),
    blocking: (HealthState.BLOCKED, "The site blocks: 5 × refused"),
    silent_feed: (HealthState.SILENT, "No new article since"),
    empty_feed: (HealthState.SILENT, r"has no articles any more \(it is empty\); it named 20 before"),
    renamed_addresses: (HealthState.SILENT, "none of its 20 links counts as one"),
    failing_feed: (HealthState.FAILING, r"None of its lists could be read \(https://.*feed.xml: HTTP 404\)"),
}


@pytest.mark.parametrize("happens", CASES, ids=lambda case: case.__name__)
def test_what_happens_to_a_site_is_told_at_the_next_look(happens: Callable[[SimulatedSite], SiteRun]) -> None:
    state, sentence = CASES[happens]
    for seed in range(10):
        site = SimulatedSite(seed, articles=14.0, anonymous=0.05)
        runs = site.runs(KNOWN_DAYS)
        assert not looked(runs).state.is_alarm
        health = looked([*runs, happens(site)])
        assert health.state is state, (seed, health.sentence)
        assert re.search(sentence, sentences(health)), (seed, health.sentence)
        assert health.sentence.startswith(health.changes[0].sentence)


@pytest.mark.parametrize(
    ("words", "label", "free", "walled"),
    [
        (60, Label.PROMOTION, None, True),
        (60, Label.BODY, False, True),
        (60, Label.BODY, None, False),
        (600, Label.PROMOTION, False, False),
        (0, Label.PROMOTION, False, False),
    ],
)
def test_a_beginning_with_an_offer_is_the_sign_of_a_wall(
    words: int, label: Label, free: bool | None, walled: bool
) -> None:
    made = extract_text("The harbour office counted the gulls.", "https://gull.example/a")
    blocks = tuple(block.model_copy(update={"label": label}) for block in made.blocks)
    record = made.model_copy(update={"text": "gull " * words, "blocks": blocks, "is_accessible_for_free": free})
    seen = page_seen(record, None)
    assert seen is not None
    assert seen.walled is walled


def test_reports_that_did_not_count_walls_tell_of_none() -> None:
    site = SimulatedSite(1, articles=14.0, anonymous=0.05)
    runs = [
        replace(
            run, figures=run.figures.model_copy(update={"pages": run.figures.pages.model_copy(update={"walled": None})})
        )
        for run in site.runs(KNOWN_DAYS)
        if run.figures.pages
    ]
    assert looked([*runs, walled(site)]).state is not HealthState.PAYWALL


def test_where_a_field_is_often_missing_a_change_is_told_once_there_are_enough_pages() -> None:
    for seed in range(10):
        site = SimulatedSite(seed, articles=14.0, anonymous=0.3)
        runs = site.runs(KNOWN_DAYS)
        runs += [moved_byline(site) for _ in range(4)]
        health = looked(runs)
        assert health.state is HealthState.OFF_LAYOUT, (seed, health.sentence)


def test_an_alarm_stays_until_the_site_is_as_it_was() -> None:
    site = SimulatedSite(4, articles=14.0, anonymous=0.05)
    runs = site.runs(KNOWN_DAYS)
    for _ in range(10):
        runs.append(redesigned(site))
        assert looked(runs).state is HealthState.OFF_LAYOUT
    assert looked([*runs, site.run_of([site.page() for _ in range(8)])]).state is HealthState.WELL


def test_what_a_run_found_that_was_cut_short_is_no_silence() -> None:
    for seed in range(5):
        site = SimulatedSite(seed, articles=14.0)
        runs: list[SiteRun] = []
        for _ in range(KNOWN_DAYS):
            cut = replace(site.run(), finished=False)
            rest = site.run_of([])
            runs += [cut, replace(rest, began=cut.began + timedelta(hours=1))]
        assert looked(runs).state is not HealthState.SILENT


def test_a_run_that_goes_on_has_not_failed() -> None:
    site = SimulatedSite(1, articles=14.0)
    runs, bad = site.runs(KNOWN_DAYS), failing_feed(site)
    assert looked([*runs, bad]).state is HealthState.FAILING
    assert looked([*runs, replace(bad, finished=False)]).state is not HealthState.FAILING


def test_runs_over_chosen_articles_judge_nothing() -> None:
    site = SimulatedSite(3, articles=14.0, anonymous=0.0)
    runs = site.runs(KNOWN_DAYS)
    past = replace(redesigned(site), kind=RunKind.CHOSEN)
    assert looked([*runs, past]).state is HealthState.WELL


def test_a_site_whose_file_retires_it_is_no_alarm(tmp_path: Path) -> None:
    collection = Collection(tmp_path)
    collection.create()
    figures = refused(SimulatedSite(1).run()).figures.as_dict()
    report = {
        "started": "2026-03-02T06:00:00Z",
        "ended": "finished",
        "settings": {},
        "sites": {"gone.example": figures},
    }
    (collection.crawls / "20260302060000000.json").write_text(json.dumps(report))
    (before,) = site_health(collection)
    assert (before.state, before.domain) == (HealthState.BLOCKED, "gone.example")
    status = "status: {state: deprecated, since: 2026-03-03, reason: It has closed.}\n"
    (collection.sites / "gone.example.yaml").write_text(status)
    (after,) = site_health(collection)
    assert after.state is HealthState.RETIRED
    assert after.sentence == "Deprecated since 2026-03-03: It has closed."


def test_a_torn_report_is_named(tmp_path: Path) -> None:
    collection = Collection(tmp_path)
    collection.create()
    (collection.crawls / "20260302060000000.json").write_text('{"started": ')
    with pytest.raises(CollectionError, match=r"20260302060000000.json is no report of a crawl .* Move it away"):
        site_health(collection)
