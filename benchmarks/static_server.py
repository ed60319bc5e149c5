"""nginx on loopback with made-up news pages, so that the server costs as little as may be."""

import gzip
import random
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

_CONFIGURATION = """
worker_processes 1;
daemon off;
error_log stderr crit;
pid {folder}/nginx.pid;
events {{ worker_connections 256; }}
http {{
    access_log {log};
    keepalive_requests 1000000;
    types {{ text/html html; }}
    charset {charset};
    sendfile on;
    tcp_nopush on;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/pages;
        location /gzip/ {{ alias {folder}/pages/; gzip_static on; }}
        location /identity/ {{ alias {folder}/pages/; gzip off; }}
    }}
}}
"""
_SYLLABLES = (
    "ba be bo da de di ga ge ha he ka ke la le li lo ma me mi na ne no pa pe ra re ri sa se si ta te ti ur".split()
)


def write_pages(folder: Path, count: int, size: int = 65_000) -> None:
    """Pages of about `size` bytes, each with its gzip. They compress to a quarter, as pages of news sites do."""
    chance = random.Random(count)
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 5))) for _ in range(4000)]
    folder.mkdir()
    for number in range(count):
        page = _page(chance, words, number, size)
        (folder / f"{number}.html").write_bytes(page)
        (folder / f"{number}.html.gz").write_bytes(gzip.compress(page, 6))


def copy_pages(source: Path, folder: Path, count: int) -> None:
    """Pages that are there as `*.html.gz`, over and over but never twice alike."""
    found = sorted(source.rglob("*.html.gz"))
    if not found:
        raise FileNotFoundError(f"{source} has no *.html.gz")
    folder.mkdir()
    for number in range(count):
        page = gzip.decompress(found[number % len(found)].read_bytes()) + b"<!-- %d -->" % number
        (folder / f"{number}.html").write_bytes(page)
        (folder / f"{number}.html.gz").write_bytes(gzip.compress(page, 6))


def _page(chance: random.Random, words: list[str], number: int, size: int) -> bytes:
    parts = [f"<!DOCTYPE html>\n<html lang=en><head><title>Page {number}</title></head><body>\n"]
    length = 0
    while length < size:
        # Few words are common, as in a language.
        text = " ".join(words[int(chance.paretovariate(0.4)) % len(words)] for _ in range(20))
        link = f'<a class="teaser__link teaser__link--standard" href="/news/{chance.choice(words)}-{length}.html">'
        parts.append(f'<div class="teaser teaser--standard"><h3 class="teaser__title">{link}{text}</a></h3></div>\n')
        length += len(parts[-1])
    return "".join([*parts, "</body></html>\n"]).encode()


class StaticServer:
    """Serves `folder/pages` while the `with` block runs, with a charset in its headers unless that is "off". With `log`
    requests stand in `folder/access.log`.

    Raises RuntimeError if nginx does not start.
    """

    def __init__(self, folder: Path, *, charset: str = "utf-8", log: bool = False) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        folder.chmod(0o755)  # started by root, nginx reads as somebody else
        configuration = folder / "nginx.conf"
        logged = f"{folder}/access.log" if log else "off"
        configuration.write_text(_CONFIGURATION.format(folder=folder, port=self.port, charset=charset, log=logged))
        self._command = ["nginx", "-p", str(folder), "-c", str(configuration)]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                time.sleep(0.05)
            else:
                return self
        raise RuntimeError("nginx did not start")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()
