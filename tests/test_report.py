"""The report of a collection: its figures, what it escapes, and how a browser shows it."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from lxml import html

from archive.alarms.condition import Condition, Kind
from archive.alarms.ledger import open_ledger
from archive.collection import Collection
from archive.commands.report import as_data
from archive.copies.fixity import open_fixity
from archive.health import Change, HealthState, ListSeen, SiteRun
from archive.page_view import POLICY
from archive.report import page
from archive.report.captures import held
from archive.report.figures import CollectionReport, collection_report
from archive.report.page import as_html, shown_days
from archive.report.plots import bars, lines, sparkline
from archive.report.wording import size
from tests.browser import chromium, served
from tests.reported import NOW, histories, reported
from tests.scripted import Run, ScriptedSite, story
from tests.simulated_runs import SimulatedSite, refused

ATTACK = "</title></style><script>alert(1)</script><img src=//evil.example/i onerror=x>\"'&\u202e"


@cache
def six() -> CollectionReport:
    """Six sites, of which three should be looked at."""
    with TemporaryDirectory() as folder:
        return collection_report(reported(Path(folder) / "courier", histories()), NOW)


def parsed(report: CollectionReport) -> html.HtmlElement:
    return html.document_fromstring(as_html(report))


def text_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_figures_are_those_of_the_runs() -> None:
    runs = histories()
    for site in six().sites:
        recent = [run.figures for run in runs[site.domain] if run.began >= NOW - timedelta(days=30)]
        assert site.articles == sum(figures.fetched for figures in recent)
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
        ledger.look([Condition(Kind.DISK, "/archive", "1 GB is free")], [], NOW.timestamp())
    with open_fixity(collection) as fixity:
        fixity.copied("/mnt/backup", NOW.timestamp(), None)
        fixity.copied("/mnt/other", NOW.timestamp(), "/mnt/other: it cannot be read")
    tree = parsed(collection_report(collection, NOW))
    told = [text_of(item) for item in tree.findall(".//section[@class='troubles']//li")]
    assert told == ["disk /archive 1 GB is free", "copy /mnt/other /mnt/other: it cannot be read"]
    assert "Copies1 of 2 up to date" in text_of(tree.find(".//dl[@class='totals']"))


def hostile() -> CollectionReport:
    """A report in which everything that can come from the web is an attack."""
    report = six()
    (first, *_), attack = report.sites, ATTACK
    assert first.health is not None
    (newest, *_) = first.held.newest
    health = replace(first.health, domain=attack, sentence=attack, changes=(Change(HealthState.FAILING, attack),))
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


#: Holds the page at a phone's and a desktop's width and says how wide it became, and whether all was drawn.
FRAMES = """<!doctype html><link rel=icon href=data:,>
<iframe src=report.html width=390 height=800 style=border:0></iframe>
<iframe src=report.html width=1200 height=800 style=border:0></iframe>
<script>onload = () => {
  const told = [...document.querySelectorAll("iframe")].map(frame => {
    const inner = frame.contentDocument;
    for (const site of inner.querySelectorAll("details")) site.open = true;
    const seen = [...inner.querySelectorAll("svg.plot")].every(plot => plot.getBoundingClientRect().height > 60);
    const small = [...inner.querySelectorAll("td, dd, p, li")].filter(
      element => parseFloat(inner.defaultView.getComputedStyle(element).fontSize) < 12).length;
    return [inner.documentElement.scrollWidth, seen, small].join(" ");
  });
  document.title = told.join(", ");
}</script>"""


@pytest.mark.parametrize("report", [six, hostile], ids=["six", "hostile"])
def test_a_browser_shows_it_on_a_phone_and_on_a_desk_and_asks_for_nothing(
    report: Callable[[], CollectionReport], tmp_path: Path
) -> None:
    (tmp_path / "report.html").write_text(as_html(report()), "utf-8")
    (tmp_path / "frames.html").write_text(FRAMES, "utf-8")
    with served(tmp_path) as (origin, asked):
        arguments = ("--virtual-time-budget=3000", "--window-size=1700,900", "--dump-dom")
        dom = chromium(tmp_path, *arguments, f"{origin}/frames.html")
    assert html.document_fromstring(dom).findtext(".//title") == "390 true 0, 1200 true 0"
    assert set(asked) == {"/frames.html", "/report.html"}


@pytest.mark.parametrize("width", [500, 1200])
def test_a_screenshot_holds_the_colours_of_states_and_plots(width: int, tmp_path: Path) -> None:
    picture = tmp_path / "report.png"
    (tmp_path / "report.html").write_text(as_html(six()), "utf-8")
    where = (tmp_path / "report.html").as_uri()
    chromium(tmp_path, f"--window-size={width},2600", "--force-color-profile=srgb", f"--screenshot={picture}", where)
    colours = _colours(picture)
    for name in ("--paper", "--bars", "--failed", "--alarm"):
        assert colours.get(_light()[name], 0) > 50, name


def _colours(picture: Path) -> Mapping[str, int]:
    """How often each colour stands in a picture."""
    image = pytest.importorskip("PIL.Image")
    with image.open(picture) as opened:
        found = opened.convert("RGB").getcolors(1 << 24)
    return {"#{:02x}{:02x}{:02x}".format(*colour): count for count, colour in found}


def _sheet() -> str:
    return (Path(page.__file__).parent / "report.css").read_text()


def _palettes() -> list[dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", _sheet(), re.DOTALL)
    return [dict(re.findall(r"(--\w+): (#[0-9a-f]{3,6})", block)) for block in blocks]


def _light() -> dict[str, str]:
    return _palettes()[0]


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("palette", _palettes(), ids=["light", "dark", "print"])
def test_text_can_be_read(palette: dict[str, str]) -> None:
    for ground in ("--paper", "--raised"):
        for name in ("--ink", "--soft", "--well", "--new", "--alarm", "--warn"):
            dark, bright = sorted((_luminance(palette[ground]), _luminance(palette[name])))
            assert (bright + 0.05) / (dark + 0.05) >= 4.5, (name, ground)


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
