"""`cleancopy site check`: the tests in a site file on saved captures, in a collection and fetched anew."""

from pathlib import Path

import pytest

from archive.authoring.acceptance import accept, refusals
from archive.authoring.page_tests import SiteCheck, check_file
from archive.authoring.saved_captures import captures_beside, is_installed, warc_beside
from archive.exchange import Capture
from archive.pipeline.captures import read_captures
from archive.sites import bundled_sites, load_site
from crawler.commands.site_check import Source, save
from tests.scripted import Run, ScriptedSite

SENTENCE = "The harbour office counted the gulls on the breakwater and found more of them than in any year before. "


def page(title: str = "Gulls return", author: str = "Nora Ellwood", box: str = "box") -> str:
    return f"""<!doctype html><html lang="en"><head><title>{title}</title>
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{title}",
"datePublished": "2026-11-18T07:30:00+00:00"}}</script></head>
<body><article><h1>{title}</h1><p class="who">By {author}</p>
<div class="story"><p>Opening words of it. {SENTENCE * 3}</p><p class="{box}">{SENTENCE}Join our letter today.</p>
<p>{SENTENCE * 2} Closing words of it.</p></div></article></body></html>"""


LAYOUT = """\
# The gulls' own paper.
name: The Gull
layouts:
  - body: .story  # its whole text
    byline: .who
    strip:
      - {label: promotion, select: .box}
"""
TESTS = """\
tests:
  # A plain story.
  - url: https://gull.example/a
    title: Gulls return
    authors: Nora Ellwood
    date_published: 2026-11-18
    contains: [Opening words of it, Closing words of it]
    not_contains: Join our letter
    labels: {promotion: Join our letter, byline: By Nora}
"""
URL = "https://gull.example/a"


def checked(folder: Path, content: str = LAYOUT + TESTS, html: str = "") -> SiteCheck:
    path = folder / "gull.example.yaml"
    path.write_text(content)
    return check_file(path, {URL: Capture(url=URL, body=(html or page()).encode())})


def test_what_comes_out_as_expected_passes(tmp_path: Path) -> None:
    check = checked(tmp_path)
    assert check.results[0].misses == ()
    assert check.passed


def misses(check: SiteCheck) -> list[tuple[str, str, str]]:
    return [(miss.key, miss.expected, miss.found) for miss in check.results[0].misses]


def test_every_key_is_tried(tmp_path: Path) -> None:
    html = page("Gulls leave", "Idris Vaughan", box="letter").replace("Closing", "Last").replace("11-18", "11-19")
    assert misses(checked(tmp_path, html=html)) == [
        ("title", "Gulls return", "Gulls leave"),
        ("authors", "Nora Ellwood", "Idris Vaughan"),
        ("date_published", "2026-11-18", "2026-11-19T07:30:00+00:00"),
        ("contains", "Closing words of it", "not in the body"),
        ("not_contains", "Join our letter", "in the body"),
        ("labels.promotion", "Join our letter", "not in a promotion block"),
        ("labels.byline", "By Nora", "not in a byline block"),
    ]


def test_a_phrase_is_told_where_it_stands_and_by_which_rule(tmp_path: Path) -> None:
    content = LAYOUT.replace(".box", ".story p:last-child") + TESTS
    where = {miss.key: miss.where for miss in checked(tmp_path, content).results[0].misses}
    assert where["contains"] == (
        "it is in a promotion block by layouts[0].strip[0], select .story p:last-child, gull.example.yaml:7 "
        "at /html/body/article/div/p[3]"
    )
    assert where["not_contains"].startswith("it is in a body block by layouts[0].body, .story, gull.example.yaml:4")
    lost = checked(tmp_path, html=page().replace("Opening words", "Opening"))
    assert lost.results[0].misses[0].where == "no block of the page has it"


def test_a_page_without_a_capture_has_not_passed(tmp_path: Path) -> None:
    path = tmp_path / "gull.example.yaml"
    path.write_text(LAYOUT + TESTS)
    check = check_file(path, {})
    assert not check.passed
    assert not check.failed
    assert [result.test.url for result in check.missing] == [URL]


def test_accepting_rewrites_the_tests_and_nothing_else(tmp_path: Path) -> None:
    html = page("Gulls leave", "Ann 'Tern' No", box="letter").replace("Closing", "Last").replace("11-18", "11-19")
    check = checked(tmp_path, html=html)
    told = accept(check.path, check.results)
    assert "title: now Gulls leave" in told
    text = check.path.read_text()
    assert text == (
        LAYOUT
        + """\
tests:
  # A plain story.
  - url: https://gull.example/a
    title: 'Gulls leave'
    authors: 'Ann ''Tern'' No'
    date_published: '2026-11-19'
    contains: [Opening words of it]
    labels: {body: 'Join our letter'}
"""
    )
    again = check_file(check.path, {URL: Capture(url=URL, body=html.encode())})
    assert again.passed, misses(again)


