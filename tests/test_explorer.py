"""The explorer: what its pages say and do, and who may ask for them."""

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.collection import custody
from archive.collection.folder import Collection
from archive.records import Record, read_records
from tests.explored import CHANGED, FAILED, GONE, STYLED, explored, styled
from tests.explorer_server import Explored, exploring
from tests.scripted import Run
from tests.shots import ORIGIN, Shot, article, make_collection

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{ 7*7 }}\u202e"


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    evil = article(
        "TITLE", "A paragraph about the weathervane that is long enough to be one, and then goes on for a while."
    )
    page = evil.replace("TITLE", EVIL.replace("<", "&lt;"))
    return explored(tmp_path_factory.mktemp("made") / "courier", Shot(f"{ORIGIN}/evil.html?a=<b>&c='\"", page))


@pytest.fixture(scope="module")
def explorer(collection: Collection) -> Iterator[Explored]:
    with exploring(collection.path) as found:
        yield found


def article_of(explorer: Explored, query: str) -> str:
    """The address of the first article found."""
    found = re.search(r'href="(/article/courier/[^"?]+)"', explorer.ask(f"/search?q={query}").text)
    assert found
    return found[1]


def test_it_opens_with_its_token_alone(explorer: Explored) -> None:
    first = explorer.ask("/search?q=ferry&token=" + explorer.address.partition("token=")[2], Cookie="")
    assert (first.status, first.headers["location"]) == (303, "/search?q=ferry")
    assert {"HttpOnly", "SameSite=strict"} <= set(first.headers["set-cookie"].split("; "))
    name = explorer.cookie.partition("=")[0]
    for path in ("/", "/search", "/static/explorer.css", "/nothing", "/article/courier/x"):
        assert explorer.ask(path, Cookie="").status == 403
        assert explorer.ask(path, Cookie=f"{name}=wrong").status == 403
        assert explorer.ask(f"{path}?token=wrong").status == 403


def test_another_name_of_this_machine_is_refused(explorer: Explored) -> None:
    port = explorer.origin.rpartition(":")[2]
    for host in (f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port}.evil.example", ""):
        assert explorer.ask("/", Host=host).status == 421
    assert explorer.ask("/", Host=f"localhost:{port}").status == 200


def test_every_page_forbids_what_is_not_its_own(explorer: Explored) -> None:
    for path in ("/", "/search", "/quality", "/nothing", article_of(explorer, "dredged")):
        headers = explorer.ask(path).headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert (policy["default-src"], policy["script-src"], policy["frame-ancestors"]) == (
            "'none'",
            "'self'",
            "'none'",
        )
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_what_changes_something_must_come_from_a_page_of_it(explorer: Explored) -> None:
    def sent(path: str = "/quality/courier/again", **headers: str) -> int:
        return explorer.ask(path, "POST", {"form_token": "wrong", "url": GONE}, **headers).status

    assert sent() == 403
    assert sent(Origin="http://evil.example") == 403
    assert sent(Origin="null") == 403
    assert sent(Origin=explorer.origin, Sec_Fetch_Site="cross-site") == 403
    assert sent(Origin=explorer.origin, Cookie="") == 403
    assert sent(Origin=explorer.origin) == 403  # the form's own token is wrong
    assert explorer.ask("/quality/courier/again", "POST", {}, Origin=explorer.origin).status == 403
    assert explorer.ask("/quality/courier/again?url=" + GONE).status == 405


def test_the_overview_is_the_report(explorer: Explored) -> None:
    page = explorer.ask("/").text
    assert "<h1>courier</h1>" in page
    assert "Nobody has verified all files yet" in page
    assert "No copies are configured" in page


def test_the_search_finds_counts_and_sorts(explorer: Explored) -> None:
    page = explorer.ask("/search?q=harbour").text
    assert "<mark>harbour</mark>" in page
    titles = re.findall(r"<h3><a [^>]*>([^<]+)</a>", page)
    assert f"<b>{len(titles)} articles</b>" in page
    newest = re.findall(r"<time>([^<]+)</time>", explorer.ask("/search?q=harbour&sort=newest").text)
    assert newest == sorted(newest, reverse=True)
    assert newest != sorted(newest)


def test_a_facet_counts_what_choosing_it_finds(explorer: Explored) -> None:
    page = explorer.ask("/search").text
    options = re.findall(r'<li><a href="/search\?([^"]+)"><span>[^<]*</span><span class="count">(\d+)</span>', page)
    assert len(options) > 20
    kinds = {query.partition("=")[0] for query, _ in options}
    assert {"language", "section", "label", "text", "completeness"} <= kinds
    for query, count in options[::4]:
        assert f"<b>{count} article" in explorer.ask(f"/search?{query}").text, query


