"""What a crawl does not ask for: private addresses, and anything through a proxy."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Thread
from typing import Any

import pytest

from archive.warc.fields import parse_fields
from archive.warc.record import WarcRecord, read_warc
from crawler.capture.addresses import is_public
from tests.capture_cases import page
from tests.capture_crawl import run_jobs
from tests.raw_server import RawServer, Step, self_signed

PUBLIC = "93.184.215.14 8.8.8.8 2606:2800:220:1::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1"
PRIVATE = """
    0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255
    192.0.0.1 192.0.2.1 192.168.1.1 198.18.0.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
    :: ::1 ::127.0.0.1 ::ffff:10.0.0.1 ::ffff:127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::808:808
    100::1 2001:db8::1 2002:7f00:1:: 2002:a00:1::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1
"""


@pytest.mark.parametrize("address", PUBLIC.split())
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE.split())
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


class Listener:
    """Counts who connects, on IPv4 and IPv6."""

    def __init__(self) -> None:
        self.accepted: list[Any] = []
        self._socket = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        self.port = self._socket.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                self.accepted.append(self._socket.accept())
            except OSError:
                return

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for peer, _ in self.accepted:
            peer.close()


HOSTS = ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]"]
MOVED = b"HTTP/1.1 302 Found\r\nLocation: /private\r\nContent-Length: 0\r\n\r\n"
ALLOWED = {"meta": {"allow_private": True}}


@dataclass(frozen=True)
class Crawled:
    """One crawl that may not ask private addresses, but for the requests that say so."""

    listener: Listener
    plain: RawServer
    secure: RawServer
    outcomes: dict[str, list[dict[str, Any]]]
    records: list[WarcRecord]

    def failure(self, url: str) -> str:
        """The reason in the only record of a URL."""
        [record] = [record for record in self.records if record.field("WARC-Target-URI") == url]
        return parse_fields(record.block)["failure"]

    @property
    def private(self) -> list[str]:
        return [f"{scheme}://{host}:{self.listener.port}/" for host in HOSTS for scheme in ("http", "https")]

    @property
    def without_tls(self) -> str:
        return self.plain.origin.replace("http", "https") + "/"

    def jobs(self) -> Iterator[dict[str, Any]]:
        yield from ({"url": url} for url in self.private)
        for server in (self.plain, self.secure):
            yield {"url": server.origin + "/", **ALLOWED}
            yield {"url": server.origin + "/private"}
            yield {"url": server.origin + "/", **ALLOWED}
        yield {"url": self.without_tls, **ALLOWED}
        yield {"url": "http://news.example/", "meta": {"proxy": f"http://127.0.0.1:{self.listener.port}"}}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("refusals")
    scripts: dict[str, list[list[Step]]] = {"/": [[MOVED]], "/private": [[page()]]}
    with RawServer(scripts) as plain, RawServer(scripts, self_signed(folder)) as secure:
        crawled = Crawled(Listener(), plain, secure, {}, [])
        resolver = "TWISTED_DNS_RESOLVER=scrapy.resolver.CachingHostnameResolver"  # knows IPv6
        for outcome in run_jobs(folder, crawled.jobs(), "ALLOW_PRIVATE_ADDRESSES=0", resolver):
            crawled.outcomes.setdefault(outcome["url"], []).append(outcome)
        [warc] = folder.glob("*.warc.gz")
        crawled.records.extend(read_warc(warc))
        yield crawled
        crawled.listener.close()


def test_a_private_address_is_not_connected_to(crawled: Crawled) -> None:
    assert not crawled.listener.accepted
    for url in crawled.private:
        [outcome] = crawled.outcomes[url]
        assert outcome["error"] == "RequestRefusedError", outcome
        assert outcome["final"]
        assert "is not a public address" in outcome["text"]
        assert outcome["text"] in crawled.failure(url)


@pytest.mark.parametrize("scheme", ["plain", "secure"])
def test_permission_is_for_one_request(crawled: Crawled, scheme: str) -> None:
    """Neither a kept connection nor a redirect takes it further."""
    server: RawServer = getattr(crawled, scheme)
    assert [outcome["status"] for outcome in crawled.outcomes[server.origin + "/"]] == [302, 302]
    [refused] = crawled.outcomes[server.origin + "/private"]
    assert refused["error"] == "RequestRefusedError"
    assert [(request.path, request.connection) for request in server.log] == [("/", 0), ("/", 0)]


def test_nothing_is_asked_through_a_proxy(crawled: Crawled) -> None:
    [outcome] = crawled.outcomes["http://news.example/"]
    assert outcome["error"] == "RequestRefusedError"
    assert "proxy" in outcome["text"]
    assert not crawled.listener.accepted


def test_what_never_got_past_tls_was_not_sent(crawled: Crawled) -> None:
    [outcome] = crawled.outcomes[crawled.without_tls]
    assert outcome["error"]
    assert outcome["error"] in crawled.failure(crawled.without_tls)
