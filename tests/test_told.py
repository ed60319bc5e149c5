"""Sentences that know their kind."""

import pickle

import pytest

from archive.errors import PageError
from archive.extraction.extract import extract
from archive.extraction.rules import RuleKind, kind_of, select_rule, selector_of, strip_number, strip_rule
from archive.telling.kinds import Warned, WarningKind
from archive.warc.codings import decoded
from archive.warc.message import entity, parse_message

STORY = "".join(
    f"<p>The swing bridge opened again on day {day} after long repairs to its steel.</p>" for day in range(9)
)


def test_a_warning_is_its_sentence_and_keeps_its_kind_on_the_way_to_another_process() -> None:
    warned = Warned(WarningKind.CHARSET, "charset: declared cp1252, is utf-8")
    again = pickle.loads(pickle.dumps((warned,)))[0]
    assert again == warned == "charset: declared cp1252, is utf-8"
    assert (type(again), again.kind) == (Warned, WarningKind.CHARSET)
    lost = pickle.loads(pickle.dumps(PageError("extraction: stopped", WarningKind.TIME_LIMIT)))
    assert (str(lost), lost.kind) == ("extraction: stopped", WarningKind.TIME_LIMIT)


@pytest.mark.parametrize(
    ("page", "kinds"),
    [
        (b"", ["empty"]),
        (b"<p></p>", ["no_text"]),
        (b"<meta charset=iso-8859-1><title>M\xc3\xb6we</title>", ["charset", "no_text"]),
        (STORY.encode(), []),
        ("<meta charset=iso-8859-1><nav><a href=/>Möwe</a></nav>".encode(), ["charset", "no_body"]),
    ],
)
def test_a_record_says_which_kinds_of_warnings_it_has(page: bytes, kinds: list[str]) -> None:
    made = extract(page, "https://gull.example/story").extraction
    assert list(made.warning_kinds) == kinds
    assert bool(made.warnings) is bool(kinds)


def test_kinds_are_sorted_and_stand_once_each() -> None:
    page = b"<meta charset=utf-16><p>" + b"\xff\xfe" * 3
    kinds = extract(page, content_type="text/html; charset=cp1252").extraction.warning_kinds
    assert list(kinds) == sorted(set(kinds))


@pytest.mark.parametrize(
    ("body", "coding", "kind"),
    [
        (b"no gzip", "gzip", WarningKind.CONTENT_CODING),
        (b"no lzma", "lzma", WarningKind.CONTENT_CODING),
        (bytes.fromhex("1f8b0800000000000003"), "gzip", WarningKind.TRUNCATED),
        (b"x" * 100, "identity", WarningKind.SIZE),
    ],
)
def test_what_is_odd_about_a_coding_has_a_kind(body: bytes, coding: str, kind: WarningKind) -> None:
    assert [warning.kind for warning in decoded(body, [coding], 50)[1]] == [kind]


@pytest.mark.parametrize(
    ("chunks", "kind"),
    [(b"9\r\nshort", WarningKind.TRUNCATED), (b"none at all", WarningKind.TRANSFER_CODING)],
)
def test_what_is_odd_about_chunks_has_a_kind(chunks: bytes, kind: WarningKind) -> None:
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    assert [warning.kind for warning in entity(raw, parse_message(raw))[1]] == [kind]


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ("site:.story > p", RuleKind.SITE_SELECT),
        ("site:strip[12]", RuleKind.SITE_STRIP),
        ("site:strip[data-x]", RuleKind.SITE_SELECT),  # a selector of an element of that name
        ("structured:title", RuleKind.STRUCTURED),
        ("json-ld:articleBody", RuleKind.JSON_LD),
        ("model", RuleKind.MODEL),
        ("memory:place", RuleKind.MEMORY),
        ("general:second-copy", RuleKind.GENERAL),
        ("gull_hooks", RuleKind.OTHER),
    ],
)
def test_a_rule_has_a_kind(rule: str, kind: RuleKind) -> None:
    assert kind_of(rule) is kind


def test_rules_of_a_site_are_read_as_they_are_written() -> None:
    assert strip_number(strip_rule(3)) == 3
    assert selector_of(select_rule("//div[@id='a:b']")) == "//div[@id='a:b']"
    with pytest.raises(ValueError, match="no strip rule"):
        strip_number("site:p")
