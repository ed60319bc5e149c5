"""WARC files in the forms that other tools write, made by hand: which fields in which order, which bodies."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import brotlicffi

from archive.warc.digest import sha1_digest
from tests.exchanges import chunked, page, response

HOST = "https://gull.example"
DATE = "2026-11-20T08:00:00Z"
STORY = "/2026/11/20/gulls-came-back-to-the-pier"
LIST = b"<html><title>News</title>" + b"".join(
    b"<h2><a href=/2026/11/%d/story>A long title of story number %d</a></h2><p>%s</p>" % (day, day, b"A teaser. " * 12)
    for day in range(1, 20)
)


def record(
    kind: str, url: str, block: bytes, number: int, content_type: str = "", version: str = "1.0", **more: str
) -> bytes:
    """One record. More fields are named with _ for -; an empty value leaves a field out."""
    http = {"response": "application/http; msgtype=response", "revisit": "application/http; msgtype=response"}
    http["request"] = "application/http; msgtype=request"
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{UUID(int=number)}>",
        "WARC-Date": DATE,
        "WARC-Target-URI": url,
        "Content-Type": content_type or http.get(kind, "application/warc-fields"),
        **{name.replace("_", "-"): value for name, value in more.items()},
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"WARC/{version}\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def beside(number: int) -> str:
    """The value of WARC-Concurrent-To."""
    return f"<urn:uuid:{UUID(int=number)}>"


def wget_records() -> list[bytes]:
    """As wget writes them: WARC 1.0, URLs in angle brackets, the request first, its own files as resources."""
    request = f"GET {STORY} HTTP/1.1\r\nUser-Agent: Wget/1.21.3\r\n\r\n".encode()
    body = page("Gulls of wget")
    digest = sha1_digest(body)
    return [
        record("warcinfo", "", b"software: Wget/1.21.3 (linux-gnu)\r\nformat: WARC File Format 1.0\r\n", 1),
        record("request", f"<{HOST}{STORY}>", request, 2, WARC_IP_Address="192.0.2.8"),
        record(
            "response", f"<{HOST}{STORY}>", response(body), 3, WARC_Concurrent_To=beside(2), WARC_Payload_Digest=digest
        ),
        record("response", f"<{HOST}/>", response(LIST), 5, WARC_Concurrent_To=beside(4)),
        record("metadata", "<metadata://gnu.org/software/wget/warc/MANIFEST.txt>", b"<urn:uuid:1>\n", 6, "text/plain"),
        record("resource", "<metadata://gnu.org/software/wget/warc/wget.log>", b"<html>", 7, "text/plain"),
    ]


def heritrix_records() -> list[bytes]:
    """As Heritrix writes them: DNS answers, bodies in chunks as received, the request and notes behind the response,
    revisits."""
    notes = b"via: https://gull.example/\r\nhopsFromSeed: L\r\nfetchTimeMs: 120\r\ncharsetForLinkExtraction: UTF-8\r\n"
    in_chunks = response(chunked(page("Gulls of Heritrix")), length=False, Transfer_Encoding="chunked")
    head = response(b"")
    return [
        record(
            "warcinfo", "", b"software: Heritrix/3.4.0 http://crawler.archive.org\r\n", 1, WARC_Filename="h.warc.gz"
        ),
        record("response", "dns:gull.example", b"20261120080000\ngull.example. 60 IN A 192.0.2.8\n", 2, "text/dns"),
        record("response", HOST + STORY, in_chunks, 3, WARC_IP_Address="192.0.2.8"),
        record("request", HOST + STORY, b"GET / HTTP/1.0\r\n\r\n", 4, WARC_Concurrent_To=beside(3)),
        record("metadata", HOST + STORY, notes, 5, WARC_Concurrent_To=beside(3)),
        record("response", HOST + "/old", response(status="301 Moved Permanently", Location=STORY), 6),
        record("response", HOST + "/gull.jpg", response(b"\xff\xd8" + bytes(900), Content_Type="image/jpeg"), 7),
        record(
            "revisit",
            HOST + STORY,
            head,
            8,
            WARC_Profile="http://netpreserve.org/warc/1.0/revisit/identical-payload-digest",
        ),
    ]


def browsertrix_records() -> list[bytes]:
    """As browsertrix writes them: WARC 1.1, decoded bodies with the codings' headers renamed, screenshots and page
    data as resources, SHA-256."""
    told = json.dumps({"pageid": "1", "url": HOST + STORY, "urls": {}}).encode()
    answer = response(page("Gulls of browsertrix"), x_orig_content_encoding="gzip", x_orig_transfer_encoding="chunked")
    digest = "sha256:" + "0" * 64
    return [
        record("warcinfo", "", b"software: Browsertrix-Crawler 1.5.0 (with warcio.js 2.4.2)\r\n", 1, version="1.1"),
        record("response", HOST + STORY, answer, 2, version="1.1", WARC_Page_ID="1", WARC_Payload_Digest=digest),
        record("request", HOST + STORY, b"GET / HTTP/1.1\r\n\r\n", 3, version="1.1", WARC_Concurrent_To=beside(2)),
        record("resource", f"urn:view:{HOST}{STORY}", b"\x89PNG", 4, "image/png", "1.1"),
        record("resource", f"urn:text:{HOST}{STORY}", b"Gulls", 5, "text/plain", "1.1"),
        record("resource", f"urn:pageinfo:{HOST}{STORY}", told, 6, "application/json", "1.1"),
        record("resource", HOST + STORY + "-again", page("Gulls kept as a resource"), 7, "text/html", "1.1"),
    ]


def news_records() -> list[bytes]:
    """As Common Crawl's news crawl has them: responses alone, decoded and without chunks, under headers that still
    name the codings."""
    plain = page("Gulls of the news crawl")
    gzipped = response(page("Unzipped gulls"), length=False, Content_Encoding="gzip", Transfer_Encoding="chunked")
    return [
        record("warcinfo", "", b"isPartOf: CC-NEWS\r\n", 1, WARC_Filename="CC-NEWS-20261120080000-00001.warc.gz"),
        record("response", HOST + STORY, response(plain, X_Crawler_Content_Encoding="gzip"), 2),
        record("response", HOST + STORY + "-2", gzipped, 3),
        record("response", HOST + STORY + "-3", response(page("Unbrotlied gulls"), Content_Encoding="br"), 4),
        record(
            "response",
            HOST + STORY + "-4",
            response(brotlicffi.compress(page("Brotli gulls")), Content_Encoding="br"),
            5,
        ),
        record("response", HOST + "/news/", response(LIST), 6),
        record("response", HOST + "/feed.xml", response(b"<rss/>", Content_Type="application/rss+xml"), 7),
        record("response", HOST + STORY + "-5", response(b"<p>gone", status="404 Not Found"), 8),
        record("response", HOST + STORY + "-6", b"\x00nothing like HTTP", 9),
    ]


def write(path: Path, records: Sequence[bytes], *, one_member: bool = False) -> Path:
    """A WARC of these records: gzip by record or as a whole, or plain, as the name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.name.endswith(".gz"):
        path.write_bytes(b"".join(records))
    elif one_member:
        path.write_bytes(gzip.compress(b"".join(records), mtime=0))
    else:
        path.write_bytes(b"".join(gzip.compress(each, mtime=0) for each in records))
    return path
