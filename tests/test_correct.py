"""`cleancopy correct`: what is listed, said, undone, offered to the site's file and taken as training data."""

import shutil
from pathlib import Path

import pytest

from archive.collection.corrections import read_corrections
from archive.collection.folder import Collection
from archive.labels import Label
from archive.records import Record, read_records
from benchmarks.corpus import read_corpus
from benchmarks.reading import Reading
from benchmarks.readings import take
from tests.scripted import Run
from tests.shots import NOON, Shot, make_collection

URL = "https://gull.example/2026/11/18/gulls.html"
SENTENCE = "The harbour office counted the gulls on the breakwater and found more of them than in any year before. "
PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Gulls return | The Gull</title>
<meta property="og:title" content="Gulls return"><meta name="author" content="Web Desk"></head>
<body><nav><a href="/">Home</a></nav><article><h1>Gulls return</h1><p class="signed-by">Ellwood, Nora</p>
<div class="story-text"><p>{SENTENCE * 3}</p><p class="tide-table">{SENTENCE}High water is at noon.</p>
<p>{SENTENCE * 2}</p></div></article><footer><p>Copyright The Gull</p></footer></body></html>"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shots = [Shot(URL, PAGE.encode(), NOON, (("Content-Type", "text/html; charset=utf-8"),))]
    return make_collection(tmp_path_factory.mktemp("made") / "gull", shots).path


@pytest.fixture
def gull(made: Path, tmp_path: Path) -> Collection:
    """A copy that a test may change, in the folder that commands run in."""
    return Collection(Path(shutil.copytree(made, tmp_path / "gull")))


def record_of(collection: Collection) -> Record:
    (path,) = collection.records.glob("*.jsonl")
    (record,) = read_records(path)
    return record


def number_of(record: Record, text: str) -> int:
    """As the command counts: from 1."""
    return next(number for number, block in enumerate(record.blocks, 1) if text in block.text)


def test_a_block_is_shown_put_right_listed_and_undone(gull: Collection, cleancopy: Run) -> None:
    before = record_of(gull)
    number = number_of(before, "High water")
    shown = cleancopy("correct", "gull", URL).out.splitlines()
    assert shown[number - 1].startswith(f"{number}\tbody\t")
    ran = cleancopy("correct", "gull", URL, "--label", f"{number}=related", "--set", "authors=Nora Ellwood; Ben Low")
    assert ran.code == 0, ran.err
    assert "1 block and 1 field corrected" in ran.err
    after = record_of(gull)
    assert "High water" in before.text
    assert "High water" not in after.text
    assert after.authors == ("Nora Ellwood", "Ben Low")
    listed = [line.split("\t") for line in cleancopy("correct", "gull").out.splitlines()]
    assert [row[2:] for row in listed] == [
        [URL, before.blocks[number - 1].xpath, "body", "related"],
        [URL, "authors", "", "Nora Ellwood; Ben Low"],
    ]
    ran = cleancopy("correct", "gull", str(before.id), "--take-back", number, "--take-back", "authors")
    assert ran.code == 0, ran.err
    assert record_of(gull) == before
    assert cleancopy("correct", "gull").out == ""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--label", "3=advert"), "--label 3=advert: expected a block's number and one of headline, "),
        (("--label", "related"), "--label related: expected a block's number"),
        (("--label", "900=related"), "There is no block 900: the record has "),
        (("--label", "0=related"), "There is no block 0: the record has "),
        (("--set", "title"), "--set title: expected a field and its value"),
        (("--set", "body=No"), "The field 'body' cannot be set: expected one of title, "),
        (("--take-back", "1"), f"Nothing was corrected at block 1 of {URL}."),
        (("--training", "there"), "--training takes all corrected pages: leave the page out."),
    ],
)
def test_what_cannot_be_meant_is_refused(gull: Collection, cleancopy: Run, options: tuple[str, str], said: str) -> None:
    ran = cleancopy("correct", "gull", URL, *options)
    assert ran.code == 2
    assert said in " ".join(ran.err.split())
    assert [*read_corrections(gull.path)] == []


def test_a_collection_in_use_keeps_the_correction_for_later(gull: Collection, cleancopy: Run) -> None:
    with gull.lock():
        ran = cleancopy("correct", "gull", URL, "--set", "section=Harbour")
    assert ran.code == 0, ran.err
    assert "is in use by process" in ran.err
    assert record_of(gull).section is None
    assert cleancopy("extract", "gull").code == 0
    assert record_of(gull).section == "Harbour"


def test_rules_and_a_test_are_offered_that_hold_without_the_correction(
    gull: Collection, cleancopy: Run, tmp_path: Path
) -> None:
    record = record_of(gull)
    box, signed = number_of(record, "High water"), number_of(record, "Ellwood")
    said = ("--label", f"{box}=related", "--label", f"{signed}=byline", "--set", "title=Gulls return")
    ran = cleancopy("correct", "gull", URL, *said, "--rule", "--who", "ada")
    assert ran.code == 0, ran.err
    assert "select: .tide-table" in ran.out
    assert "label: related" in ran.out
    assert "title: Gulls return" in ran.out
    shutil.rmtree(gull.path)
    sites = tmp_path / "sites"
    sites.mkdir()
    (sites / "gull.example.yaml").write_text(f"name: The Gull\n{ran.out}")
    make_collection(gull.path, [Shot(URL, PAGE.encode(), NOON, (("Content-Type", "text/html; charset=utf-8"),))])
    assert cleancopy("index", "gull").code == 0
    checked = cleancopy("site", "check", "gull.example", "--sites", "sites", "--collection", "gull", "--strict")
    assert checked.code == 0, checked.out + checked.err
    (sites / "gull.example.yaml").write_text(f"name: The Gull\n{ran.out[ran.out.index('tests:') :]}")
    unruled = cleancopy("site", "check", "gull.example", "--sites", "sites", "--collection", "gull", "--strict")
    assert unruled.code == 1, "the test holds without the rules too: it tests nothing"


def test_what_no_site_file_says_is_told(gull: Collection, cleancopy: Run) -> None:
    ran = cleancopy("correct", "gull", URL, "--set", "section=Harbour", "--rule")
    assert (ran.code, ran.out) == (0, "")
    assert f"{URL}: no key of a site's file says this." in ran.err


def test_corrected_labels_are_training_data(gull: Collection, cleancopy: Run, tmp_path: Path) -> None:
    number = number_of(record_of(gull), "High water")
    assert cleancopy("correct", "gull", URL, "--label", f"{number}=related").code == 0
    ran = cleancopy("correct", "gull", "--training", "corpus")
    assert ran.code == 0, ran.err
    assert "1 page in corpus" in ran.err
    corpus, file = tmp_path / "corpus", tmp_path / "readings.jsonl"
    pages = {page.name: page for page in read_corpus(corpus)}
    take(pages, sorted((corpus / "answers").iterdir()), file)
    reading = Reading.from_line(file.read_text())
    assert pages[reading.page].url == URL
    assert reading.labels[number - 1] is Label.RELATED
    assert {*reading.labels} == {None, Label.RELATED}
