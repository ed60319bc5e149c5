"""Six sites, crawled day by day: five change overnight, and the next `cleancopy site health` tells what of which."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.scripted import Ran, Run, ScriptedSite
from tests.test_obstacles import CHALLENGE

#: Monday to Friday, and what Friday brought is seen on Saturday morning.
MONDAY = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
QUIET_DAYS, A_DAY = 5, 8
WORDS = (
    "harbour tide council ferry bridge lantern gull anchor market winter meeting vote crew pier storm ledger".split()
)


def paragraphs(random: Random, count: int) -> str:
    return "".join(f"<p>{' '.join(random.choices(WORDS, k=45)).capitalize()}.</p>" for _ in range(count))


def page(random: Random, head: str, by: str, body: str) -> str:
    title = " ".join(random.choices(WORDS, k=6)).capitalize()
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title></head><body><nav><a href=/>Home</a></nav>"
        f"<div class={head}><h1>{title}</h1>{by}<time datetime=2026-03-02>2 March 2026</time>{body}</div></body></html>"
    )


def ordinary(random: Random) -> str:
    return page(random, "story", "<p class=by>By Ada Marsh</p>", f"<div class=text>{paragraphs(random, 6)}</div>")


def redesigned(random: Random) -> str:
    return page(random, "css-1x", "<p class=css-2y>By Ada Marsh</p>", f"<div class=z3>{paragraphs(random, 6)}</div>")


def moved(random: Random) -> str:
    text = f"<div class=text>{paragraphs(random, 6)}</div><p class=author-box>By Ada Marsh</p>"
    return page(random, "story", "", text)


def paywalled(random: Random) -> str:
    text = f"<div class=text>{paragraphs(random, 1)}</div><aside>Subscribe to read on for 1 crown a week.</aside>"
    return page(random, "story", "<p class=by>By Ada Marsh</p>", text)


def blocked(_: Random) -> str:
    return CHALLENGE.decode()


Template = Callable[[Random], str]
#: What each site's pages become; the last site lists nothing new.
CHANGES: dict[str, Template | None] = {
    "127.0.0.2": ordinary,
    "127.0.0.3": redesigned,
    "127.0.0.4": moved,
    "127.0.0.5": paywalled,
    "127.0.0.6": blocked,
    "127.0.0.7": None,
}
TOLD = {
    "127.0.0.2": ("well", "As ever: 8 articles found and 8 fetched in the last run"),
    "127.0.0.3": ("off_layout", "The selectors for body found something on 0 of 8 pages; before on 100 %"),
    "127.0.0.4": ("off_layout", "The selectors for byline found something on 0 of 8 pages; before on 100 %"),
    "127.0.0.5": ("paywall", "A paywall: 8 of 8 pages show the beginning of an article and an offer to subscribe"),
    "127.0.0.6": ("blocked", "captcha in the last run"),
    "127.0.0.7": ("silent", "No new article since 2026-03-06 06:00 UTC; on a poor day it had 8"),
}


class Newsrooms:
    """The sites, and the collection that they are crawled into."""

    def __init__(self, folder: Path, cleancopy: Run, stack: ExitStack) -> None:
        self._run = cleancopy
        self._crawls = folder / "c/crawls"
        self._sites = {host: ScriptedSite(host) for host in CHANGES}
        self._links: dict[str, list[str]] = {host: [] for host in CHANGES}
        self._random = Random(7)
        self._days = 0
        (folder / "sites").mkdir()
        for host, site in self._sites.items():
            stack.callback(site.close)
            selectors = {"headline": ["h1"], "byline": [".by"], "date": ["time"], "body": [".text"]}
            told = {"home": site.url, "discover": {"feeds": ["/feed.xml"]}, "layouts": [selectors]}
            (folder / "sites" / f"{host}.yaml").write_text(json.dumps(told))

    def day(self, templates: dict[str, Template | None]) -> Ran:
        """Publish a day's articles, crawl all sites and date the run by that day."""
        for host, template in templates.items():
            if template:
                self._publish(host, template)
        known = set(self._crawls.glob("*.json"))
        ran = self._run("crawl", *self._sites, "--sites", "sites", "--collection", "c", "--delay", 0, "--allow-private")
        self._date((set(self._crawls.glob("*.json")) - known).pop())
        return ran

    def _publish(self, host: str, template: Template) -> None:
        site, links = self._sites[host], self._links[host]
        for number in range(len(links), len(links) + A_DAY):
            links.append(site.page(f"/2026/03/story-{number}", template(self._random)))
        items = "".join(f"<item><title>S</title><link>{link}</link></item>" for link in links[-3 * A_DAY :])
        feed = f"<rss version='2.0'><channel>{items}</channel></rss>"
        site.page("/feed.xml", feed, Content_Type="application/rss+xml")

    def _date(self, path: Path) -> None:
        """The crawls of this test are seconds apart; their reports are given the days that they stand for."""
        began = MONDAY + timedelta(days=self._days)
        self._days += 1
        report = json.loads(path.read_text()) | {"started": began.isoformat().replace("+00:00", "Z")}
        path.unlink()
        (self._crawls / f"{began:%Y%m%d%H%M%S}000.json").write_text(json.dumps(report))


@pytest.fixture
def newsrooms(tmp_path: Path, cleancopy: Run) -> Iterator[Newsrooms]:
    with ExitStack() as stack:
        yield Newsrooms(tmp_path, cleancopy, stack)


def test_changes_are_told_the_next_day_and_of_those_sites_alone(newsrooms: Newsrooms, cleancopy: Run) -> None:
    for _ in range(QUIET_DAYS):
        ran = newsrooms.day(dict.fromkeys(CHANGES, ordinary))
        assert ran.code == 0, ran.err
    quiet = cleancopy("site", "health", "--collection", "c")
    assert quiet.code == 0, quiet.out
    assert newsrooms.day(CHANGES).code == 1, "one site blocks"
    health = cleancopy("site", "health", "--collection", "c")
    assert health.code == 1
    told = {
        domain: (state, sentence) for domain, state, sentence in (line.split("\t") for line in health.out.splitlines())
    }
    assert told.keys() == TOLD.keys()
    for domain, (state, sentence) in TOLD.items():
        assert told[domain][0] == state, told[domain]
        assert sentence in told[domain][1]
    one = cleancopy("site", "health", "127.0.0.2", "--collection", "c", "--json")
    assert one.code == 0
    (shown,) = json.loads(one.out)
    assert (shown["state"], shown["alarm"], len(shown["days"])) == ("well", False, QUIET_DAYS + 1)
    assert [day["found"] for day in shown["days"]] == [A_DAY] * (QUIET_DAYS + 1)
    unknown = cleancopy("site", "health", "nowhere.example", "--collection", "c")
    assert unknown.code == 2
    assert "No run of nowhere.example is in the collection" in unknown.err
