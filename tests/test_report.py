"""The report of a collection: its figures, and what it escapes."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from lxml import etree, html

from archive.collection.folder import Collection
from archive.commands.report import as_data
from archive.operations import report_page as page
from archive.operations.alarm_conditions import AlarmKind, Condition
from archive.operations.alarm_ledger import open_ledger
from archive.operations.report_figures import CollectionReport, collection_report, held
from archive.operations.report_page import as_html, shown_days, size
from archive.operations.site_runs import ListSeen, SiteRun
from archive.preservation.fixity import open_fixity
from archive.research.html_page import POLICY
from archive.research.svg_plots import bars, lines, sparkline, stacked_file
from tests.odd_answers import WALL
from tests.reported import ATTACK, NOW, histories, hostile, reported, six
from tests.scripted import Run, ScriptedSite, story
from tests.simulated_runs import SimulatedSite, refused


def parsed(report: CollectionReport) -> html.HtmlElement:
    return html.document_fromstring(as_html(report))


def text_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_figures_are_those_of_the_runs() -> None:
    runs = histories()
    for site in six().sites:
        recent = [run.figures for run in runs[site.domain] if run.began >= NOW - timedelta(days=30)]
        assert site.articles == sum(figures.fetched for figures in recent)
        assert site.without_text == sum(figures.without_text for figures in recent)
        assert sum(site.failures.values()) == sum(sum(figures.failed.values()) for figures in recent)
        assert (site.held.captures, site.held.bytes) == (4, 56_000_000)
        assert [capture.offset for capture in sorted(site.held.newest)] == [1000, 2000, 3000]
        assert site.next_run == NOW + timedelta(hours=3)


def test_what_needs_a_look_stands_first() -> None:
    states = [site.health.state.value for site in six().sites if site.health]
    assert states == ["silent", "off_layout", "blocked", "well", "well", "new"]
    tree = parsed(six())
    rows = [row.findtext(".//a") for row in tree.findall(".//table//tr[@class='look']")]
    assert rows == ["island-times.example", "northern-echoes.example", "valley-post.example"]
    assert "3 of 6 sites should be looked at" in text_of(tree.find(".//p[@class='standfirst']"))
    opened = [details.get("id") for details in tree.findall(".//details") if "open" in details.attrib]
    assert opened == [f"site-{domain}" for domain in rows]


def test_every_site_has_its_sentence_its_plots_its_captures() -> None:
    tree = parsed(six())
    for site in six().sites:
        details = tree.get_element_by_id(f"site-{site.domain}")
        assert site.health is not None
        assert site.health.sentence in text_of(details)
        plots = [title.text for title in details.findall(".//figure//title")]
        assert plots == [
            "Articles captured a day",
            "Median words of the body",
            "Pages with title, date and author, percent",
            "Requests that failed a day",
        ]
        links = [link.get("href") for link in details.findall(".//li//a")]
        assert links[0] == (
            "http://127.0.0.1:8080/courier/20260430060300/"
            f"https://{site.domain}/2026/04/30/the-harbour-office-said-3.html"
        )
        assert links[1] == "archive/cleancopy-20260427060000000-00001.warc.gz"


def test_a_collection_without_runs_says_so(tmp_path: Path) -> None:
    collection = Collection(tmp_path / "empty")
    collection.create()
    tree = parsed(collection_report(collection, NOW))
    assert "Nothing has been crawled into this collection yet" in text_of(tree)
    assert not tree.findall(".//table")


def test_a_site_that_is_only_scheduled_waits(tmp_path: Path) -> None:
    collection = reported(tmp_path / "waiting", {"gull.example": []})
    report = collection_report(collection, NOW)
    assert [(site.domain, site.health) for site in report.sites] == [("gull.example", None)]
    assert "It has not been crawled yet." in text_of(parsed(report))


def test_a_site_that_its_file_retires_needs_no_look(tmp_path: Path) -> None:
    blocked = [refused(run) for run in SimulatedSite(1).runs(3)]
    collection = reported(tmp_path / "courier", {"gull.example": blocked})
    assert [site.needs_a_look for site in collection_report(collection, NOW).sites] == [True]
    status = "status: {state: blocked, since: 2026-04-01, reason: Captchas.}\n"
    (collection.sites / "gull.example.yaml").write_text(status)
    (site,) = (report := collection_report(collection, NOW)).sites
    assert not site.needs_a_look
    tree = parsed(report)
    assert tree.find(".//summary/span").get("class") == "state retired"
    assert "Blocked since 2026-04-01: Captchas." in text_of(tree.get_element_by_id("site-gull.example"))


def test_three_hundred_sites_make_a_page_that_can_be_sent(tmp_path: Path) -> None:
    few = SimulatedSite(1, articles=12).runs(60)
    collection = reported(tmp_path / "many", {f"gazette-{number:03}.example": few[-3:] for number in range(300)})
    written = as_html(collection_report(collection, NOW))
    tree = html.document_fromstring(written)
    assert len(tree.findall(".//details")) == 300
    assert not [details for details in tree.findall(".//details") if "open" in details.attrib]
    assert len(written) < 4_000_000


def test_alarms_copies_and_damaged_files_are_told(tmp_path: Path) -> None:
    collection = reported(tmp_path / "courier", {"gull.example": SimulatedSite(1).runs(3)})
    collection.settings.write_text("copies: [/mnt/backup, /mnt/other]\n")
    with open_ledger(collection) as ledger:
        ledger.look([Condition(AlarmKind.DISK, "/archive", "1 GB is free")], [], NOW.timestamp())
    with open_fixity(collection) as fixity:
        fixity.copied("/mnt/backup", NOW.timestamp(), None)
        fixity.copied("/mnt/other", NOW.timestamp(), "/mnt/other: it cannot be read")
    tree = parsed(collection_report(collection, NOW))
    told = [text_of(item) for item in tree.findall(".//section[@class='troubles']//li")]
    assert told == ["disk /archive 1 GB is free", "copy /mnt/other /mnt/other: it cannot be read"]
    assert "Copies1 of 2 up to date" in text_of(tree.find(".//dl[@class='totals']"))


def test_everything_is_escaped() -> None:
    tree = parsed(hostile())
    known = "html head meta title style body header p h1 h2 h3 dl div dt dd small section ul li span b table thead tr "
    known += "th tbody td a details summary figure figcaption footer code svg path text"
    assert {element.tag for element in tree.iter()} <= set(known.split())
    assert not [name for element in tree.iter() for name in element.keys() if name.startswith("on")]  # noqa: SIM118
    links = [link.get("href") for link in tree.iter("a")]
    assert all(re.match(r"#|archive/|http://127\.0\.0\.1:8080/", link) for link in links), links
    assert "\u202e" not in as_html(hostile())


def test_the_policy_stands_before_everything_that_could_load() -> None:
    head = parsed(six()).find("head")
    assert head[0].get("charset") == "utf-8"
    assert head[1].get("content") == POLICY


def test_the_same_figures_give_the_same_page() -> None:
    assert as_html(six()) == as_html(six())


def test_the_json_holds_the_same_figures() -> None:
    told = json.loads(as_data(six()))
    assert told["made"] == "2026-04-30T15:00:00Z"
    for site, found in zip(six().sites, told["sites"], strict=True):
        assert site.health is not None
        assert (found["domain"], found["articles"], found["failures"]) == (site.domain, site.articles, site.failures)
        assert found["health"]["state"] == site.health.state.value
        assert [day["fetched"] for day in found["health"]["days"]] == [day.fetched for day in site.days]
        assert found["needs_a_look"] == site.needs_a_look


def test_bars_stand_where_and_as_high_as_the_values_say() -> None:
    days = [date(2026, 4, number) for number in (1, 2, 3, 4)]
    drawn = html.fragment_fromstring(bars(days, [10, None, 0, 5], "Articles"))
    (path,) = drawn.findall("path[@class='bars']")
    heights = [float(height) for height in re.findall(r"v-([\d.]+)", path.get("d"))]
    assert heights == [72, 0.5, 36], "full height, a line for nothing, half the height; no bar without a run"
    assert [text.text for text in drawn.findall("text")] == ["10", "0", "1 Apr 2026", "4 Apr 2026"]


def test_a_line_breaks_where_nothing_is_known() -> None:
    days = [date(2026, 4, number) for number in range(1, 7)]
    drawn = html.fragment_fromstring(lines(days, [("words", [100, 200, None, 200, None, 50])], "Words"))
    (path,) = drawn.findall("path[@class='line words']")
    assert re.sub(r"[\d. ]+", "", path.get("d")) == "MLMhMh", "one stroke of two days, and two points"


def test_a_file_of_bars_stacks_its_series_and_names_them() -> None:
    series = {"</text><script>": [4, 0], "b.example": [6, 5]}
    drawn = etree.fromstring(stacked_file([0, 0.5, 1], series, [(0, "1"), (0.5, "\u202e2"), (1, "3")], "A & B"))
    space = "{http://www.w3.org/2000/svg}"
    assert {element.tag.removeprefix(space) for element in drawn.iter()} == {"svg", "title", "style", "path", "text"}
    paths = [path.get("d", "") for path in drawn.findall(f"{space}path[@fill]")]
    found = [re.findall(r"M([\d.]+) ([\d.]+)v-([\d.]+)", path) for path in paths]
    assert found[0] == [("32", "82", "28.8")]
    assert found[2] == [("32", "53.2", "43.2"), ("146", "82", "36")], "on the bar of the first series, where it has one"
    told = [text.text for text in drawn.findall(f"{space}text")]
    assert told == ["10", "0", "</text><script>", "b.example", "1", "⟨U+202E⟩2", "3"]


@pytest.mark.parametrize("values", [[], [None], [0.0], [1e9, None, 0.001]])
def test_plots_of_odd_values(values: list[float | None]) -> None:
    days = [date(2026, 4, 1) + timedelta(days=number) for number in range(len(values))]
    for drawn in (sparkline(values, "x"), bars(days, values, "x"), lines(days, [("words", values)], "x")):
        assert "nan" not in drawn
        html.fragment_fromstring(drawn)


def test_plots_show_at_most_sixty_days_up_to_the_day_of_the_report() -> None:
    days = shown_days(six())
    assert (len(days), days[-1]) == (60, NOW.date())
    assert len(shown_days(replace(six(), made=NOW + timedelta(days=100)))) == page.DAYS


def test_lines_of_an_index_that_are_none_are_left_out(tmp_path: Path) -> None:
    index = tmp_path / "index.cdxj"
    good = '{"url": "https://a.example/", "mime": "text/html", "status": "200", "length": "7", "offset": "0", '
    good += '"filename": "a.warc.gz"}'
    index.write_bytes(b"no line\nexample,a)/ 20260430060300 " + good.encode() + b"\nexample,a)/ 2026 {}\n")
    found = held(index, {"a.example": "a.example"}.__getitem__)
    assert (found["a.example"].captures, found["a.example"].bytes) == (1, 7)


@pytest.mark.parametrize(
    ("count", "written"), [(0, "0 bytes"), (999, "999 bytes"), (56_000_000, "56.0 MB"), (4.82e11, "482 GB")]
)
def test_sizes(count: float, written: str) -> None:
    assert size(count) == written


def test_a_list_that_fails_names_its_address_as_text(tmp_path: Path) -> None:
    runs = SimulatedSite(7, articles=12).runs(30)
    lost = ListSeen(f"https://gull.example/{ATTACK}", "feed", None, 0, "status 500")
    broken = [replace(run, figures=run.figures.model_copy(update={"lists": 0, "lists_failed": 1}), lists=(lost,))
              for run in runs[-2:]]  # fmt: skip
    told: dict[str, list[SiteRun]] = {"gull.example": [*runs[:-2], *broken]}
    report = collection_report(reported(tmp_path / "courier", told), NOW)
    assert report.sites[0].needs_a_look
    tree = parsed(report)
    assert not list(tree.iter("img"))
    assert "onerror=x" in text_of(tree)


def test_the_command_reports_on_a_crawl(cleancopy: Run, site: ScriptedSite, tmp_path: Path) -> None:
    links = "".join(f"<li><a href=/2026/04/2{number}/story-{number}.html>Story</a></li>" for number in range(4))
    site.page("/", f"<html><body><ul>{links}</ul></body></html>")
    for number in range(3):
        site.page(f"/2026/04/2{number}/story-{number}.html", story(f"Story {number}"))
    crawled = cleancopy("crawl", site.url, "--collection", "courier", "--delay", 0, "--allow-private")
    assert crawled.code in (0, 1), crawled.err
    done = cleancopy("report", "courier")
    assert done.code == 0, done.err
    tree = html.fromstring((tmp_path / "courier/report.html").read_bytes())
    assert "Articles in 30 days3" in text_of(tree.find(".//dl[@class='totals']"))
    assert text_of(tree.find(".//div[@class='failures']")) == "Failures, 30 daysstatus 4041"
    (warc,) = {link for link in (str(link.get("href")) for link in tree.iter("a")) if link.startswith("archive/")}
    assert (tmp_path / "courier" / warc).is_file()
    told = json.loads(cleancopy("report", "courier", "--json").out)
    assert [found["articles"] for found in told["sites"]] == [3]


def test_records_without_text_are_told_apart_from_articles(cleancopy: Run, site: ScriptedSite, tmp_path: Path) -> None:
    site.page("/2026/04/20/story.html", story("Story"))
    site.page("/2026/04/21/wall.html", WALL.decode())
    site.page("/2026/04/22/nothing.html", "<!doctype html><html lang=en><title>Nothing</title><body></body></html>")
    urls = "\n".join(f"{site.url}/2026/04/{name}.html" for name in ("20/story", "21/wall", "22/nothing"))
    crawled = cleancopy("crawl", "--urls", "-", "--collection", "c", "--delay", 0, "--allow-private", stdin=urls)
    assert "3 records (2 of them without text)" in crawled.err
    assert cleancopy("report", "c").code == 0
    tree = html.fromstring((tmp_path / "c/report.html").read_bytes())
    assert "Records without text2" in text_of(tree.find(".//dl[@class='totals']"))
    assert "Records without text2" in text_of(tree.find(".//dl[@class='facts']"))
    (told,) = json.loads(cleancopy("report", "c", "--json").out)["sites"]
    assert told["without_text"] == 2
    assert cleancopy("site", "health", "--collection", "c").out.endswith(" 2 records of the last run without text.\n")
    (fares,) = json.loads(cleancopy("site", "health", "--collection", "c", "--json").out)
    assert [day["without_text"] for day in fares["days"]] == [2]
