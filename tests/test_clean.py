"""`cleancopy clean` and the Python interface: pages and texts from anywhere."""

import json
import subprocess
from pathlib import Path

import pytest

import archive
from archive import Label, Record, extract, extract_text
from archive.clean import LONGEST_LINE
from crawler.demo import DemoSite
from tests.scripted import Run, command, environment, story

PAGE = Path("crawler/demo/site/news/2026/11/18/swing-bridge-closed-cracks.html")
HERE = Path(__file__).parent.parent

TEXT = """Harbour wall to be rebuilt in stone

By Imke Petersen

The harbour wall at Ardmouth will be rebuilt in stone after the council voted on Tuesday to reject a cheaper plan for
concrete, which engineers had said would not outlast the next two winters.

Work is to begin in March, once the herring boats have moved to the outer basin, and the council expects the quay to
be closed to traffic until the end of the summer.

Share this story on Facebook and Twitter

Copyright 2026 Harbour Courier. All rights reserved.
"""


def test_extract_makes_a_record_of_bytes_and_a_url() -> None:
    record = extract((HERE / PAGE).read_bytes(), "https://courier.example/news/bridge.html")
    assert isinstance(record, Record)
    assert record.title == "Swing bridge shut for the winter after cracks found in main girder"
    assert record.authors == ("Nora Ellwood",)
    assert record.text == "\n\n".join(block.text for block in record.blocks if block.label is Label.BODY)
    assert record.extraction.model
    assert record == extract((HERE / PAGE).read_bytes(), "https://courier.example/news/bridge.html")


def test_the_package_offers_what_it_says() -> None:
    for name in archive.__all__:
        assert getattr(archive, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'extrct'"):
        _ = archive.extrct


def test_plain_text_has_the_same_labels() -> None:
    record = extract_text(TEXT)
    labels = [block.label for block in record.blocks]
    assert labels[0] is Label.HEADLINE
    assert labels[3] is Label.BODY
    assert labels[-1] is Label.LEGAL_NOTICE
    assert Label.BODY not in labels[4:]
    assert all(block.xpath is None for block in record.blocks)


@pytest.mark.parametrize("page", [b"", b"\x00", b"<", b"<html>", b"\xff\xfe<\x00p\x00>", "<p>\ud800</p>", " \n "])
def test_nothing_that_can_be_given_raises(page: bytes | str) -> None:
    record = extract(page)
    assert record.text == "" or record.blocks
    assert Record.from_line(record.to_line()) == record


def test_a_file_to_text_markdown_and_json(cleancopy: Run) -> None:
    text = cleancopy("clean", HERE / PAGE)
    assert text.code == 0
    assert "Two fatigue cracks" in text.out or "girder" in text.out
    assert "cookies" not in text.out
    assert cleancopy("clean", HERE / PAGE, "--format", "markdown").out.startswith("# Swing bridge shut")
    line = cleancopy("clean", HERE / PAGE, "--format", "json", "--url", "https://courier.example/a").out
    assert Record.from_line(line).url == "https://courier.example/a"


def test_labels_shows_every_block(cleancopy: Run) -> None:
    shown = cleancopy("clean", "--labels", "-", stdin=TEXT)
    assert shown.code == 0
    assert "headline  Harbour wall to be rebuilt in stone" in shown.out
    assert "legal_notice  Copyright 2026" in shown.out


def test_a_url_is_fetched_with_the_manners_of_a_crawl(cleancopy: Run) -> None:
    with DemoSite() as demo:
        done = cleancopy("clean", demo.url_of("/go/4711"), "--allow-private", "--format", "json")
        refused = cleancopy("clean", demo.url_of("/drafts/2026/swing-bridge-reopens.html"), "--allow-private")
        assert demo.counts["/robots.txt"] == 2
    assert Record.from_line(done.out).url == demo.url_of("/de/lokales/fischmarkt-umbau-a-4711.html")
    assert refused.code == 1
    assert "robots.txt forbids it" in refused.err


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, cleancopy: Run) -> None:
    (tmp_path / "empty.html").write_text("\n")
    ran = cleancopy("clean", "empty.html")
    assert (ran.code, ran.err) == (1, "empty.html: the file is empty\n")


def test_jsonl_keeps_order_and_ids_and_goes_on_after_bad_lines(cleancopy: Run) -> None:
    given: list[object] = [{"id": f"p{number}", "url": f"https://x.example/{number}", "html": story(f"Story {number}")}
                           for number in range(40)]  # fmt: skip
    lines = [json.dumps(line) for line in given]
    lines[3:3] = ["not json", "", '{"id": 1}', '["a"]', json.dumps({"id": 7, "text": TEXT})]
    ran = cleancopy("clean", "--jsonl", stdin="\n".join(lines))
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert [line["id"] for line in found] == ["p0", "p1", "p2", "7", *(f"p{number}" for number in range(3, 40))]
    assert found[3]["title"] == "Harbour wall to be rebuilt in stone"
    assert [line.split(":")[0] for line in ran.err.splitlines()[:-1]] == ["line 4", "line 6", "line 7"]
    assert ran.err.splitlines()[-1] == "3 lines could not be cleaned."
    assert ran.code == 1


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path, cleancopy: Run) -> None:
    with (tmp_path / "long.jsonl").open("wb") as file:
        file.write(b'{"html": "')
        for _ in range(11):
            file.write(b"a" * (LONGEST_LINE // 10))
        file.write(b'"}\n{"text": "Short and plain."}\n')
    ran = cleancopy("clean", "--jsonl", "long.jsonl")
    assert ran.code == 1
    assert "line 1: the line has" in ran.err
    assert len(ran.out.splitlines()) == 1


def test_the_reader_of_the_pipe_may_leave(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({"id": number, "text": TEXT}) for number in range(500))
    (tmp_path / "in.jsonl").write_text(lines)
    process = subprocess.Popen(
        command("clean", "--jsonl", "in.jsonl"),
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    assert process.stderr
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 1
    assert said == b""
