"""What a site states about reuse: headers, meta elements, licences and tdmrep.json."""

import json
import time

import pytest

from archive.exchange import Capture, Origin
from archive.extraction.extract import extract_capture
from archive.extraction.model import load_model
from archive.extraction.rights import MAX_FILE, Reservation, tdmrep
from archive.records import Record, Rights
from archive.sites import site_of_url

POLICY = "https://courier.example/policies/1.json"


def record(head: str = "", *headers: tuple[str, str], body: str = "<p>Text</p>", robots: str | None = None) -> Record:
    page = f"<html><head>{head}</head><body>{body}</body></html>".encode()
    capture = Capture(
        url="https://courier.example/news/a", body=page, headers=(("Content-Type", "text/html"), *headers),
        origin=Origin(robots=robots),
    )  # fmt: skip
    return extract_capture(capture, site_of_url(capture.url), load_model())


def test_a_page_that_states_nothing() -> None:
    assert record().rights == Rights()
    assert record().license is None


def test_robots_txt_is_taken_from_the_capture() -> None:
    assert record(robots="disallowed").rights.robots == "disallowed"


def test_several_headers_are_one_list() -> None:
    found = record("", ("X-Robots-Tag", "noai"), ("x-robots-tag", " noimageai "), ("X-Robots-Tag", "noai"))
    assert found.rights.x_robots_tag == "noai, noimageai"


@pytest.mark.parametrize(
    ("head", "stated"),
    [
        ('<meta name="robots" content="noindex, noai">', "noindex, noai"),
        ('<META NAME="ROBOTS" CONTENT="NOAI">', "NOAI"),
        ('<meta name="robots" content="noai"><meta name="robots" content="noimageai">', "noai, noimageai"),
        ('<meta name="robots" content="noai"><meta name="robots" content="noai">', "noai"),
        ('<meta name="cleancopy" content="noindex">', "cleancopy: noindex"),
        (
            '<meta name="gptbot" content="noindex"><meta name="robots" content="max-snippet:5">',
            "max-snippet:5, gptbot: noindex",
        ),
        ('<meta property="robots" content="noai">', "noai"),
        ('<meta name="robots" content="">', None),
    ],
)
def test_meta_robots(head: str, stated: str | None) -> None:
    assert record(head).rights.meta_robots == stated


TDM_HEADERS = (("TDM-Reservation", " 1 "), ("tdm-policy", POLICY))


def test_the_reservation_in_headers() -> None:
    found = record("", *TDM_HEADERS).rights
    assert (found.tdm_reservation, found.tdm_policy) == ("1", POLICY)


def test_the_page_supersedes_its_headers() -> None:
    head = '<meta name="tdm-reservation" content="0">'
    found = record(head, *TDM_HEADERS).rights
    assert (found.tdm_reservation, found.tdm_policy) == ("0", POLICY)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<link rel="license" href="/licence">', ""),
        ("", '<p>Text</p><footer><a rel="nofollow license" href="/licence">CC BY</a></footer>'),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle",'
            '"license":"https://courier.example/licence"}</script>',
            "",
        ),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","license":'
            '{"@type":"CreativeWork","@id":"https://courier.example/licence"}}</script>',
            '<a rel="license" href="/other">CC BY</a>',
        ),
    ],
)  # fmt: skip
def test_licences(head: str, body: str) -> None:
    assert record(head, body=body).license == "https://courier.example/licence"


@pytest.mark.parametrize(
    "body",
    [
        '<figure><img src="a.jpg"><figcaption><a rel="license" href="/licence">CC BY</a></figcaption></figure>',
        '<a rel="license" href="javascript:x">CC BY</a>',
        '<a rel="sublicensed" href="/licence">x</a>',
        '<a rel="license" href="http://[bad">x</a>',
        '<a rel="license">x</a>',
    ],
)
def test_a_pictures_licence_or_a_bad_link_is_not_the_articles(body: str) -> None:
    assert record(body=body).license is None


RULES = json.dumps(
    [
        {"location": "/directory-a/", "tdm-reservation": 1},
        {"location": "/directory-b/html/", "tdm-reservation": 1, "tdm-policy": POLICY},
        {"location": "/directory-b/images/*.jpg", "tdm-reservation": 0},
        {"location": "/exact$", "tdm-reservation": 1},
        {"location": "/*/print/*.html$", "tdm-reservation": 1},
        {"location": "/path/foo-%24", "tdm-reservation": 1},
        {"location": "/caf%C3%A9/", "tdm-reservation": 1},
        {"location": "/%7Euser/", "tdm-reservation": 1},
        {"location": "/directory-a/late", "tdm-reservation": 0},
        {"location": "*.pdf", "tdm-reservation": 1},
    ]
).encode()