@pytest.mark.parametrize(
    "query",
    [
        "q=%22",
        "since=%C2%B2026",
        "since=99999-01-01&until=0",
        "q=-&sort=x",
        "page=0",
        "page=99999999",
        "label=x",
        "month=x",
        "site=%00",
        "q=%00",
    ],
)
def test_no_address_of_a_search_breaks_it(explorer: Explored, query: str) -> None:
    answer = explorer.ask(f"/search?{query}")
    assert answer.status == 200
    assert 'role="search"' in answer.text


def test_the_export_is_the_command_and_its_count(explorer: Explored, cleancopy: Run, tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    import html
    import shlex

    page = explorer.ask("/export?label=promotion&language=en").text
    command = re.search(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)
    assert command
    words = shlex.split(html.unescape(command[1]))
    assert words[:2] == ["cleancopy", "export"]
    told = explorer.ask("/export/count?label=promotion&language=en").text
    done = cleancopy(*words[1:-1], str(tmp_path / "set"))
    counted = re.match(r"(\d+) records are in", done.err)
    assert counted, done.err
    assert f"It gives {counted[1]} records:" in told


def test_an_article_names_where_it_comes_from(explorer: Explored, collection: Collection) -> None:
    address = article_of(explorer, "lighthouse")
    page = explorer.ask(address).text
    assert "A lighthouse keeps its keeper" in page
    assert 'sandbox="allow-scripts"' in page
    capture = explorer.ask(f"{address}?view=capture").text
    assert "The WARC file has this capture, with this digest." in capture
    assert "GET / HTTP/1.1\nHost: courier.example" in capture
    assert "HTTP/1.1 200 OK\n" in capture
    fields = explorer.ask(f"{address}?view=fields").text
    assert "headline block" in fields


def test_the_capture_can_be_taken_as_a_warc(explorer: Explored) -> None:
    answer = explorer.ask(f"{article_of(explorer, 'lighthouse')}/excerpt")
    assert answer.headers["content-disposition"].startswith("attachment; ")
    found = [(each.rec_type, each.rec_headers["WARC-Target-URI"]) for each in ArchiveIterator(io.BytesIO(answer.body))]
    assert ("response", STYLED) in found
    assert {url for _, url in found} <= {STYLED, None}


def test_the_history_tells_silent_edits(explorer: Explored) -> None:
    page = explorer.ask(f"/history/courier?url={CHANGED}").text
    assert "3 captures" in page
    assert page.count("silent edit</b>") == 1
    assert "<del>four </del><ins>five </ins>" in page
    assert "<del>Basin to be dredged</del> <ins>Basin to be dredged in spring</ins>" in page


def test_the_quality_says_what_is_wrong(explorer: Explored) -> None:
    page = explorer.ask("/quality").text
    for sentence in (
        "The server did not answer in time.",
        "The server answered HTTP 404.",
        "The connection ended before the answer did.",
        "No text of an article was found on the page.",
    ):
        assert sentence in page
    cut = explorer.ask("/quality?kind=cut").text
    assert "A story that ends too soon" in cut
    assert "Nothing to read" not in cut
    assert FAILED not in cut
    assert FAILED in explorer.ask("/quality?kind=failed-timeout").text


def state_of(collection: Collection, url: str) -> tuple[str, str | None, int | None]:
    with closing(sqlite3.connect(collection.state)) as db:
        found: tuple[str, str | None, int | None] = db.execute(
            "SELECT state, kind, json_extract(origin, '$.is_for_browser') FROM frontier WHERE url = ?", (url,)
        ).fetchone()
    return found


def test_a_page_is_asked_for_again_or_never(explorer: Explored, collection: Collection) -> None:
    assert "first in the next run" in explorer.send("/quality/courier/again", url=FAILED).text
    assert state_of(collection, FAILED) == ("queued", "timeout", 0)
    assert "A browser" in explorer.send("/quality/courier/browser", url=f"{ORIGIN}/empty.html").text
    assert state_of(collection, f"{ORIGIN}/empty.html") == ("queued", None, 1)
    assert "not asked for again" in explorer.send("/quality/courier/ignore", url=GONE).text
    assert state_of(collection, GONE) == ("failed", "ignored", 0)
    lines = [line.entry for line in custody.read(collection.path) if line.entry]
    assert [(line.action, line.what["url"]) for line in lines[-3:]] == [
        ("ask again", FAILED), ("ask again", f"{ORIGIN}/empty.html"), ("ignore", GONE)
    ]  # fmt: skip
    assert all(line.who for line in lines)


def test_what_no_crawl_knows_cannot_be_asked_for(explorer: Explored) -> None:
    answer = explorer.send("/quality/courier/again", url="https://courier.example/unknown.html")
    assert (answer.status, "has asked for" in answer.text) == (404, True)


def test_nothing_is_changed_while_a_crawl_is_under_way(explorer: Explored, collection: Collection) -> None:
    before = state_of(collection, GONE)
    with collection.lock():
        assert "is in use by" in explorer.send("/quality/courier/again", url=GONE).text
    assert state_of(collection, GONE) == before


def test_texts_of_the_web_stay_texts(explorer: Explored) -> None:
    address = article_of(explorer, "weathervane")
    history = re.search(r'href="(/history/[^"]+)"', explorer.ask(address).text)
    assert history
    for path in ("/search?q=weathervane", address, f"{address}?view=capture", f"{address}?view=fields",
                 history[1].replace("&amp;", "&"), "/search?q=" + "%3Cscript%3Ealert(1)%3C/script%3E",
                 "/quality?site=%3Cscript%3E", "/history/courier?url=%22%3E%3Cscript%3E"):  # fmt: skip
        page = explorer.ask(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "\u202e" not in page
    assert "49" not in re.findall(r"<h1[^>]*>(.*?)</h1>", explorer.ask(address).text)[0]


def test_a_read_only_explorer_changes_nothing(collection: Collection) -> None:
    with exploring(collection.path, "--read-only") as explorer:
        page = explorer.ask("/quality").text
        assert "did not answer" in page or "No text of an article" in page
        assert "<form method" not in page
        token = re.search(r"form_token", page)
        assert token is None


def test_several_collections_are_told_apart(collection: Collection, tmp_path: Path) -> None:
    other = make_collection(tmp_path / "courier", styled())
    with exploring(collection.path, other.path) as explorer:
        for chosen, names in (("", ["courier", "courier-2"]), ("&collection=courier-2", ["courier-2"])):
            page = explorer.ask(f"/search?q=lighthouse{chosen}").text
            assert re.findall(r'href="/article/(courier[^/]*)/', page) == names
        assert explorer.ask("/?collection=courier-2").status == 200
        assert explorer.ask("/?collection=nothing").status == 404


def test_a_port_that_is_taken_is_told(explorer: Explored, collection: Collection, cleancopy: Run) -> None:
    done = cleancopy("explore", str(collection.path), "--port", explorer.origin.rpartition(":")[2])
    assert done.code == 2
    assert "Choose another with --port" in done.err


def record_of(collection: Collection, title: str) -> Record:
    records = [record for path in collection.records.glob("*.jsonl") for record in read_records(path)]
    return next(record for record in records if record.title == title)


def test_a_correction_is_kept_and_survives_extraction(tmp_path: Path, cleancopy: Run) -> None:
    made = make_collection(tmp_path / "mended", styled()[:1])
    before = record_of(made, "A lighthouse keeps its keeper")
    number = next(at for at, block in enumerate(before.blocks) if block.text.startswith("The lamp is lit"))
    with exploring(made.path) as explorer:
        address = f"/article/mended/{before.id}"
        answer = explorer.send(f"{address}/correct", block=str(number), label="note")
        assert (answer.status, answer.headers["location"]) == (303, address)
        assert "The lamp is lit" not in record_of(made, "A lighthouse keeps its keeper").text
        assert "<b>note</b>" in explorer.ask(f"{address}/block/{number}").text
        explorer.send(f"{address}/correct", field="authors", value="Ada Quill\nB. Rook")
        told = explorer.ask(f"{address}?view=corrections").text
        assert "was body" in told
        assert "<b>authors</b>" in told
        offered = explorer.ask(f"{address}/offer").text
        assert "tests:" in offered
        assert explorer.send(f"{address}/correct", block="999", label="note").status == 404
        assert explorer.send(f"{address}/correct", block=str(number), label="nothing").status == 404
        assert explorer.send(f"{address}/correct", field="date_published", value="soon").status == 404
        # The search knows it, too.
        assert "Ada Quill" in explorer.ask(address).text
        assert "Nothing was found" in explorer.ask("/search?q=lamp+dusk").text
        assert cleancopy("extract", str(made.path)).code == 0
        after = record_of(made, "A lighthouse keeps its keeper")
        assert (after.blocks[number].label, after.blocks[number].rule) == ("note", "corrected")
        assert after.authors == ("Ada Quill", "B. Rook")
        explorer.send(f"{address}/correct", block=str(number), back="1")
        assert "The lamp is lit" in record_of(made, "A lighthouse keeps its keeper").text
