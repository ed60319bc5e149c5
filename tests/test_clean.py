"""`cleancopy clean` and the Python interface: pages and texts from anywhere."""

import gzip
import json
import signal
import subprocess
from pathlib import Path

import pytest
from backports import zstd

import archive
from archive import Label, Record, extract, extract_text
from archive.pipeline.clean import LONGEST_LINE
from crawler.demo import DemoSite
from tests.scripted import PATIENCE, Run, command, environment, story

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
    assert record.text == archive.text_of(record)
    assert record.extraction.model
    assert record == extract((HERE / PAGE).read_bytes(), "https://courier.example/news/bridge.html")


def test_a_url_may_be_none() -> None:
    assert extract(story("Ebb"), None) == extract(story("Ebb"), "") == extract(story("Ebb"))
    assert extract_text(TEXT, None) == extract_text(TEXT, "") == extract_text(TEXT)


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


def test_the_labels_of_the_text_can_be_chosen(cleancopy: Run) -> None:
    headline = "Swing bridge shut for the winter after cracks found in main girder"
    chosen = ("--text", "headline")
    assert cleancopy("clean", HERE / PAGE, "--text", "headline,body").out.startswith(f"{headline}\n\n")
    line = cleancopy("clean", HERE / PAGE, *chosen, "--format", "json").out
    assert Record.from_line(line).text == headline
    given = json.dumps({"id": 1, "html": (HERE / PAGE).read_text("utf-8")}).encode()
    filtered = cleancopy("clean", *chosen, "--jsonl", stdin=given)
    assert Record.from_line(filtered.out).text == headline
    assert cleancopy("clean", HERE / PAGE, *chosen, "--format", "markdown").out.endswith(f"\n\n## {headline}\n")


def test_a_label_that_there_is_not_is_named(cleancopy: Run) -> None:
    refused = cleancopy("clean", HERE / PAGE, "--text", "body,standfrist")
    assert refused.code == 2
    assert "there is no label 'standfrist'. Did you mean 'standfirst'?" in " ".join(refused.err.split())


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


def test_html_shows_every_label_and_runs_nothing(cleancopy: Run) -> None:
    shown = cleancopy("clean", HERE / PAGE, "--format", "html").out
    assert shown.startswith("<!doctype html>")
    assert "default-src 'none'" in shown
    assert "legal notice" in shown
    assert "<script" not in shown


def test_gzipped_pages_and_lines_are_unzipped(tmp_path: Path, cleancopy: Run) -> None:
    (tmp_path / "page.html.gz").write_bytes(gzip.compress((HERE / PAGE).read_bytes()))
    assert "girder" in cleancopy("clean", "page.html.gz").out
    lines = gzip.compress(json.dumps({"id": "a", "text": TEXT}).encode())
    (tmp_path / "lines.jsonl.gz").write_bytes(lines)
    assert json.loads(cleancopy("clean", "--jsonl", "lines.jsonl.gz").out)["id"] == "a"
    (tmp_path / "page.html.zst").write_bytes(zstd.compress((HERE / PAGE).read_bytes()))
    (tmp_path / "lines.jsonl.zst").write_bytes(zstd.compress(json.dumps({"id": "z", "text": TEXT}).encode()))
    assert "girder" in cleancopy("clean", "page.html.zst").out
    assert json.loads(cleancopy("clean", "--jsonl", "lines.jsonl.zst").out)["id"] == "z"
    (tmp_path / "torn.zst").write_bytes(zstd.compress(b"{}\n" * 5000)[:-4])
    assert "the input cannot be read further" in cleancopy("clean", "--jsonl", "torn.zst").err
    long = "".join(json.dumps({"id": number, "text": f"{number} {TEXT}"}) + "\n" for number in range(300))
    (tmp_path / "torn.jsonl.gz").write_bytes(gzip.compress(long.encode())[:-400])
    torn = cleancopy("clean", "--jsonl", "torn.jsonl.gz")
    assert torn.code == 1
    assert "the input cannot be read further" in torn.err
    assert json.loads(torn.out.splitlines()[0])["id"] == 0


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (b"WARC/1.1\r\nWARC-Type: warcinfo\r\n", "'cleancopy extract' makes records of it"),
        (b"PK\x03\x04\x14\x00", "a zip archive"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (bytes(range(256)) * 20, "binary data"),
    ],
)
def test_what_is_no_page_is_named(tmp_path: Path, cleancopy: Run, content: bytes, kind: str) -> None:
    (tmp_path / "given").write_bytes(content)
    ran = cleancopy("clean", "given")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("given: this is ")
    assert kind in ran.err


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "cp1252", "utf-8-sig"])
def test_texts_and_pages_in_other_charsets(tmp_path: Path, cleancopy: Run, charset: str) -> None:
    text = TEXT.replace("herring boats", "Möwenboote")
    (tmp_path / "story.txt").write_bytes(text.encode(charset))
    (tmp_path / "story.html").write_bytes(f"<h1>Wall</h1><p>{text}".encode(charset))
    assert "Möwenboote" in cleancopy("clean", "story.txt").out
    assert "Möwenboote" in cleancopy("clean", "story.html").out


