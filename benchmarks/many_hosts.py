"""Many small sites on loopback addresses, served by one process, which notes when each of them is asked for what.

    python -m benchmarks.many_hosts PAGES LOG

Prints its port. Host number N is 127.1.X.Y; its robots.txt names a sitemap index, that its sitemaps, these its pages:
what is done leads to what is to be done, level by level.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

#: Pages that one sitemap names.
_NAMED = 10
_SENTENCE = "The harbour office of {host} said of notice {page} that the tide would wait for no committee this year. "


def address(number: int) -> str:
    """The address of a host."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


def paths(pages: int) -> list[str]:
    """The paths of a host's pages."""
    return [f"/a-notice-of-the-harbour-office-{page}.html" for page in range(pages)]


def _answer(host: str, path: str, port: int, pages: int) -> tuple[str, str]:
    """Content type and body; an empty body is a 404."""
    origin = f"http://{host}:{port}"
    kind, _, number = path.strip("/").removesuffix(".html").removesuffix(".xml").rpartition("-")
    if path == "/robots.txt":
        return "text/plain", f"User-agent: *\nAllow: /\nSitemap: {origin}/index.xml\n"
    if path == "/index.xml":
        maps = range(-(-pages // _NAMED))
        found = "".join(f"<sitemap><loc>{origin}/map-{one}.xml</loc></sitemap>" for one in maps)
        return (
            "application/xml",
            f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{found}</sitemapindex>',
        )
    if kind == "map":
        listed = paths(pages)[int(number) * _NAMED : (int(number) + 1) * _NAMED]
        found = "".join(f"<url><loc>{origin}{one}</loc></url>" for one in listed)
        return "application/xml", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{found}</urlset>'
    if path == "/":
        return "text/html; charset=utf-8", f"<!doctype html><title>{host}</title><p>Notices</p>"
    if kind.startswith("a-notice"):
        text = "".join(f"<p>{one}. {_SENTENCE.format(host=host, page=number) * 3}</p>" for one in range(5))
        head = f"<!doctype html><html lang=en><head><title>Notice {number} of {host}</title></head>"
        return (
            "text/html; charset=utf-8",
            f"{head}<body><article><h1>Notice {number}</h1>{text}</article></body></html>",
        )
    return "text/plain", ""


async def _serve(pages: int, log: Path) -> None:
    with log.open("a", buffering=1) as noted:

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            port = writer.get_extra_info("sockname")[1]
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while head := await reader.readuntil(b"\r\n\r\n"):
                    now = time.monotonic()
                    lines = head.decode("latin-1").split("\r\n")
                    path = lines[0].split(" ")[1]
                    named = next(line for line in lines if line.lower().startswith("host:"))
                    host = named.split(":")[1].strip()
                    noted.write(f"{now:.6f} {host} {path}\n")
                    kind, body = _answer(host, path, port, pages)
                    said = f"HTTP/1.1 {'200 OK' if body else '404 Not Found'}\r\nContent-Type: {kind}\r\n"
                    writer.write(f"{said}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode())
                    await writer.drain()
            writer.close()

        server = await asyncio.start_server(connected, "0.0.0.0", 0, backlog=1000)
        print(server.sockets[0].getsockname()[1], flush=True)
        async with server:
            await server.serve_forever()


@contextmanager
def many_hosts(pages: int, log: Path) -> Iterator[int]:
    """Serve hosts of so many pages until the block ends; the port."""
    command = [sys.executable, "-m", "benchmarks.many_hosts", str(pages), str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()


def asked(log: Path) -> dict[str, list[tuple[float, str]]]:
    """By host, when it was asked for which path."""
    found: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
    for line in log.read_text().splitlines():
        moment, host, path = line.split(" ")
        found[host].append((float(moment), path))
    return found


if __name__ == "__main__":
    with suppress(PermissionError):
        os.nice(-5)  # What it notes late looks like a gap that was not kept.
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2])))
