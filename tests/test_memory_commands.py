"""Site memory as users meet it: crawls learn, `learn` makes it anew, `extract` and `clean` apply it."""

import json
from hashlib import sha256
from pathlib import Path
from time import sleep

import pytest

from archive.extraction.extract import extract
from archive.labels import Label
from archive.records import Record, read_records
from archive.sites import load_site
from tests.memory_site import APPEAL, DISCLAIMER, made_site
from tests.scripted import Run, ScriptedSite

PAGES = made_site(12)
FAST = ("--delay", 0, "--allow-private", "--collection", "c")


def crawl(cleancopy: Run, site: ScriptedSite, first: int, last: int) -> None:
    urls = [site.page(f"/news/{number + 1}", PAGES[number].html) for number in range(first, last)]
    ran = cleancopy("crawl", "--urls", "-", *FAST, stdin="\n".join(urls))
    assert ran.code == 0, ran.err


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "c/records").glob("*.jsonl"))}


def records(folder: Path) -> list[Record]:
    return [record for path in sorted((folder / "c/records").glob("*.jsonl")) for record in read_records(path)]


def test_crawls_learn_and_learn_applies_it_to_all(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    crawl(cleancopy, site, 0, 5)
    assert {record.extraction.memory for record in records(tmp_path)} == {None}
    # Versions hold from a full second on, and the next crawl may begin before it.
    sleep(1)
    crawl(cleancopy, site, 5, 12)
    used = [record.extraction.memory for record in records(tmp_path)]
    version = min((tmp_path / "c/memory/versions/127.0.0.1").iterdir())
    digest = "sha256:" + sha256(version.read_bytes()).hexdigest()
    assert used == [None] * 5 + [digest] * 7, "a run uses what was known when it began"
    assert json.loads((tmp_path / "c/memory/127.0.0.1.json").read_bytes())["articles"] == 12

    before = files(tmp_path)
    assert cleancopy("extract", "c").code == 0
    assert files(tmp_path) == before, "what was learnt later does not change a record"

    ran = cleancopy("learn", "c")
    assert ran.code == 0, ran.err
    assert "127.0.0.1: 12 articles" in ran.err
    assert files(tmp_path) == before
    assert cleancopy("extract", "c").code == 0
    after = records(tmp_path)
    assert len({record.extraction.memory for record in after}) == 1
    assert after[0].extraction.memory not in used
    truth = {page.url.partition(".example")[2]: page.body for page in PAGES}
    for record in after:
        assert record.text == "\n\n".join(truth[(record.url or "").removeprefix(site.url)])


def test_a_proposal_is_printed(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    crawl(cleancopy, site, 0, 12)
    ran = cleancopy("learn", "c", "--propose", "127.0.0.1")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("# Proposed for 127.0.0.1 from 12 articles.")
    assert "label: promotion" in ran.out
    assert "'cleancopy site check 127.0.0.1'" in ran.out
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "c/memory").rglob("*")}
    unknown = cleancopy("learn", "c", "--propose", "localhost")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "c/memory").rglob("*")} == before
    assert unknown.code == 2
    assert "Nothing is known of 'localhost'" in unknown.err
    assert "127.0.0.1" in unknown.err


def test_a_proposal_can_be_copied_and_is_not_made_twice(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    crawl(cleancopy, site, 0, 4)
    (tmp_path / "sites").mkdir()
    path = tmp_path / "sites" / "127.0.0.1.yaml"
    path.write_text(cleancopy("learn", "c", "--propose", "127.0.0.1").out)
    assert APPEAL not in extract(PAGES[0].html, f"{site.url}/news/1", site=load_site(path)).text
    again = cleancopy("learn", "c", "--propose", "127.0.0.1", "--sites", "sites")
    assert again.out.endswith("- strip: []\n")


def test_plain_texts_of_one_source(tmp_path: Path, cleancopy: Run) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for number, page in enumerate(PAGES):
        middle = len(page.body) // 2
        parts = [*page.body[:middle], APPEAL, *page.body[middle:], DISCLAIMER]
        (folder / f"{number}.txt").write_text("\n\n".join(parts))
    ran = cleancopy("learn", "--texts", "texts", "--output", "herald.json")
    assert ran.code == 0, ran.err
    assert "12 articles" in ran.err
    refused = cleancopy("learn", "--texts", "texts", "--output", "texts/3.txt")
    assert refused.code == 2
    assert "texts/3.txt is there already. Give --replace to replace it" in refused.err
    assert APPEAL in (folder / "3.txt").read_text()
    assert cleancopy("learn", "--texts", "texts", "--output", "herald.json", "--replace").code == 0
    without = cleancopy("clean", "texts/3.txt", "--format", "json")
    cleaned = cleancopy("clean", "texts/3.txt", "--format", "json", "--site-memory", "herald.json")
    assert APPEAL in Record.from_line(without.out).text
    record = Record.from_line(cleaned.out)
    assert record.text == "\n\n".join(PAGES[3].body)
    assert record.extraction.memory == "sha256:" + sha256((tmp_path / "herald.json").read_bytes()).hexdigest()
    rules = {block.text: block.rule for block in record.blocks if block.label is not Label.BODY}
    assert rules[APPEAL] == "memory:text"
    line = json.dumps({"id": "x", "text": (folder / "3.txt").read_text()})
    many = cleancopy("clean", "--jsonl", "-", "--site-memory", "herald.json", stdin=line)
    assert Record.from_line(many.out).text == record.text


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["learn"], "Give a collection, or --texts DIR with --output FILE."),
        (["learn", "c", "--texts", "t", "--output", "o"], "Give a collection, or --texts DIR with --output FILE."),
        (["learn", "--texts", "t"], "Give a collection, or --texts DIR with --output FILE."),
        (["learn", "--texts", "t", "--output", "o"], "t: no text files (*.txt) to learn from"),
        (["clean", "--site-memory", "missing.json"], "missing.json cannot be read"),
    ],
)
def test_bad_usage_is_said(arguments: list[str], why: str, cleancopy: Run) -> None:
    ran = cleancopy(*arguments)
    assert ran.code == 2
    assert why in ran.err
