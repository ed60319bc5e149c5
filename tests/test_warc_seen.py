"""Payloads stored once: revisits within a file, across files and across crawls."""

from pathlib import Path

import pytest

from archive.collection.catalogue import Catalogue
from archive.exchange import Exchange, Purpose, Truncation
from archive.pipeline.captures import read_captures
from archive.warc.record import WarcRecord, read_warc
from archive.warc.writer import Written
from tests.exchanges import HOST, chunked, exchange, page, response, writer

BODY = page("Harbour", words=400)
PROFILE = "http://netpreserve.org/warc/1.1/revisit/"


def catalogue(folder: Path) -> Catalogue:
    return Catalogue(folder / "index.cdxj", folder / "digests.sqlite")


def write(folder: Path, *exchanges: Exchange) -> list[Written]:
    """One crawl of these."""
    kept = catalogue(folder)
    made = writer(folder, catalogue=kept)
    written = [made.write(each) for each in exchanges]
    made.close()
    kept.close()
    return written


def answers(folder: Path) -> list[WarcRecord]:
    return [
        record
        for path in sorted(folder.glob("*.warc.gz"))
        for record in read_warc(path)
        if record.type in ("response", "revisit")
    ]


def test_the_same_payload_becomes_a_revisit_that_names_the_original(tmp_path):
    again = response(BODY, Age="7")
    written = write(tmp_path, exchange("/a", response(BODY)), exchange("/b", again, 5))
    first, second = answers(tmp_path)
    assert [one.revisit for one in written] == [False, True]
    assert second.type == "revisit"
    assert second.block == again[: -len(BODY)]
    assert second.field("WARC-Profile") == PROFILE + "identical-payload-digest"
    assert second.field("WARC-Refers-To") == f"<urn:uuid:{first.id}>"
    assert second.field("WARC-Refers-To-Target-URI") == HOST + "/a"
    assert second.field("WARC-Refers-To-Date") == first.field("WARC-Date")
    assert second.field("WARC-Payload-Digest") == first.field("WARC-Payload-Digest") == written[1].payload_digest
    assert second.url == HOST + "/b"


def test_a_revisit_still_has_its_request_and_origin(tmp_path):
    write(tmp_path, exchange("/a", response(BODY)), exchange("/a", response(BODY), 5, origin=Purpose.ARTICLE))
    (path,) = tmp_path.glob("*.warc.gz")
    records = list(read_warc(path))
    assert [record.type for record in records[4:]] == ["revisit", "request", "metadata"]
    assert records[5].field("WARC-Concurrent-To") == f"<urn:uuid:{records[4].id}>"


def test_later_crawls_of_the_collection_refer_to_the_first(tmp_path):
    write(tmp_path, exchange("/a", response(BODY)))
    write(tmp_path, exchange("/a", response(BODY), 100))
    write(tmp_path, exchange("/c", response(BODY), 200))
    first, *later = answers(tmp_path)
    assert [record.field("WARC-Refers-To") for record in later] == [f"<urn:uuid:{first.id}>"] * 2


def test_a_digest_store_made_anew_finds_the_same_originals(tmp_path):
    write(
        tmp_path,
        exchange("/a", response(BODY)),
        exchange("/a", response(BODY), 5),
        exchange("/b", response(BODY[:-9]), 6),
    )
    (tmp_path / "digests.sqlite").unlink()
    kept = catalogue(tmp_path)
    kept.catch_up(sorted(tmp_path.glob("*.warc.gz")))
    kept.close()
    write(tmp_path, exchange("/a", response(BODY), 100), exchange("/b", b"HTTP/1.1 304 Not Modified\r\n\r\n", 101))
    first, _, other, third, fourth = answers(tmp_path)
    assert third.field("WARC-Refers-To") == f"<urn:uuid:{first.id}>"
    assert fourth.field("WARC-Refers-To") == f"<urn:uuid:{other.id}>"