def test_accepting_where_all_passes_changes_no_byte(tmp_path: Path) -> None:
    check = checked(tmp_path)
    assert accept(check.path, check.results) == []
    assert check.path.read_text() == LAYOUT + TESTS


def test_accepting_gives_new_phrases_where_none_is_left(tmp_path: Path) -> None:
    html = page().replace("Opening words of it.", "").replace("Closing", "Last")
    check = checked(tmp_path, LAYOUT + TESTS, html)
    accept(check.path, check.results)
    assert load_site(check.path).tests[0].contains == (
        "The harbour office counted the gulls on the",
        "in any year before. Last words of it.",
    )


@pytest.mark.parametrize("item", ["- ", "  - "])
def test_accepting_keeps_the_file_s_indentation(tmp_path: Path, item: str) -> None:
    deeper = " " * len(item)
    content = f"name: The Gull\ntests:\n{item}url: {URL}\n{deeper}title: Gulls\n{deeper}labels: {{byline: By}}  # why\n"
    check = checked(tmp_path, content)
    accept(check.path, check.results)
    assert check.path.read_text() == content.replace("title: Gulls", "title: 'Gulls return'")


def file_for(folder: Path, url: str, name: str = "127.0.0.1.yaml") -> Path:
    (folder / "sites").mkdir(exist_ok=True)
    path = folder / "sites" / name
    path.write_text(LAYOUT + TESTS.replace(URL, url))
    return path


