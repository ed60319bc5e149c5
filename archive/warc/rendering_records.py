"""A page as a browser has it after its scripts ran, as WARC records.

The document is a `conversion`: an alternative version of another record's content that an archival process made, with
WARC-Refers-To naming the response that it began with (WARC 1.1, section 6.8). A `resource` under the page's address
would say that the document was fetched from there, and an index would have replay show it in place of the page. A
picture of the page is a `resource` under `urn:view:ADDRESS`, as browsertrix-crawler keeps it.
"""

from collections.abc import Callable

from archive.exchange import RenderedPage
from archive.warc.digest import sha1_digest
from archive.warc.exchange_records import member, warc_date
from archive.warc.fields import origin_fields, rendering_fields
from archive.warc.index import VIEW

#: The Content-Type of a document.
DOCUMENT = "text/html; charset=utf-8"


def document_bytes(page: RenderedPage) -> bytes:
    """The document as it is kept. Half surrogate pairs, which scripts can make and UTF-8 cannot hold, become `?`."""
    return page.document.encode("utf-8", "replace")


def rendering_records(page: RenderedPage, record_id: str, new_id: Callable[[], str], warcinfo_id: str) -> list[bytes]:
    """The picture, where there is one, the document with this record id, and what is to be noted of it, which ends the
    unit: gzip members in file order."""
    common = [("WARC-Date", warc_date(page.started)), ("WARC-Warcinfo-ID", f"<urn:uuid:{warcinfo_id}>")]
    document = document_bytes(page)
    fields = [
        ("WARC-Record-ID", f"<urn:uuid:{record_id}>"),
        ("WARC-Target-URI", page.url),
        ("WARC-Refers-To", f"<urn:uuid:{page.rendering.response}>"),
        *common,
        ("WARC-Payload-Digest", sha1_digest(document)),
    ]
    note = origin_fields(page.origin, seconds=page.seconds) + rendering_fields(page.rendering)
    beside = ("WARC-Concurrent-To", f"<urn:uuid:{record_id}>")
    noted = [("WARC-Record-ID", f"<urn:uuid:{new_id()}>"), beside, ("WARC-Target-URI", page.url), *common]
    seen = [
        ("WARC-Record-ID", f"<urn:uuid:{new_id()}>"),
        beside,
        ("WARC-Target-URI", VIEW + page.url),
        *common,
        ("WARC-Payload-Digest", sha1_digest(page.screenshot)),
    ]
    return [
        *([member("resource", page.screenshot, "image/png", seen, packed=True)] if page.screenshot else []),
        member("conversion", document, DOCUMENT, fields),
        member("metadata", note, "application/warc-fields", noted),
    ]
