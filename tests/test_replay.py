"""pywb, started for real on a collection, shows what was captured, and shuts it in."""

import gzip
import http.client
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from urllib.parse import urlsplit

import brotlicffi
import pytest

from archive.collection.folder import Collection
from archive.commands import replay as command
from archive.errors import ConfigurationError
from archive.preservation.replay import route_of, shut_in
from tests.exchanges import exchange, page, response, samples, write_collection
from tests.scripted import PATIENCE, ScriptedSite, environment

pytest.importorskip("pywb", reason="replay is an extra")

#: A page that is still large when it is compressed.
BIG = page("Big") + Random(1).randbytes(1000).hex().encode()
UNMODIFIED = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"


@dataclass(frozen=True)
class Answer:
    """What pywb answered, the body with its content coding removed."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass(frozen=True)
class Replay:
    """A replay that is running."""

    port: int
    route: str

    def get(self, capture: str, **headers: str) -> Answer:
        """A capture: its date, what it is taken for and its URL."""
        return self.path(f"/{self.route}/{capture}", **headers)

    def path(self, path: str, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path, headers={key.replace("_", "-"): value for key, value in headers.items()})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        coding = answer.headers.get("Content-Encoding")
        body = gzip.decompress(body) if coding == "gzip" else brotlicffi.decompress(body) if coding == "br" else body
        return Answer(answer.status, answer.headers, body)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory, live: ScriptedSite) -> Collection:
    escape = f"<title>Escape</title><img src={live.url}/image><script>fetch('{live.url}/fetch')</script>".encode()
    again = [
        exchange("/again.html", response(page("Plain")), 20),
        exchange("/big.html", response(gzip.compress(BIG, mtime=0), Content_Encoding="gzip"), 20.5),
        exchange("/big-again.html", response(gzip.compress(BIG, mtime=0), Content_Encoding="gzip"), 21),
        exchange("/chunked.html", samples()[4].response, 22),
        exchange("/zipped.html", UNMODIFIED, 23),
        exchange("/escape.html", response(escape + bytes(600)), 24),
    ]
    made = write_collection(tmp_path_factory.mktemp("made") / "my harbour", [*samples(), *again])
    # Replay has to find what a crash left without index.
    made.index.unlink()
    return made


@pytest.fixture(scope="module")
def replay(collection: Collection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    arguments = [sys.executable, "-m", "crawler", "replay", str(collection.path), "--port", "0"]
    log = tmp_path_factory.mktemp("replay") / "log"
    with (
        log.open("w") as said,
        subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=said, text=True, env=environment()) as process,
    ):
        assert process.stdout
        try:
            address = urlsplit(process.stdout.readline().strip())
            assert address.hostname == "127.0.0.1"
            yield Replay(address.port or 0, address.path.strip("/"))
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0
            assert not {"Traceback", "KeyboardInterrupt"} & set(re.findall(r"\w+", log.read_text()))
        finally:
            process.kill()


PAGES = {
    "20261121120001id_/http://news.example/plain.html": "Plain",
    "20261121120002id_/http://news.example/zipped.html": "Zipped",
    "20261121120003id_/http://news.example/brotli.html": "Brotli",
    "20261121120004id_/http://news.example/chunked.html": "Chunked",
    "20261121120020id_/http://news.example/again.html": "Plain",
    "20261121120021id_/http://news.example/big-again.html": "Big",
    "20261121120022id_/http://news.example/chunked.html": "Chunked",
    "20261121120023id_/http://news.example/zipped.html": "Zipped",
    "id_/http://news.example/zipped.html": "Zipped",
}


@pytest.mark.parametrize(("capture", "title"), PAGES.items())
def test_pages_come_back_byte_for_byte(replay, capture, title):
    answer = replay.get(capture)
    assert (answer.status, answer.body) == (200, BIG if title == "Big" else page(title))


def test_revisits_are_in_the_collection(collection):
    assert collection.index.read_text().count('"mime": "warc/revisit"') == 4


def test_redirects_errors_and_pictures_come_back(replay):
    moved = replay.get("20261121120005id_/http://news.example/old.html")
    assert (moved.status, moved.headers["Location"]) == (301, "/plain.html")
    missing = replay.get("20261121120006id_/http://news.example/missing.html")
    assert (missing.status, missing.body) == (404, b"<p>Not here</p>")
    photo = replay.get("20261121120008id_/http://news.example/photo.png")
    assert (photo.headers["Content-Type"], photo.body) == ("image/png", b"\x89PNG" + bytes(2000))


def test_links_stay_in_the_archive(replay):
    shown = replay.get("20261121120001mp_/http://news.example/plain.html")
    assert b'href="/my-harbour/20261121120001mp_/http://news.example/"' in shown.body


def test_what_was_not_captured_is_not_found(replay):
    assert replay.get("2026id_/http://news.example/nowhere.html").status == 404


@pytest.mark.parametrize("kind", ["mp_", "id_", "js_", "if_", "im_"])
def test_whatever_is_replayed_is_shut_in(replay, kind):
    (policy,) = replay.get(f"20261121120001{kind}/http://news.example/plain.html").headers.get_all(
        "Content-Security-Policy"
    )
    assert policy.startswith("sandbox allow-scripts; default-src 'self'")
    assert "allow-same-origin" not in policy


def test_the_frame_around_a_page_is_pywbs_own(replay):
    frame = replay.get("20261121120001/http://news.example/plain.html")
    assert b"replay_iframe" in frame.body
    assert frame.headers["Content-Security-Policy"] == "frame-src 'self'", "it leads nowhere else"


def test_other_names_for_this_machine_are_refused(replay):
    assert replay.path("/my-harbour/", Host="evil.example").status == 403
    assert replay.path("/my-harbour/", Host="127.0.0.1.evil.example").status == 403
    assert replay.path("/my-harbour/", Host="localhost:1").status == 200


def test_fonts_load_in_a_sandbox_and_nothing_else_may_be_read(replay):
    capture = "20261121120008id_/http://news.example/photo.png"
    assert replay.get(capture, Sec_Fetch_Dest="font").headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in replay.get(capture, Sec_Fetch_Dest="empty").headers
    guess = f"/{replay.route}-{'0' * 32}/{capture}"
    assert "Access-Control-Allow-Origin" not in replay.path(guess, Sec_Fetch_Dest="empty").headers


def test_a_browser_is_sent_to_where_scripts_may_read(replay):
    page = "20261121120001/http://news.example/plain.html"
    sent = replay.get(page, Sec_Fetch_Dest="document")
    assert sent.status == 302
    secret = sent.headers["Location"].removesuffix(f"/{page}")
    assert re.fullmatch(rf"/{replay.route}-[0-9a-f]{{32}}", secret)
    assert b"replay_iframe" in replay.path(sent.headers["Location"], Sec_Fetch_Dest="document").body
    read = replay.path(f"{secret}/20261121120008id_/http://news.example/photo.png", Sec_Fetch_Dest="empty")
    assert read.headers["Access-Control-Allow-Origin"] == "*"
    assert "sandbox" in read.headers["Content-Security-Policy"]


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")
def test_a_browser_shows_the_page_and_lets_no_script_out(replay, live, tmp_path):
    for kind in ("id_", "mp_"):
        address = f"http://127.0.0.1:{replay.port}/{replay.route}/20261121120024{kind}/http://news.example/escape.html"
        arguments = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / kind}"]
        ran = subprocess.run(
            ["chromium", *arguments, "--virtual-time-budget=3000", "--dump-dom", address],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
        )
        # Rewritten pages open in pywb's frame.
        assert ("<title>Escape</title>" if kind == "id_" else "replay_iframe") in ran.stdout
    assert live.paths() == []


def test_a_port_in_use_is_told(collection, replay):
    ran = subprocess.run(
        [sys.executable, "-m", "crawler", "replay", str(collection.path), "--port", str(replay.port)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env=environment(),
    )
    assert ran.returncode == 1
    assert f"Port {replay.port} cannot be used: Address already in use. Choose another with --port." in ran.stderr


def test_a_missing_pywb_is_told_with_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(command, "find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"pip install 'cleancopy\[replay\]'"):
        command.replay(tmp_path)


def test_a_collection_in_use_is_shown_as_far_as_it_is_complete(tmp_path, capsys):
    made = write_collection(tmp_path)
    with made.lock():
        command._catch_up(made)
    assert "is in use by process" in capsys.readouterr().err


@pytest.mark.parametrize(("folder", "route"), [("a b", "a-b"), ("Zürich", "Z-rich"), ("...", "collection")])
def test_routes_are_plain_words(tmp_path, folder, route):
    assert route_of(tmp_path / folder) == route


def test_a_policy_of_the_page_itself_is_replaced():
    def application(_, start):
        start("200 OK", [("content-security-policy", "default-src *"), ("A", "b")])
        return []

    told: list[list[tuple[str, str]]] = []
    given = {"PATH_INFO": "/c/2026mp_/http://a/", "HTTP_HOST": "localhost"}
    shut_in(application)(given, lambda _, headers: told.append(headers))
    assert [name for name, _ in told[0]] == ["A", "Content-Security-Policy"]