def test_pages_are_fetched_saved_and_checked_again(
    tmp_path: Path, cleancopy: Run, site: ScriptedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = site.page("/a", page())
    path = file_for(tmp_path, url)
    before = cleancopy("site", "check", "--sites", "sites")
    assert before.code == 0
    assert "0 passed, 0 failed, 1 not run" in before.err
    assert cleancopy("site", "check", "--sites", "sites", "--strict").code == 1
    assert f"NOT RUN sites/127.0.0.1.yaml:10 {url}: no capture of it is saved" in before.out.replace(f"{tmp_path}/", "")
    assert "--live --accept" in before.err

    live = cleancopy("site", "check", "127.0.0.1", "--sites", "sites", "--live", "--accept", "--allow-private")
    assert live.code == 0, live.err + live.out
    assert "1 of 1 tests passed" in live.out
    assert [capture.url for capture in read_captures(warc_beside(path))] == [url]
    assert "/robots.txt" in site.paths()

    site.page("/a", page("Gulls leave"))
    hits = len(site.hits)
    saved = cleancopy("site", "check", "sites/127.0.0.1.yaml")
    assert (saved.code, len(site.hits)) == (0, hits)
    anew = cleancopy("site", "check", "sites/127.0.0.1.yaml", "--live", "--allow-private")
    assert anew.code == 1
    assert "title: Gulls [-return-]{+leave+}" in anew.out
    assert "--accept" in anew.err
    assert cleancopy("site", "check", "sites/127.0.0.1.yaml").code == 0

    kept = captures_beside(path, [url])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("archive.authoring.saved_captures.bundled_sites", lambda: path.parent)
    save(Source(path, kept, None), {0})
    assert not (tmp_path / "cache").exists()
    save(Source(path, kept, None), ())
    assert list(captures_beside(path, [url])) == [url]
    assert (tmp_path / "cache/cleancopy/pages/127.0.0.1.warc.gz").is_file()


def test_robots_txt_is_obeyed_and_said(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /", Content_Type="text/plain")
    url = site.page("/a", page())
    path = file_for(tmp_path, url)
    ran = cleancopy("site", "check", path, "--live", "--accept", "--allow-private")
    assert ran.code == 0
    assert "robots.txt forbids it" in ran.out
    assert "/a" not in site.paths()
    assert not warc_beside(path).exists()


def test_a_page_that_is_refused_says_so(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    url = site.page("/a", page(), status=403)
    path = file_for(tmp_path, url)
    ran = cleancopy("site", "check", path, "--live", "--allow-private", "--strict")
    assert ran.code == 1
    assert f"NOT RUN {path}:10 {url}: HTTP 403, refused" in ran.out
    assert "Blocked: 127.0.0.1 (HTTP 403, refused)" in ran.err


def test_a_live_check_tells_what_has_become_of_a_site(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    gone, changed, moved = site.page("/gone", "", status=404), site.page("/a", page("Terns return")), f"{site.url}/old"
    site.page("/old", "", status=301, Location="/")
    site.page("/", page())
    tests = "".join(f"  - {{url: '{url}', title: Gulls leave}}\n" for url in (gone, changed, moved))
    file_for(tmp_path, "").write_text(f"name: The Gull\ntests:\n{tests}")
    ran = cleancopy("site", "check", "127.0.0.1", "--sites", "sites", "--live", "--allow-private", "--delay", 0)
    assert ran.code == 1
    assert "Gone: 127.0.0.1 (HTTP 404, not found)" in ran.err
    assert f"Moved: 127.0.0.1 ({site.url}/)" in ran.err
    assert "Redesigned: 127.0.0.1 (title)" in ran.err


def test_captures_for_bundled_files_go_to_the_user_s_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert warc_beside(bundled_sites() / "zeit.de.yaml") == tmp_path / "cleancopy/pages/zeit.de.warc.gz"
    assert warc_beside(tmp_path / "zeit.de.yaml") == tmp_path / "zeit.de.warc.gz"


def test_the_installed_program_s_files_are_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sites = tmp_path / "archive/_configs/sites"
    monkeypatch.setattr("archive.authoring.saved_captures.bundled_sites", lambda: sites)
    assert is_installed(sites / "zeit.de.yaml")
    assert not is_installed(tmp_path / "zeit.de.yaml")
    monkeypatch.undo()
    assert not is_installed(bundled_sites() / "zeit.de.yaml")


def test_a_wall_does_not_become_the_expectation(tmp_path: Path) -> None:
    wall = page().replace(SENTENCE, "").replace("Opening words of it.", "Subscribe to read.").replace("Closing", "No")
    assert list(refusals(checked(tmp_path, html=wall).results)) == [0]
    other = page("Gulls leave", "Idris Vaughan").replace("Closing", "Last").replace("11-18", "11-19")
    lost = {"title", "authors", "date_published", "contains", "labels.byline"}
    check = checked(tmp_path, html=other)
    assert {miss.key for miss in check.results[0].misses} == lost
    assert refusals(check.results) == {0: "5 of 8 expectations are lost"}
    assert refusals(checked(tmp_path, html=page("Gulls leave")).results) == {}


def test_what_is_refused_is_accepted_by_force_alone(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    url = site.page("/a", page())
    path = file_for(tmp_path, url)
    assert cleancopy("site", "check", path, "--live", "--accept", "--allow-private").code == 0
    before = path.read_text(), warc_beside(path).read_bytes()
    site.page("/a", page().replace(SENTENCE, "").replace("Opening words", "Subscribe").replace("Closing", "No"))
    ran = cleancopy("site", "check", path, "--live", "--accept", "--allow-private")
    assert (ran.code, (path.read_text(), warc_beside(path).read_bytes())) == (1, before)
    assert "not accepted: of the body" in ran.err
    assert cleancopy("site", "check", path, "--live", "--accept", "--allow-private", "--force").code == 0
    assert path.read_text() != before[0]


def test_captures_of_a_collection(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    url = site.page("/a", page())
    path = file_for(tmp_path, url)
    crawled = cleancopy("crawl", "--urls", "-", "--allow-private", "--collection", "c", "--sites", "sites", stdin=url)
    assert crawled.code == 0, crawled.err
    ran = cleancopy("site", "check", path, "--collection", "c")
    assert ran.code == 0, ran.out
    path.write_text(path.read_text().replace("By Nora", "By Ann"))
    failed = cleancopy("site", "check", path, "--collection", "c")
    assert failed.code == 1
    assert "labels.byline: 'By Ann' is not in a byline block: no block of the page has it" in failed.out
    assert cleancopy("site", "check", path, "--collection", "c", "--accept").code == 0
    assert url in captures_beside(path, [url])
    assert cleancopy("site", "check", path).code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (["gull.exampel"], 2, "No site file for 'gull.exampel'"),
        (["sites/gull.example.yaml"], 1, "Nothing was checked"),
        (["sites/gull.example.yaml", "--live"], 2, "none of these site files has tests"),
        (["gone.yaml"], 2, "gone.yaml: cannot be read"),
        (["--collection", "c", "--live"], 2, "not both"),
        (["--sites", "sites", "--collection", "c"], 1, "is not a collection"),
    ],
)
def test_what_cannot_be_checked_is_said(
    tmp_path: Path, cleancopy: Run, arguments: list[str], code: int, why: str
) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "gull.example.yaml").write_text("name: The Gull")
    ran = cleancopy("site", "check", *arguments)
    assert (ran.code, why in ran.err) == (code, True), ran.err
