"""Collections with a history: reports of simulated runs in crawls/, an index, a schedule."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.collection.folder import Collection
from archive.operations.health_change import HealthChange, HealthState
from archive.operations.report_figures import CollectionReport, collection_report
from archive.operations.schedule_store import KeptRun, ScheduleStore
from archive.operations.site_runs import SiteRun
from archive.warc.index import IndexEntry, write_sorted
from tests.simulated_runs import START, SimulatedSite, refused

DAYS = 60
#: When the reports of such a collection are made: some hours after the last run.
NOW = START + timedelta(days=DAYS - 1, hours=9)
ATTACK = "</title></style><script>alert(1)</script><img src=//evil.example/i onerror=x>\"'&\u202e"


def write_runs(collection: Collection, runs: Mapping[str, Sequence[SiteRun]]) -> None:
    """A report in crawls/ for each run of each site."""
    for site, each in runs.items():
        for run in each:
            name = f"{run.name}-{site}".replace("/", "_")
            told = {
                "started": run.began.isoformat(),
                "ended": "finished" if run.finished else "stopped",
                "settings": {},
                "lists": [
                    asdict(seen) | {"site": site, "unchanged": seen.articles is None and not seen.fault}
                    for seen in run.lists
                ],
                "sites": {site: run.figures.as_dict()},
            }
            (collection.crawls / f"{name}.json").write_text(json.dumps(told))


def histories(extra: int = 0) -> dict[str, list[SiteRun]]:
    """Sites that fare as they do: refused, silent, changed, new, and as many more as asked for that fare well."""
    found = {f"gazette-{number:03}.example": SimulatedSite(100 + number).runs(DAYS) for number in range(extra)}
    found["harbour-courier.example"] = SimulatedSite(1, articles=12).runs(DAYS)
    found["morning-ledger.example"] = SimulatedSite(2, articles=40, every=timedelta(hours=6)).runs(DAYS)
    blocked = SimulatedSite(3, articles=12).runs(DAYS)
    found["valley-post.example"] = [*blocked[:-2], *map(refused, blocked[-2:])]
    silent = SimulatedSite(4, articles=12)
    found["island-times.example"] = [*silent.runs(DAYS - 6), *(silent.run_of([]) for _ in range(6))]
    changed = SimulatedSite(5, articles=12, anonymous=0.0)
    nobody = [replace(changed.page(), author=False, byline_ruled=False) for _ in range(12)]
    found["northern-echoes.example"] = [*changed.runs(DAYS - 2), *(changed.run_of(nobody) for _ in range(2))]
    found["new-herald.example"] = [
        replace(run, began=run.began + timedelta(days=DAYS - 2)) for run in SimulatedSite(6).runs(2)
    ]
    found["new-herald.example"] = [
        replace(run, name=f"{run.began:%Y%m%d%H%M%S}000") for run in found["new-herald.example"]
    ]
    return found


def reported(path: Path, runs: Mapping[str, Sequence[SiteRun]]) -> Collection:
    """A collection with these runs, three captures of each site in its index, and a schedule."""
    collection = Collection(path)
    collection.create()
    write_runs(collection, runs)
    write_sorted(collection.index, sorted(_entry(site, number).line() for site in runs for number in range(4)))
    store = ScheduleStore(collection.schedule)
    store.set_sites({site: KeptRun("6h", NOW + timedelta(hours=3)) for site in runs})
    store.close()
    return collection


def _entry(site: str, number: int) -> IndexEntry:
    return IndexEntry(
        url=f"https://{site}/2026/04/{number + 27}/the-harbour-office-said-{number}.html",
        date=f"2026-04-{number + 27}T06:0{number}:00Z",
        mime="text/html",
        status="200",
        digest="sha1:AAAA",
        offset=1000 * number,
        length=14_000_000,
        filename="cleancopy-20260427060000000-00001.warc.gz",
    )


@cache
def six() -> CollectionReport:
    """Six sites, of which three should be looked at."""
    with TemporaryDirectory() as folder:
        return collection_report(reported(Path(folder) / "courier", histories()), NOW)


def hostile() -> CollectionReport:
    """A report in which everything that can come from the web is an attack."""
    report = six()
    (first, *_), attack = report.sites, ATTACK
    assert first.health is not None
    (newest, *_) = first.held.newest
    health = replace(first.health, domain=attack, sentence=attack, changes=(HealthChange(HealthState.FAILING, attack),))
    urls = ("javascript:" + attack, "https://a.example/" + attack)
    shown = [replace(newest, url=url, filename=name) for url in urls for name in ("a.warc.gz", attack)]
    site = replace(
        first,
        domain=attack,
        health=health,
        failures={attack: 3},
        held=replace(first.held, newest=shown),
    )
    return replace(report, name=attack, sites=(site,), route=attack, damaged=(attack,))