def test_not_modified_refers_to_the_latest_capture_of_the_url(tmp_path):
    answer = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"
    write(tmp_path, exchange("/a", response(BODY)), exchange("/a", response(BODY + b"2"), 1))
    write(tmp_path, exchange("/a", answer, 100))
    write(tmp_path, exchange("/a", answer, 200))
    _, latest, *unchanged = answers(tmp_path)
    for record in unchanged:
        assert record.field("WARC-Profile") == PROFILE + "server-not-modified"
        assert record.field("WARC-Refers-To") == f"<urn:uuid:{latest.id}>"
        assert record.field("WARC-Payload-Digest") == latest.field("WARC-Payload-Digest")
        assert record.block == answer


def test_not_modified_after_a_revisit_refers_to_what_holds_the_body(tmp_path):
    write(tmp_path, exchange("/a", response(BODY)), exchange("/b", response(BODY), 1))
    write(tmp_path, exchange("/b", b"HTTP/1.1 304 Not Modified\r\n\r\n", 2))
    first, _, third = answers(tmp_path)
    assert third.field("WARC-Refers-To-Target-URI") == HOST + "/a"
    assert third.field("WARC-Refers-To") == f"<urn:uuid:{first.id}>"


def test_not_modified_of_a_page_never_seen_is_a_plain_response(tmp_path):
    write(tmp_path, exchange("/a", b"HTTP/1.1 304 Not Modified\r\n\r\n"))
    assert [record.type for record in answers(tmp_path)] == ["response"]


DIFFERENT = {
    "an error": (response(BODY, status="404 Not Found"), {}),
    "a cut one": (response(BODY), {"truncated": Truncation.DISCONNECT}),
    "a POST": (response(BODY), {"request": b"POST /a HTTP/1.1\r\n\r\n"}),
    "another type": (response(BODY, Content_Type="text/plain"), {}),
    "another coding": (response(BODY, Content_Encoding="gzip"), {}),
    "chunked": (response(chunked(BODY), length=False, Transfer_Encoding="chunked"), {}),
    "another purpose": (response(BODY), {"origin": Purpose.SECTION}),
}


@pytest.mark.parametrize(("answer", "more"), DIFFERENT.values(), ids=DIFFERENT)
@pytest.mark.parametrize("turned", [False, True])
def test_what_could_not_stand_for_the_other_is_stored(tmp_path, answer, more, turned):
    pair = [exchange("/a", response(BODY)), exchange("/a", answer, 1, **more)]
    write(tmp_path, *(reversed(pair) if turned else pair))
    assert [record.type for record in answers(tmp_path)] == ["response", "response"]


def test_small_bodies_are_stored_again(tmp_path):
    write(tmp_path, exchange("/a", response(b"x" * 511)), exchange("/b", response(b"x" * 511)))
    write(tmp_path, exchange("/c", response(b"y" * 512)), exchange("/d", response(b"y" * 512)))
    assert [record.type for record in answers(tmp_path)] == ["response", "response", "response", "revisit"]


def test_nothing_refers_to_what_was_not_complete(tmp_path):
    kept = catalogue(tmp_path)
    lost = writer(tmp_path, catalogue=kept)
    lost.write(exchange("/a", response(BODY)))
    # The process dies here, and the disk loses the file with it.
    next(tmp_path.glob("*.open")).unlink()
    kept.close()
    write(tmp_path, exchange("/a", response(BODY), 9))
    assert [record.type for record in answers(tmp_path)] == ["response"]


def test_a_revisit_makes_no_second_capture_to_extract(tmp_path):
    write(tmp_path, exchange("/a", response(BODY)), exchange("/a", response(BODY), 5))
    (path,) = tmp_path.glob("*.warc.gz")
    assert len(list(read_captures(path))) == 1


def test_without_catalogue_everything_is_stored(tmp_path):
    made = writer(tmp_path)
    one = exchange("/a", response(BODY))
    assert [made.write(each).revisit for each in (one, one._replace(url=HOST + "/b"))] == [False, False]
    made.close()
