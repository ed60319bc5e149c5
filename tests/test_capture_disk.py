"""A crawl onto a disk that fills up."""

import json
import os
import random
import resource
import subprocess
import sys
from pathlib import Path

from archive.collection.folder import Collection
from archive.pipeline.captures import read_captures
from tests.capture_cases import page
from tests.raw_server import RawServer
from tests.scripted import PATIENCE

PAGES = 12
ROOM = 600_000


def crawl(server: RawServer, folder: Path, *, room: int | None = None) -> subprocess.CompletedProcess[str]:
    """`cleancopy crawl` of all pages, where no file may have more than `room` bytes."""
    urls = "\n".join(f"{server.origin}/{number}" for number in range(PAGES))
    program = [sys.executable, "-m", "crawler", "crawl", "--urls", "-", "--collection", str(folder)]

    def limit() -> None:
        if room:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    return subprocess.run(
        [*program, "--allow-private", "--delay", "0", "--no-records"],
        input=urls,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        preexec_fn=limit,
        env=os.environ | {"COLUMNS": "200"},
    )


def test_a_full_disk_stops_the_crawl_and_loses_nothing(tmp_path: Path) -> None:
    noise = random.Random(1)
    bodies = {f"/{number}": b"<!doctype html>" + noise.randbytes(100_000) for number in range(PAGES)}
    with RawServer({path: [[page(b"Content-Type: text/html", body=body)]] for path, body in bodies.items()}) as server:
        full = crawl(server, tmp_path, room=ROOM)
        assert full.returncode == 1
        assert "the archive is whole up to the last capture" in full.stdout + full.stderr
        collection = Collection(tmp_path)
        kept = {capture.url for warc in collection.warcs() for capture in read_captures(warc)}
        assert 0 < len(kept) < PAGES
        report = json.loads(next(iter(collection.crawls.glob("*.json"))).read_text())
        assert report["ended"] == "stopped"
        assert report["failures"] == []

        done = crawl(server, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        captures = [capture for warc in collection.warcs() for capture in read_captures(warc)]
        pages = [capture for capture in captures if not capture.url.endswith("/robots.txt")]
        assert {capture.url.removeprefix(server.origin): capture.body for capture in pages} == bodies
        assert len(pages) == PAGES