def a_folder(path: Path) -> None:
    for name in ("one.html", "deep/two.htm", "deep/three.txt.gz", "deep/picture.png"):
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        content = TEXT.encode() if ".txt" in name else story(f"Story {target.stem}").encode()
        target.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)


def test_a_folder_becomes_a_folder(tmp_path: Path, cleancopy: Run) -> None:
    a_folder(tmp_path / "pages")
    ran = cleancopy("clean", "pages", "--output", "clean", "--format", "markdown")
    assert (ran.code, ran.out) == (0, "")
    made = sorted(str(path.relative_to(tmp_path / "clean")) for path in (tmp_path / "clean").rglob("*.*"))
    assert made == ["deep/three.md", "deep/two.md", "one.md"]
    assert (tmp_path / "clean/one.md").read_text().startswith("# Story one")


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path, cleancopy: Run) -> None:
    a_folder(tmp_path / "pages")
    (tmp_path / "clean/deep").mkdir(parents=True)
    (tmp_path / "clean/deep/two.txt").write_text("mine")
    ran = cleancopy("clean", "pages", "--output", "clean")
    assert (ran.code, ran.out) == (2, "")
    assert "clean/deep/two.txt is there already. Give --replace to replace it, or another --output." in ran.err
    assert [path.name for path in (tmp_path / "clean").rglob("*.*")] == ["two.txt"]
    assert (tmp_path / "clean/deep/two.txt").read_text() == "mine"
    assert cleancopy("clean", "pages", "--output", "clean", "--replace").code == 0
    assert (tmp_path / "clean/deep/two.txt").read_text() != "mine"


def test_several_files_become_record_lines_named_by_file(tmp_path: Path, cleancopy: Run) -> None:
    a_folder(tmp_path / "pages")
    (tmp_path / "empty.html").write_text(" ")
    ran = cleancopy("clean", "empty.html", "pages/one.html", "pages/deep", "--format", "json")
    assert ran.code == 1
    assert ran.err.splitlines() == ["empty.html: the file is empty", "1 of 4 pages gave no text."]
    ids = [json.loads(line)["id"] for line in ran.out.splitlines()]
    assert ids == ["pages/one.html", "pages/deep/three.txt.gz", "pages/deep/two.htm"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("a.html", "b.html"), "several pages: give --output DIR, or --format json"),
        (("a.html", "-"), "- stands alone"),
        (("a.html", "https://courier.example/"), "https://courier.example/ stands alone"),
        (("bare", "--output", "x"), "bare holds no pages"),
        (("a.html", "sub/a.html", "--output", "x"), "sub/a.html would be written over a.html, to x/a.txt"),
        (("a.txt", "--output", "."), "a.txt would be written over a.txt, to a.txt"),
    ],
)
def test_what_cannot_be_made_of_several_pages(
    tmp_path: Path, cleancopy: Run, given: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "bare").mkdir()
    (tmp_path / "sub").mkdir()
    for name in ("a.html", "b.html", "sub/a.html", "a.txt"):
        (tmp_path / name).write_text(TEXT)
    ran = cleancopy("clean", *given)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(sentence)
    assert (tmp_path / "a.txt").read_text() == TEXT


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
    assert [line["id"] for line in found] == ["p0", "p1", "p2", 7, *(f"p{number}" for number in range(3, 40))]
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


@pytest.mark.parametrize("wish", [("--labels",), ("--format", "html"), ("--format", "markdown"), ("--output", "made")])
def test_jsonl_refuses_what_it_cannot_do(tmp_path: Path, cleancopy: Run, wish: tuple[str, ...]) -> None:
    ran = cleancopy("clean", "--jsonl", *wish, stdin=json.dumps({"id": 1, "text": TEXT}))
    assert (ran.code, ran.out) == (2, "")
    assert "--jsonl writes a record for each line to standard output: omit " + wish[0] in ran.err
    assert not (tmp_path / "made").exists()


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
    assert process.wait(timeout=PATIENCE) == 1
    assert said == b""


