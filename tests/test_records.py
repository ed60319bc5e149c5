"""The record: one line of JSON that keeps to the published schema."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from archive.capture_fields import Discovery, Http, PagePlace, RenderedBy, WarcPlace
from archive.errors import WarcError
from archive.exchange import Kind, Unfinished
from archive.labels import Label
from archive.records import (
    Block,
    BlockKind,
    Comment,
    Extraction,
    Image,
    Link,
    Post,
    Record,
    Rights,
    Span,
    SpanKind,
    read_records,
    record_schema,
    schema_json,
)
from archive.telling.kinds import WarningKind

SMALL = Record(extraction=Extraction(version="0.1.0"))
FULL = Record(
    id="1d3f7c62-8f0e-4b6a-9f6b-2f0f6a3c9b11",
    url="https://courier.example/bridge",
    requested_url="http://courier.example/bridge",
    canonical_url="https://courier.example/bridge",
    site="courier.example",
    title="Brücke wieder offen – “endlich”\u2028",
    standfirst="After two years.",
    description="Cars cross.",
    text="One.\n\nTwo.",
    authors=("Amelia Thornbury",),
    byline="By Amelia Thornbury",
    date_published="2026-11-20T09:30:00+01:00",
    date_modified="2026-11-21",
    language="en-GB",
    publisher="The Courier",
    section="Local",
    keywords=("bridges",),
    images=(Image(url="https://courier.example/a.jpg", caption="The bridge", credit="J. H.", alt="A bridge"),),
    is_accessible_for_free=True,
    license="https://creativecommons.org/licenses/by/4.0/",
    copyright_notice="2026 Harbour Press Ltd",
    blocks=(
        Block(
            label=Label.BODY,
            kind=BlockKind.HEADING,
            level=2,
            depth=1,
            number=4,
            text="One.",
            cells=("One.",),
            links=(Link(text="One", href="https://courier.example/one"),),
            spans=(Span(kind=SpanKind.LINK, start=0, end=3),),
            xpath="/html/body/p[1]",
            rule="model:page",
            confidence=0.875,
            page=1,
            post=1,
        ),
        Block(label=Label.BODY, text="Two.", rule="general:text", confidence=1.0),
    ),
    posts=(
        Post(
            title="Open",
            date_published="2026-11-20T09:30:00Z",
            date_modified="2026-11-20",
            url="https://courier.example/#1",
        ),
    ),
    comments=(Comment(author="Bo", date="2026-11-21", text="Well said.", depth=1, xpath="/html/body/ol/li[1]"),),
    obstacle=Kind.REFUSED,
    date_crawled="2026-11-24T08:00:00Z",
    http=Http(status=200, content_type="text/html", etag='"x"', last_modified="Fri, 20 Nov 2026 08:30:00 GMT"),
    discovery=Discovery(type="feed", url="https://courier.example/feed.xml", title="Bridge", date="2026-11-20"),
    warc=WarcPlace(
        filename="a.warc.gz",
        offset=0,
        length=10,
        record_id="<urn:uuid:1>",
        payload_digest="sha256:0",
        pages=(PagePlace(page=1, url="https://courier.example/bridge", filename="a.warc.gz", offset=0, length=10),),
    ),
    rendering=RenderedBy(browser="Chromium/156.0", response="2", unfinished=Unfinished.TIME),
    extraction=Extraction(
        version="0.1.0",
        config="courier.example",
        config_digest="0",
        model="m",
        memory="m",
        warnings=("text: no body text found",),
        warning_kinds=(WarningKind.NO_BODY,),
        imported=("title",),
        corrected=("section",),
    ),
    rights=Rights(robots="allowed", x_robots_tag="noai", meta_robots="noimageai", tdm_reservation="1", tdm_policy="p"),
    extra={"id": 1},
)
VALIDATOR = Draft202012Validator(record_schema())


@pytest.mark.parametrize("record", [SMALL, FULL], ids=["small", "full"])
def test_a_line_keeps_to_the_schema_and_reads_back(record: Record) -> None:
    line = record.to_line()
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    VALIDATOR.validate(json.loads(line))
    assert Record.from_line(line) == record
    assert Record.from_line(line).to_line() == line


def test_the_full_record_leaves_nothing_empty() -> None:
    def empty(value: object) -> bool:
        return value in (None, [], "") or (isinstance(value, dict) and any(map(empty, value.values())))

    assert [key for key, value in json.loads(FULL.to_line()).items() if empty(value)] == []


def test_the_schema_is_a_schema_and_says_its_dialect() -> None:
    schema = json.loads(schema_json())
    assert schema == record_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


def test_missing_is_null_never_a_missing_key() -> None:
    written = json.loads(SMALL.to_line())
    assert set(written) == set(Record.model_fields) == set(record_schema()["required"])
    assert written["title"] is None
    assert written["authors"] == []
    for key in written:
        without = {name: value for name, value in written.items() if name != key}
        assert not VALIDATOR.is_valid(without)


@pytest.mark.parametrize(
    "change",
    [
        {"headline": "x"},
        {"schema_version": "2.0"},
        {"authors": "Amelia Thornbury"},
        {"blocks": [FULL.blocks[0].model_dump(mode="json") | {"kind": "para"}]},
        {"blocks": [FULL.blocks[0].model_dump(mode="json") | {"spans": [{"kind": "link", "start": 0}]}]},
        {"blocks": [{"label": "advert", "text": "x", "xpath": None, "rule": "r", "confidence": 1.0}]},
        {"blocks": [{"label": "body", "text": "x", "xpath": None, "rule": "r", "confidence": 1.0, "score": 1}]},
        {"rights": {"robots": None, "noai": True}},
        {"warc": {"filename": "a.warc.gz"}},
        {"extraction": json.loads(FULL.to_line())["extraction"] | {"warning_kinds": ["no_bodies"]}},
    ],
)
def test_unknown_keys_and_wrong_values_are_refused_by_code_and_by_schema(change: dict[str, object]) -> None:
    written = json.loads(FULL.to_line()) | change
    assert not VALIDATOR.is_valid(written)
    with pytest.raises(ValidationError):
        Record.from_line(json.dumps(written))


@pytest.mark.parametrize(
    ("version", "unknown"),
    [("1.0", ("completeness", "obstacle", "extra", "copyright_notice")), ("1.1", ("extra",)), ("1.2", ("extra",))],
    ids=["1.0", "1.1", "1.2"],
)
def test_lines_of_earlier_schemas_are_read(version: str, unknown: tuple[str, ...]) -> None:
    written = json.loads(FULL.to_line()) | {"schema_version": version}
    del written["extraction"]["imported"]
    if version != "1.2":
        del written["extraction"]["warning_kinds"]
    for block in written["blocks"]:
        for key in ("kind", "level", "depth", "number", "cells", "links", "spans"):
            del block[key]
    earlier = {key: value for key, value in written.items() if key not in unknown}
    found = Record.from_line(json.dumps(earlier))
    kinds = FULL.extraction.warning_kinds if version == "1.2" else ()
    assert (found.schema_version, found.extraction.warning_kinds) == (version, kinds)
    assert [(block.kind, block.links, block.spans) for block in found.blocks] == [(None, (), ())] * 2
    assert found.extraction.warnings == FULL.extraction.warnings


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        FULL.title = "Other"


@pytest.mark.parametrize("text", ["half \ud83d", "\udcff", "pair \U0001f600", "nul \x00", "line \u2028 end"])
def test_any_text_becomes_a_line_of_valid_utf8(text: str) -> None:
    block = Block(label=Label.BODY, text=text, rule="r", confidence=1.0)
    line = SMALL.model_copy(update={"title": text, "text": text, "blocks": (block,)}).to_line()
    assert line.count(b"\n") == 1
    found = Record.from_line(line.decode("utf-8"))
    wanted = text.encode("utf-8", "replace").decode("utf-8")
    assert found.title == found.text == found.blocks[0].text == wanted


def test_words_are_counted_by_label() -> None:
    extra = Block(label=Label.NAVIGATION, text="Home  and News", rule="r", confidence=1.0)
    record = FULL.model_copy(update={"blocks": (*FULL.blocks, extra)})
    assert (record.words(), record.words(Label.BODY), record.words(Label.DATE)) == (5, 2, 0)


def test_records_stream_from_a_file_and_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(FULL.to_line() + SMALL.to_line() + b'{"schema_version": "1.0"}\n')
    records = read_records(path)
    assert [next(records), next(records)] == [FULL, SMALL]
    with pytest.raises(WarcError, match=r"a\.jsonl:3: not a record line"):
        next(records)
