"""What commands show of a page that attacks whoever looks at it, on a terminal and in logs."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from archive.records import Record, read_records
from tests.raw_server import RawServer, Step
from tests.test_door import ACTING, PROGRAM

ATTACK = "\x1b]0;pwned\x07 \x9b2J \u202etac\u2066 [red]x[/red] \u2028 \ufeff"
PARAGRAPHS = "".join(
    f"<p>The harbour master {ATTACK} said on day {day} that ferries wait for calm water.</p>" for day in range(5)
)
PAGE = (
    f"<!doctype html><html lang=en><head><title>Harbour {ATTACK} news</title></head><body><main><article>"
    f"<h1>Harbour {ATTACK} news</h1>{PARAGRAPHS}</article></main></body></html>"
).encode()


def answer(status: str, body: bytes) -> list[Step]:
    kind = "Content-Type: text/html; charset=utf-8"
    return [f"HTTP/1.1 {status}\r\n{kind}\r\nServer: {ATTACK}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body]


#: `python -m crawler` that does not wait long between the tries of a URL.
IMPATIENT = "from crawler.spiders import news; news._WAITS = (0.1, 0.1); from crawler.cli import main; main()"


def on_terminal(folder: Path, *arguments: str) -> str:
    """What a command shows on a terminal that knows no colours."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "dumb", "NO_COLOR": "1", "PYTHONPATH": str(PROGRAM), "COLUMNS": "400"}
    command = [sys.executable, "-c", IMPATIENT, *arguments]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=follower, stderr=follower):
        os.close(follower)
        shown = b""
        try:
            while part := os.read(leader, 65_536):
                shown += part
        except OSError:  # the other end is closed
            pass
    os.close(leader)
    assert "Traceback" not in shown.decode(), shown.decode()
    return shown.decode().replace("\r\n", "\n").replace("\r", "")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("attacked")
    (folder / "page.html").write_bytes(PAGE)
    refused = answer(f"503 Gone{ATTACK}", b"x")
    with RawServer(
        {"/robots.txt": [answer("404 No", b"")], "/a.html": [answer("200 OK", PAGE)], "/b.html": [refused]}
    ) as server:
        origin = server.origin
        (folder / "urls.txt").write_text(f"{origin}/a.html\n{origin}/b.html\n{origin}/{ATTACK.strip()}.html\n", "utf-8")
        crawl = ("crawl", "--urls", "urls.txt", "--collection", "c", "--delay", "0", "--allow-private")
        (folder / "shown.txt").write_text(on_terminal(folder, *crawl), "utf-8")
    return folder


def record(folder: Path) -> Record:
    (path,) = (folder / "c" / "records").glob("*.jsonl")
    return next(each for each in read_records(path) if "Harbour" in (each.title or ""))


def acting(text: str) -> list[str]:
    return [f"{ord(character):04X}" for character in text if character in ACTING]


def test_a_crawl_shows_and_logs_an_attack_harmlessly(folder: Path) -> None:
    shown = (folder / "shown.txt").read_text("utf-8")
    assert "article" in shown
    assert not acting(shown)
    (log,) = (folder / "c" / "crawls").glob("*.log")
    assert not acting(log.read_text("utf-8"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("clean", "page.html"), "⟨U+202E⟩"),
        (("clean", "page.html", "--labels"), "⟨U+202E⟩"),
        (("clean", "page.html", "--format", "json"), "⟨U+202E⟩"),
        (("clean", "page.html", "--format", "markdown"), "⟨U+202E⟩"),
        (("clean", "page.html", "--format", "html"), "⟨U+202E⟩"),
        (("site", "explain", "page.html"), "⟨U+202E⟩"),
        (("search", "c", "harbour"), "⟨U+202E⟩"),
        (("history", "c", "URL"), "first capture: Harbour"),
        (("source", "c", "ID", "--text", "The harbour master"), "⟨U+202E⟩"),
        (("verify", "c"), "fault"),
        (("extract", "c", "--compare"), "records"),
        (("site", "health", "--collection", "c"), "127.0.0.1"),
        (("report", "c", "--json"), "127.0.0.1"),
    ],
)
def test_no_command_lets_an_attack_reach_the_terminal(folder: Path, arguments: tuple[str, ...], told: str) -> None:
    made = record(folder)
    words = {"URL": made.url or "", "ID": str(made.id)}
    shown = on_terminal(folder, *(words.get(word, word) for word in arguments))
    assert told in shown
    assert not acting(shown)


def test_in_a_pipe_a_record_stays_what_the_page_says(folder: Path) -> None:
    command = [sys.executable, "-m", "crawler", "clean", "page.html", "--format", "json"]
    environment = {**os.environ, "PYTHONPATH": str(PROGRAM)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    assert "\u202etac" in json.loads(done.stdout)["text"]
