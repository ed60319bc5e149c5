"""Chromium without a window, and a folder served on loopback."""

import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.scripted import PATIENCE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Serves a folder on loopback; the list holds every path that was asked for."""
    asked: list[str] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(folder))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            asked.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}", asked
        listening.shutdown()


def chromium(tmp_path: Path, *arguments: str) -> str:
    """What Chromium prints; the test is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt install chromium")
    profile = tmp_path / "profile"
    fixed = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}")
    done = subprocess.run([CHROMIUM, *fixed, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=True)
    return done.stdout
