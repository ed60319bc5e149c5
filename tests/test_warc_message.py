"""HTTP messages as they stood on the wire."""

import pytest

from archive.warc.message import entity, parse_message
from tests.exchanges import chunked


def test_headers_keep_order_case_and_duplicates():
    message = parse_message(b"HTTP/1.1 200 OK\r\nset-COOKIE: a\r\nX-One:   1 \r\nSet-Cookie: b\r\n\r\nbody")
    assert message.headers == (("set-COOKIE", "a"), ("X-One", "1"), ("Set-Cookie", "b"))
    assert (message.status, message.body_start) == (200, 62)


@pytest.mark.parametrize("line", [b"HTTP/1.1 404", b"HTTP/1.0 404 ", b"HTTP/1.1  404 Not Found", b"HTTP/2 404"])
def test_odd_status_lines_are_read(line):
    assert parse_message(line + b"\r\nA: b\r\n\r\n").status == 404


def test_bare_lf_folded_and_colonless_lines_are_borne():
    message = parse_message(b"HTTP/1.1 200 OK\nA: one\n  two\n\tthree\nnonsense\n folded nonsense\nB: c\n\nbody\n\n")
    assert message.headers == (("A", "one two three"), ("B", "c"))
    assert (
        entity(b"HTTP/1.1 200 OK\nA: one\n\nbody\n\n", parse_message(b"HTTP/1.1 200 OK\nA: one\n\n"))[0] == b"body\n\n"
    )


def test_bytes_that_latin_1_takes_for_line_ends_stay_in_their_header():
    message = parse_message(b"HTTP/1.1 200 OK\r\nX-Title: Wait\x85 what\x0c\x1c\r\nB: c\r\n\r\n")
    assert message.headers == (("X-Title", "Wait\x85 what"), ("B", "c"))


def test_what_is_not_http_is_all_body():
    message = parse_message(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    assert message.status is None
    assert entity(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", message) == (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", ())


def test_a_head_without_end_has_no_body():
    raw = b"HTTP/1.1 200 OK\r\nA: b\r\nC"
    message = parse_message(raw)
    assert (message.headers, entity(raw, message)[0]) == ((("A", "b"),), b"")


def test_chunks_come_off_whatever_the_case_of_the_header():
    raw = b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, CHUNKED\r\n\r\n" + chunked(b"x" * 250)
    assert entity(raw, parse_message(raw)) == (b"x" * 250, ())


def test_what_says_chunked_and_is_not_stays_as_it_is():
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<p>plain</p>\r\n"
    body, warnings = entity(raw, parse_message(raw))
    assert body == b"<p>plain</p>\r\n"
    assert warnings == ("transfer coding: a chunk has no valid size",)