@pytest.mark.parametrize(
    ("path", "reservation"),
    [
        ("/directory-a/x.html", "1"),
        ("/directory-a/late", "1"),  # the first rule in sequence
        ("/Directory-a/x.html", None),  # case counts
        ("/directory-a", None),
        ("/directory-b/images/deep/x.jpg", "0"),
        ("/directory-b/images/x.jpg?size=2", "0"),
        ("/exact", "1"),
        ("/exactly", None),
        ("/news/print/a.html", "1"),
        ("/news/print/a.html?x=.html", "1"),
        ("/news/print/a.html?x=1", None),
        ("/path/foo-$", "1"),
        ("/path/foo-%24", "1"),
        ("/café/menu", "1"),
        ("/caf%c3%a9/menu", "1"),
        ("/~user/", "1"),
        ("/x/y.pdf", "1"),
        ("/", None),
    ],
)
def test_the_first_rule_that_matches_a_path(path: str, reservation: str | None) -> None:
    assert tdmrep(RULES, path).reservation == reservation


def test_a_rule_may_name_a_policy() -> None:
    assert tdmrep(RULES, "/directory-b/html/a.html") == Reservation("1", POLICY)


@pytest.mark.parametrize(
    ("rules", "reservation"),
    [
        ({"location": "/", "tdm-reservation": 1}, "1"),
        ([{"location": "/", "tdm-reservation": "1"}], "1"),
        ([{"location": "/", "tdm-reservation": 2}, {"location": "/", "tdm-reservation": 0}], "0"),
        ([{"location": "/"}, 7, None, {"tdm-reservation": 1}, {"location": "", "tdm-reservation": 1}], None),
        ([{"location": ["/"], "tdm-reservation": 1}], None),
        ([{"location": "/", "tdm-reservation": 1e400}], None),
        ("text", None),
        (None, None),
    ],
)
def test_rules_that_are_not_as_they_should_be(rules: object, reservation: str | None) -> None:
    assert tdmrep(json.dumps(rules).encode(), "/a") == Reservation(reservation, None)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"<html>", b"[" * 100_000, b"[]", b'[{"location": "/"'])
def test_a_file_that_is_no_json_states_nothing(body: bytes) -> None:
    assert tdmrep(body, "/a") == Reservation()


def test_a_hostile_pattern_and_a_huge_file_end_quickly() -> None:
    started = time.process_time()
    pattern = [{"location": "/" + "*a" * 2_000 + "$", "tdm-reservation": 1}]
    assert tdmrep(json.dumps(pattern).encode(), "/" + "a" * 3_000 + "b") == Reservation()
    assert tdmrep(b" " * MAX_FILE + RULES, "/directory-a/") == Reservation()
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("head", "licence", "notice"),
    [
        ('<meta name="dc.rights" content="2025 Harbour Press Ltd">', None, "2025 Harbour Press Ltd"),
        ('<meta name="dcterms.rights" content="CC BY-SA 4.0">', "CC BY-SA 4.0", None),
        ('<meta name="DC.Rights" content="https://a.example/cc">', "https://a.example/cc", None),
        ('<meta name="license" content="All rights reserved">', None, "All rights reserved"),
        ('<meta name="license" content="active">', None, None),
        ('<meta name="dc.rights" content="GullTV"><meta name="dcterms.license" content="CC0">', "CC0", "GullTV"),
        ('<meta name="copyright" content="&copy; 2026 The Auk"><link rel="license" href="/cc">',
         "https://courier.example/cc", "© 2026 The Auk"),
        ('<script type="application/ld+json">{"@type":"NewsArticle","license":"ALL_RIGHTS_RESERVED"}</script>',
         None, "ALL_RIGHTS_RESERVED"),
        ('<script type="application/ld+json">{"@type":"NewsArticle","license":"/terms","copyrightNotice":"© Auk"}'
         "</script>", "https://courier.example/terms", "© Auk"),
        ('<meta name="license" content="Creative Commons Attribution"><meta name="rights" content="Public domain">',
         "Creative Commons Attribution", None),
    ],
)  # fmt: skip
def test_a_notice_of_copyright_is_no_licence(head: str, licence: str | None, notice: str | None) -> None:
    found = record(head)
    assert (found.license, found.copyright_notice) == (licence, notice)
