"""What a run takes up: addresses that can be asked for, and lists within bounds."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.collection.failure import Failed, FailureKind
from archive.collection.site_figures import Ending
from archive.exchange import Origin, Purpose
from archive.sites import Site
from archive.telling.kinds import SkipKind
from crawler.discover import Found
from crawler.frontier.entry import Entry
from crawler.frontier.table import Frontier
from crawler.frontier.wanted import Wanted
from crawler.run import leads
from crawler.run.account import Account
from crawler.run.cookie_jars import CookieJars
from crawler.run.leads import DEEPEST, Leads
from crawler.run.leases import LISTS_FOR, Leases
from crawler.run.plan import Options, plan_sites

SITE = "gull.example"
HOME = "http://gull.example/"


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    opened = Frontier(tmp_path / "state.sqlite")
    yield opened
    opened.close()


def leads_to(frontier: Frontier, account: Account) -> Leads:
    plan = plan_sites([Site(domain=SITE)], Options())
    return Leads(plan, frontier, account, CookieJars(), time.time())


def list_at(url: str) -> Entry:
    return Entry(url, url, Origin(Purpose.SITEMAP), SITE)


def named(url: str) -> Found:
    return Found(url, Origin(Purpose.SITEMAP, "sitemap"))


def test_what_cannot_be_asked_for_is_told_and_not_taken_up(frontier: Frontier) -> None:
    account = Account()
    made = leads_to(frontier, account)
    assert made.add(Found("http://[bad/", Origin()), SITE), "it is within the dates"
    made.add_list(named("http://gull.example:abc/a.xml"), list_at(HOME))
    made.add_list(named("b.xml"), list_at(HOME))
    assert [entry.url for entry in frontier.questions.lists()] == [f"{HOME}b.xml"]
    assert {reason.kind: count for reason, count in account.discovery.skipped.items()} == {SkipKind.NOT_WEB: 2}


def test_sitemaps_that_lead_to_sitemaps_are_followed_so_far(frontier: Frontier) -> None:
    account = Account()
    made, entry = leads_to(frontier, account), list_at(f"{HOME}0.xml")
    for number in range(1, DEEPEST + 2):
        made.add_sitemap(named(f"{HOME}{number}.xml"), entry)
        entry = list_at(f"{HOME}{number}.xml")
    assert [one.url for one in frontier.questions.lists()] == [
        f"{HOME}{number}.xml" for number in range(1, DEEPEST + 1)
    ]
    assert [reason.kind for reason in account.discovery.skipped] == [SkipKind.TOO_DEEP]


def test_a_redirect_does_not_begin_the_count_anew(frontier: Frontier) -> None:
    account = Account()
    made, entry = leads_to(frontier, account), list_at(f"{HOME}0.xml")
    for number in range(1, DEEPEST + 2):
        made.add_sitemap(named(f"{HOME}{number}.xml"), entry)
        assert made.follow(list_at(f"{HOME}{number}.xml"), f"{HOME}moved-{number}.xml")
        entry = list_at(f"{HOME}moved-{number}.xml")
    assert account.discovery.skipped.total() == 1


def test_a_run_takes_up_so_many_lists(frontier: Frontier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leads, "MOST_LISTS", 3)
    account = Account()
    made = leads_to(frontier, account)
    for number in range(5):
        made.add_sitemap(named(f"{HOME}{number}.xml"), list_at(HOME))
    assert len(list(frontier.questions.lists())) == 3
    assert {reason.kind: count for reason, count in account.discovery.skipped.items()} == {SkipKind.TOO_MANY_LISTS: 2}


def test_lists_are_read_for_so_long_and_what_they_led_to_after_that(frontier: Frontier) -> None:
    plan, account = plan_sites([Site(domain=SITE)], Options()), Account()
    for began, wanted in ((time.time(), Wanted.ALL), (time.time() - LISTS_FOR - 1, Wanted.PAGES)):
        leases = Leases(plan, frontier, account, lambda _: None, site=None, earlier=0, began=began)
        assert leases.wanted() is wanted
    frontier.add(list_at(f"{HOME}late.xml"))
    figures = account.conclude(plan, frontier, began=0, site=None).sites[SITE]
    assert figures.lists_left == 1
    assert figures.stopped is not None
    assert "the next run's" in figures.stopped


def test_the_rest_of_an_interrupted_run_does_not_fail_as_a_whole(frontier: Frontier) -> None:
    for came_before, ending in ((False, Ending.FAILED), (True, Ending.DONE)):
        account, plan = Account(), plan_sites([Site(domain=SITE)], Options())
        account.tallies[SITE].came_before = came_before
        account.tallies[SITE].failed(Entry(HOME, HOME, Origin(), SITE), Failed(FailureKind.TIMEOUT))
        assert account.conclude(plan, frontier, began=0, site=SITE).sites[SITE].ending is ending
    frontier.add(Entry(HOME, HOME, Origin(), SITE))
    entry = frontier.lease(2.0, 1)
    assert entry
    frontier.done(entry, status=200, etag=None, last_modified=None, now=2.0)
    frontier.commit(1)
    assert frontier.questions.came(1.0, SITE)
    assert not frontier.questions.came(3.0, SITE)
    assert not frontier.questions.came(1.0, "tern.example")