def test_ctrl_c_ends_the_filter_at_once_with_whole_lines(tmp_path: Path) -> None:
    process = subprocess.Popen(
        command("clean", "--jsonl", "-"), cwd=tmp_path, env=environment(),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        bufsize=0,  # communicate() does not see what a buffered readline() has read ahead
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    # Enough for the first results, and less than a pipe holds.
    for number in range(24):
        process.stdin.write(json.dumps({"id": number, "text": TEXT}).encode() + b"\n")
    process.stdin.flush()
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode not in (0, 1, 2)
    assert b"Traceback" not in err
    ids = [json.loads(line)["id"] for line in (first + out).splitlines()]
    assert ids == list(range(len(ids)))


def test_a_terminal_without_utf_8_shows_escapes(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(story("Ebb \u203a flood \u00e9"), encoding="utf-8")
    ran = subprocess.run(
        command("clean", "page.html", "--labels"),
        cwd=tmp_path, env={**environment(), "PYTHONIOENCODING": "latin-1"},
        capture_output=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert b"Ebb \\u203a flood \xe9" in ran.stdout


def test_jsonl_keeps_what_a_line_says(cleancopy: Run) -> None:
    said = {
        "id": 1,
        "title": "Quay &amp; wall",
        "authors": ["Imke Petersen", {"name": "Ole Ash"}],
        "date": "20.11.2026",
    }
    other = {"lang": "en_GB", "score": 0.5, "tags": {"a": [None, True]}, "html": None}
    lines = [{**said, **other, "text": TEXT}, {"id": "1", "text": TEXT, "date": "soon"}, {"id": 2.5, "text": TEXT}]
    one, two, three = map(
        json.loads, cleancopy("clean", "--jsonl", stdin="\n".join(map(json.dumps, lines))).out.splitlines()
    )
    assert [type(line["id"]) for line in (one, two, three)] == [int, str, float]
    assert (one["title"], one["authors"]) == ("Quay & wall", ["Imke Petersen", "Ole Ash"])
    assert (one["date_published"], one["language"]) == ("2026-11-20", "en-GB")
    assert one["extra"] == {"score": 0.5, "tags": {"a": [None, True]}, "html": None}
    assert one["extraction"]["imported"] == ["title", "authors", "date_published", "language"]
    assert (two["extra"], two["extraction"]["imported"]) == ({"date": "soon"}, [])
    assert (three["extra"], three["title"]) == ({}, "Harbour wall to be rebuilt in stone")


def test_errors_can_stand_in_their_places(tmp_path: Path, cleancopy: Run) -> None:
    lines = [
        "{broken",
        json.dumps({"id": 2, "text": TEXT}),
        json.dumps({"id": 3, "url": "https://x.example/3", "n": 1}),
    ]
    ran = cleancopy("clean", "--jsonl", "--errors", "keep", stdin="\n".join(lines))
    broken, good, empty = (Record.from_line(line) for line in ran.out.splitlines())
    assert ran.code == 1
    assert [record.id for record in (broken, good, empty)] == [None, 2, 3]
    assert (empty.url, empty.extra, empty.text) == ("https://x.example/3", {"n": 1}, "")
    assert empty.extraction.warning_kinds == broken.extraction.warning_kinds == ("bad_input",)
    assert empty.extraction.warnings == ('expected a string under "html" or "text"',)
    (tmp_path / "a.html").write_text("")
    (tmp_path / "b.html").write_text(story("Ebb"))
    ran = cleancopy("clean", "a.html", "b.html", "--format", "json", "--errors", "keep")
    assert [(json.loads(line)["id"], bool(json.loads(line)["text"])) for line in ran.out.splitlines()] == [
        ("a.html", False),
        ("b.html", True),
    ]


def test_a_text_can_be_trusted(cleancopy: Run) -> None:
    (record,) = (
        Record.from_line(line)
        for line in cleancopy("clean", "--trust-text", "--format", "json", stdin=TEXT).out.splitlines()
    )
    assert record.text == archive.text_of(record) == "\n\n".join(block.text for block in record.blocks)
    assert "All rights reserved" in record.text
    assert {block.rule for block in record.blocks} == {"imported"}
    assert {Label.BODY, Label.LEGAL_NOTICE} <= {block.label for block in record.blocks}
    assert "All rights reserved" in cleancopy("clean", "--trust-text", "--format", "markdown", stdin=TEXT).out
