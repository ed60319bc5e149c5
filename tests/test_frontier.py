"""The frontier: what is fetched next, and what a crash leaves of it."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.collection.failure import Failed, FailureKind
from archive.errors import CollectionError
from archive.exchange import Origin, Purpose
from crawler.frontier.entry import Entry, redirected
from crawler.frontier.hosts import LISTS_FIRST
from crawler.frontier.renewal import MOST_RUNS, PAUSES
from crawler.frontier.table import Frontier
from crawler.frontier.wanted import Wanted

NOW = 1_790_000_000.0


def entry(path: str, host: str = "a.example", purpose: Purpose = Purpose.ARTICLE, priority: int = 0) -> Entry:
    url = f"http://{host}{path}"
    return Entry(url, url, Origin(purpose, "feed", f"http://{host}/feed", "Ä title"), host, priority=priority)


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    opened = Frontier(tmp_path / "state.sqlite")
    yield opened
    opened.close()


def leased(frontier: Frontier, now: float = NOW, wanted: Wanted = Wanted.ALL) -> str | None:
    found = frontier.lease(now, 10, wanted)
    return found.url if found else None


def test_a_url_is_known_once(frontier: Frontier) -> None:
    assert frontier.add(entry("/1"))
    assert not frontier.add(entry("/1"))
    assert leased(frontier) == "http://a.example/1"
    assert leased(frontier) is None


def test_lists_go_first_then_the_order_in_which_urls_were_found(frontier: Frontier) -> None:
    for path in ("/1", "/2"):
        frontier.add(entry(path))
    frontier.add(entry("/feed", purpose=Purpose.FEED, priority=10))
    assert [leased(frontier) for _ in range(3)] == [f"http://a.example{path}" for path in ("/feed", "/1", "/2")]


def test_an_entry_comes_back_as_it_went_in(frontier: Frontier) -> None:
    given = redirected(entry("/old"), "http://a.example/new", "http://a.example/new")
    frontier.add(given)
    found = frontier.lease(NOW, 1)
    assert found is not None
    assert found.hops == 1
    assert found.origin.requested_url == "http://a.example/old"
    assert (found.origin.title, found.origin.purpose) == ("Ä title", Purpose.ARTICLE)


def test_redirects_that_lead_back_are_found_out_however_they_were_found(frontier: Frontier) -> None:
    for path in ("/a", "/b", "/c"):
        frontier.add(entry(path))
    a, b, c = (frontier.lease(NOW, 10) for _ in range(3))
    assert a
    assert b
    assert c
    assert frontier.redirect(a, redirected(a, b.url, b.key))
    assert frontier.redirect(b, redirected(b, "http://a.example/d", "http://a.example/d"))
    assert frontier.redirect(c, redirected(c, a.url, a.key)), "two ways to one page are no loop"
    d = frontier.lease(NOW, 10)
    assert d
    assert not frontier.redirect(d, redirected(d, a.url, a.key))
    assert not frontier.redirect(c, redirected(c, c.url, c.key))


def test_the_host_with_the_fewest_requests_under_way_is_next(frontier: Frontier) -> None:
    for path in ("/1", "/2", "/3"):
        frontier.add(entry(path))
    frontier.add(entry("/1", host="b.example"))
    assert {leased(frontier), leased(frontier)} == {"http://a.example/1", "http://b.example/1"}
    assert frontier.lease(NOW, 1) is None, "a host has no more requests under way than it may"


def test_what_was_leased_at_a_crash_is_queued_again(tmp_path: Path) -> None:
    crashed = Frontier(tmp_path / "state.sqlite")
    for path in ("/1", "/2", "/3"):
        crashed.add(entry(path))
    crashed.commit()
    first, second = crashed.lease(NOW, 10), crashed.lease(NOW, 10)
    assert first
    assert second
    crashed.done(first, status=200, etag='"e"', last_modified=None, now=NOW)
    crashed.commit(crashed.finished())
    crashed.done(second, status=200, etag=None, last_modified=None, now=NOW)
    crashed._db.close()  # the second was fetched, but a crash came before its commit

    after = Frontier(tmp_path / "state.sqlite")
    assert {leased(after), leased(after), leased(after)} == {"http://a.example/2", "http://a.example/3", None}
    assert after.questions.counts() == {"done": 1, "leased": 2}
    after.close()


def test_a_failure_waits_for_its_time(frontier: Frontier) -> None:
    frontier.add(entry("/1"))
    found = frontier.lease(NOW, 1)
    assert found
    frontier.again(found, Failed.of_status(503), due=NOW + 5)
    assert leased(frontier, NOW + 4) is None
    assert frontier.waiting(NOW + 4) == 0
    assert frontier.waiting(NOW + 5) == 1
    again = frontier.lease(NOW + 5, 1)
    assert again
    assert again.attempts == 1
    frontier.failed(again, Failed.of_status(503), now=NOW + 6)
    ((url, why),) = frontier.questions.failures(NOW, 10)
    assert (url, why.kind, why.sentence) == ("http://a.example/1", FailureKind.HTTP_ERROR, "HTTP 503 (2 tries)")
    assert frontier.questions.failures(NOW + 7, 10) == []
    assert frontier.questions.counts() == {"failed": 1}


def test_a_later_run_tries_again_what_may_have_changed(frontier: Frontier) -> None:
    for path, why in (
        ("/down", Failed(FailureKind.CONNECTION, detail="refused")),
        ("/busy", Failed.of_status(429)),
        ("/gone", Failed.of_status(404)),
        ("/closed", Failed(FailureKind.ROBOTS)),
        ("/unclear", Failed(FailureKind.ROBOTS_UNREADABLE, detail="HTTP 500")),
    ):
        frontier.add(entry(path))
        found = frontier.lease(NOW, 1)
        assert found
        frontier.failed(found, why, now=NOW)
    assert frontier.renewal.retry_failed() == 3
    urls = {leased(frontier) for _ in range(4)}
    assert urls == {f"http://a.example{path}" for path in ("/down", "/busy", "/unclear")} | {None}


def test_a_paused_host_leaves_the_others_alone(frontier: Frontier) -> None:
    frontier.add(entry("/1"))
    frontier.add(entry("/1", host="b.example"))
    frontier.pause("a.example", NOW + 60)
    assert [leased(frontier), leased(frontier)] == ["http://b.example/1", None]
    assert leased(frontier, NOW + 60) == "http://a.example/1"


def test_lists_are_read_anew_in_every_run_articles_are_not(frontier: Frontier) -> None:
    feed = entry("/feed", purpose=Purpose.FEED)
    for one in (feed, entry("/1")):
        frontier.add(one)
        found = frontier.lease(NOW, 1)
        assert found
        frontier.done(found, status=200, etag='"v1"', last_modified="Mon", now=NOW)
    frontier.commit(frontier.finished())
    frontier.add(entry("/1"))
    frontier.renew(feed)
    again = frontier.lease(NOW, 1)
    assert again
    assert (again.url, again.etag, again.last_modified) == (feed.url, '"v1"', "Mon")
    assert leased(frontier) is None


def test_an_unchanged_list_leads_to_its_lists_again(frontier: Frontier) -> None:
    index = entry("/index.xml", purpose=Purpose.SITEMAP)
    child = Entry("http://a.example/1.xml", "http://a.example/1.xml", Origin(Purpose.SITEMAP, "sitemap", index.url), "")
    for one in (index, child, entry("/1")):
        frontier.add(one)
        found = frontier.lease(NOW, 10)
        assert found
        frontier.done(found, status=200, etag=None, last_modified=None, now=NOW)
    frontier.commit(frontier.finished())
    frontier.renewal.renew_found_in(index.url, child.site)
    assert [leased(frontier), leased(frontier)] == [child.url, None]


def test_a_changed_configuration_asks_for_lists_without_conditions(frontier: Frontier) -> None:
    feed = entry("/feed", purpose=Purpose.FEED)
    frontier.renewal.read_lists_anew("a.example", "one")
    frontier.add(feed)
    for digest, known in (("one", '"v1"'), ("two", None)):
        found = frontier.lease(NOW, 1)
        assert found
        frontier.done(found, status=200, etag='"v1"', last_modified=None, now=NOW)
        frontier.commit(frontier.finished())
        frontier.renewal.read_lists_anew("a.example", digest)
        frontier.renew(feed)
        again = frontier.lease(NOW, 1)
        assert again
        assert again.etag == known
        frontier.again(again, Failed(FailureKind.TIMEOUT), due=NOW)


def test_only_what_is_wanted_is_leased(frontier: Frontier) -> None:
    frontier.add(entry("/feed", purpose=Purpose.FEED, priority=10))
    frontier.add(entry("/1"))
    frontier.add(entry("/2"))
    assert frontier.waiting(NOW, Wanted.ARTICLES, most=5) == 2
    frontier.add(entry("/picture", purpose=Purpose.REQUISITE, priority=-10))
    assert leased(frontier, wanted=Wanted.NEEDED) == "http://a.example/picture"
    assert leased(frontier, wanted=Wanted.NEEDED) is None
    assert leased(frontier, wanted=Wanted.ARTICLES) == "http://a.example/1"
    assert leased(frontier, wanted=Wanted.PAGES) == "http://a.example/2"
    assert leased(frontier, wanted=Wanted.LISTS) == "http://a.example/feed"


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(CollectionError, match=r"state\.sqlite cannot be used"):
        Frontier(path)


def test_runs_of_two_sites_do_not_ask_one_host_together(frontier: Frontier) -> None:
    for site in ("a.example", "b.example"):
        for number in range(2):
            url = f"http://shared.example/{site}/{number}"
            frontier.add(Entry(url, url, Origin(Purpose.ARTICLE, "seed"), site))
    first = frontier.lease(NOW, 1, site="a.example", gap=10)
    assert first
    assert frontier.lease(NOW + 60, 1, site="b.example", gap=10) is None, "the other run is asking"
    frontier.done(first, status=200, etag=None, last_modified=None, now=NOW + 60)
    assert frontier.lease(NOW + 61, 1, site="b.example", gap=10) is None, "and has more to ask"
    second = frontier.lease(NOW + 61, 1, site="a.example", gap=10)
    assert second, "a run keeps its own pace"
    frontier.done(second, status=200, etag=None, last_modified=None, now=NOW + 62)
    assert frontier.lease(NOW + 71, 1, site="b.example", gap=10) is None
    assert frontier.lease(NOW + 72, 1, site="b.example", gap=10)


def test_a_run_that_is_over_leaves_its_urls_queued_and_the_others_alone(frontier: Frontier) -> None:
    for site in ("a.example", "b.example"):
        url = f"http://{site}/1"
        frontier.add(Entry(url, url, Origin(Purpose.ARTICLE, "seed"), site))
    assert frontier.lease(NOW, 1, site="a.example")
    assert frontier.lease(NOW, 1, site="b.example")
    frontier.leave("a.example")
    assert frontier.questions.counts("a.example") == {"queued": 1}
    assert frontier.questions.counts("b.example") == {"leased": 1}
    assert frontier.lease(NOW + 1, 1, site="a.example", gap=10) is None, "the host was asked a second ago"
    assert frontier.lease(NOW + 10, 1, site="a.example", gap=10)


def test_a_host_that_asked_to_wait_is_left_alone_by_later_runs(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "state.sqlite")
    frontier.add(entry("/1"))
    host = entry("/1").host
    frontier.pause(host, NOW + 3600)
    frontier.add(entry("/2"))
    frontier.commit()
    frontier.close()
    later = Frontier(tmp_path / "state.sqlite")
    later.renew(entry("/feed.xml", purpose=Purpose.FEED))
    assert later.lease(NOW + 3599, 1) is None
    assert later.lease(NOW + 3600, 1)
    later.close()


def test_lists_without_end_starve_no_article(frontier: Frontier) -> None:
    for number in range(40):
        frontier.add(entry(f"/list-{number}", purpose=Purpose.SITEMAP, priority=10))
    for number in range(10):
        frontier.add(entry(f"/story-{number}"))
    found = [frontier.lease(NOW, 100) for _ in range(50)]
    order = [one.url.rpartition("/")[2].partition("-")[0] for one in found if one]
    assert order[:LISTS_FIRST] == ["list"] * LISTS_FIRST, "what leads to articles goes first"
    assert order[LISTS_FIRST : LISTS_FIRST + 20] == ["story", "list"] * 10, "then they take turns"
    assert order.count("list") == 40


def test_a_failed_page_is_left_alone_for_longer_each_time(frontier: Frontier) -> None:
    frontier.add(entry("/1"))
    now = NOW
    for pause in (*PAUSES, None):
        found = frontier.lease(now, 1)
        assert found
        frontier.failed(found, Failed(FailureKind.TIMEOUT), now=now)
        if pause is None:
            assert frontier.renewal.retry_failed(now=now + 1e9) == 0, "it is given up for good"
            break
        assert frontier.renewal.retry_failed(now=now + pause - 1) == 0
        now += pause
        assert frontier.renewal.retry_failed(now=now) == 1


def test_a_success_in_between_begins_the_count_anew(frontier: Frontier) -> None:
    frontier.add(entry("/1"))
    for _ in range(MOST_RUNS - 1):
        found = frontier.lease(NOW, 1)
        assert found
        frontier.failed(found, Failed.of_status(503), now=NOW)
        frontier.renewal.retry_failed()
    found = frontier.lease(NOW, 1)
    assert found
    assert found.runs == MOST_RUNS - 1
    frontier.done(found, status=200, etag=None, last_modified=None, now=NOW)
    frontier.commit(1)
    assert frontier.renewal.revisit("a.example", [60.0], NOW + 60, priority=0) == 1
    found = frontier.lease(NOW + 60, 1)
    assert found
    assert found.runs == 0


def test_a_host_is_given_back_once_however_often_it_is_said(frontier: Frontier) -> None:
    for path in ("/1", "/2"):
        frontier.add(entry(path))
    first, second = frontier.lease(NOW, 2), frontier.lease(NOW, 2)
    assert first
    assert second
    for _ in range(3):
        frontier.failed(first, Failed.of_status(400), now=NOW)
    assert frontier.leased() == 1


def test_what_a_redirect_leads_back_to_can_be_asked_for_once_more(frontier: Frontier) -> None:
    frontier.add(entry("/1"))
    found = frontier.lease(NOW, 1)
    assert found
    assert frontier.redirect(found, entry("/2"))
    frontier.done(found, status=302, etag=None, last_modified=None, now=NOW)
    frontier.ask_once_more(found.key)
    frontier.commit(frontier.finished())
    assert frontier.questions.counts() == {"queued": 2}
    again = frontier.lease(NOW, 1)
    assert again
    assert again.url == found.url, "what was done before the commit is not done after it"


def test_a_silent_host_waits_in_this_process_and_does_not_keep_a_run_from_its_end(frontier: Frontier) -> None:
    frontier.add(entry("/1"))
    frontier.hosts.rest("a.example", NOW + 5)
    assert leased(frontier) is None
    assert frontier.waiting(NOW + 90) == 1
    frontier.hosts.rest("a.example", math.inf)
    assert frontier.waiting(NOW + 90) == 0
    assert frontier.questions.counts() == {"queued": 1}, "the next run asks for it"


def test_what_an_earlier_version_kept_and_is_no_url_has_no_host() -> None:
    assert Entry("http://[bad/", "http://[bad/", Origin(), "a.example").host == ""


def test_a_refused_page_is_asked_for_again_but_not_for_ever(frontier: Frontier) -> None:
    frontier.add(entry("/1"))
    for tries in range(MOST_RUNS):
        found = frontier.lease(NOW, 1)
        assert found, f"after {tries} tries"
        frontier.failed(found, Failed.of_status(403), now=NOW)
        frontier.renewal.retry_failed()
    assert frontier.lease(NOW, 1) is None
