"""A data set is there whole or not at all, is checked, and is made again."""

import fcntl
import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from archive.collection.folder import Collection
from archive.datasets.data_set import export
from archive.datasets.export_check import check_files, check_rebuilt
from archive.datasets.export_choices import Form
from archive.datasets.export_request import Request
from archive.datasets.export_staging import put_back
from archive.errors import CollectionError, ConfigurationError
from archive.records import Record, read_records
from tests.scripted import Run
from tests.shots import demo_shots, make_collection


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_collection(tmp_path_factory.mktemp("made") / "demo", demo_shots()[:3], demo_shots()[3:5]).path


@pytest.fixture
def demo(made: Path, tmp_path: Path) -> Collection:
    """A copy that a test may break."""
    return Collection(Path(shutil.copytree(made, tmp_path / "collections" / "demo")))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("form", [Form.PARQUET, Form.JSONL])
@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"schema_version":"1.0","id"\n', "Invalid JSON"),
        (b'{"schema_version":"1.0"}\n', "Field required"),
        (b"{}\n", "Field required"),
        (b"\xff\xfe\n", "Invalid JSON"),
        (b'["a"]\n', "Input should be an object"),
    ],
)
def test_a_broken_record_line(demo: Collection, tmp_path: Path, form: Form, line: bytes, message: str) -> None:
    broken = sorted(demo.records.iterdir())[1]
    content = broken.read_bytes().splitlines(keepends=True)
    broken.write_bytes(content[0] + line + content[1])

    with pytest.raises(CollectionError) as error:
        export([demo.path], Request(form=form), tmp_path / "out")
    assert f"{broken}:2: not a record line" in str(error.value)
    assert message in str(error.value)
    assert names(tmp_path) == {"collections"}


def test_blank_lines_and_nul_characters_and_unfinished_files(demo: Collection, tmp_path: Path) -> None:
    path = sorted(demo.records.iterdir())[0]
    first, *rest = path.read_bytes().splitlines(keepends=True)
    odd = Record.from_line(first).model_copy(update={"title": "NUL \x00 and \u2028"}).to_line()
    path.write_bytes(odd + b"\n  \n" + b"".join(rest))
    (demo.records / "empty.jsonl").touch()
    (demo.records / "unfinished.jsonl.open").write_bytes(first)

    for form in (Form.JSONL, Form.PARQUET):
        assert export([demo.path], Request(form=form), tmp_path / form).records == 5
    (line, *_) = (tmp_path / "jsonl" / "data" / "articles-00000-of-00001.jsonl").read_bytes().split(b"\n")
    assert json.loads(line)["title"] == "NUL \x00 and \u2028"


def test_a_line_longer_than_usual(demo: Collection, tmp_path: Path) -> None:
    path = sorted(demo.records.iterdir())[1]
    lines = path.read_bytes().splitlines(keepends=True)
    long = Record.from_line(lines[1]).model_copy(update={"text": "long " * 4_000_000})
    path.write_bytes(lines[0] + long.to_line())

    manifest = export([demo.path], Request(form=Form.PARQUET, columns=("id", "word_count")), tmp_path / "out")
    assert manifest.records == 5
    import pyarrow.parquet as pq

    found = pq.read_table(tmp_path / "out" / "data").to_pylist()
    assert [row["id"] for row in found] == [
        record.id for file in sorted(demo.records.iterdir()) for record in read_records(file)
    ]
    assert found[-1]["word_count"] == 4_000_000


def test_a_missing_warc(demo: Collection, tmp_path: Path) -> None:
    path = sorted(demo.archive.iterdir())[1]
    path.unlink()
    with pytest.raises(CollectionError) as error:
        export([demo.path], Request(), tmp_path / "out")
    assert f"{path} is missing: 2 records could not be traced" in str(error.value)
    assert names(tmp_path) == {"collections"}


def test_no_records_and_no_collection(demo: Collection, tmp_path: Path) -> None:
    for path in demo.records.iterdir():
        path.unlink()
    with pytest.raises(CollectionError, match="there are no records"):
        export([demo.path], Request(), tmp_path / "out")
    with pytest.raises(CollectionError, match="is not a collection"):
        export([tmp_path], Request(), tmp_path / "out")
    assert names(tmp_path) == {"collections"}


def test_a_folder_that_cannot_be_made(demo: Collection, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CollectionError, match="cannot be written: File exists"):
        export([demo.path], Request(), tmp_path / "file" / "out")


@pytest.mark.parametrize("form", ["parquet", "jsonl", "tei"])
def test_a_full_disk(demo: Collection, tmp_path: Path, form: str) -> None:
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    arguments = [demo.path, "--format", form, "--output", tmp_path / "out"]
    command = [sys.executable, "-m", "crawler", "export", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=small_files, check=False)

    assert done.returncode == 1
    assert "File too large; nothing of this data set was kept" in done.stderr
    assert names(tmp_path) == {"collections"}


def test_an_older_data_set_is_replaced(demo: Collection, tmp_path: Path) -> None:
    export([demo.path], Request(form=Form.TEI), tmp_path / "out")
    with pytest.raises(ConfigurationError, match="holds a data set already"):
        export([demo.path], Request(form=Form.CSV), tmp_path / "out")
    assert check_files(tmp_path / "out") == []
    export([demo.path], Request(form=Form.CSV), tmp_path / "out", replace=True)

    assert check_files(tmp_path / "out") == []
    assert names(tmp_path / "out" / "data") == {"articles-00000-of-00001.csv"}
    assert names(tmp_path) == {"collections", "out"}


def test_a_data_set_stays_unless_told_to_replace_it(demo: Collection, cleancopy: Run, tmp_path: Path) -> None:
    assert cleancopy("export", demo.path, "--output", "out").code == 0
    card = (tmp_path / "out" / "README.md").read_bytes()
    refused = cleancopy("export", demo.path, "--output", "out", "--format", "csv")
    assert refused.code == 2
    assert "out holds a data set already. Give --replace to put the new one in its place" in refused.err
    assert (tmp_path / "out" / "README.md").read_bytes() == card
    assert cleancopy("export", demo.path, "--output", "out", "--format", "csv", "--replace").code == 0
    assert names(tmp_path / "out" / "data") == {"articles-00000-of-00001.csv"}


def test_a_kill_between_two_data_sets_leaves_the_older_one(demo: Collection, cleancopy: Run, tmp_path: Path) -> None:
    assert cleancopy("export", demo.path, "--output", "out").code == 0
    killed = (
        "import os, sys\nfrom pathlib import Path\nfrom archive.datasets.data_set import export\n"
        "from archive.datasets.export_request import Request\nrename = Path.rename\n"
        "def dying(path, target):\n    if path.suffix == '.open': os._exit(9)\n    return rename(path, target)\n"
        "Path.rename = dying\nexport([Path(sys.argv[1])], Request(), Path('out'), replace=True)\n"
    )
    for again in (("--check", "out"), (demo.path, "--output", "out"), (demo.path, "--output", "out", "--replace")):
        ran = subprocess.run([sys.executable, "-c", killed, demo.path], cwd=tmp_path, check=False)
        assert (ran.returncode, (tmp_path / "out").exists()) == (9, False)
        assert len(list(tmp_path.glob(".out.*.old"))) == 1
        ran_again = cleancopy("export", *again)
        assert ran_again.code == (2 if again[1:] == ("--output", "out") else 0), ran_again.err
        assert check_files(tmp_path / "out") == []
        assert list(tmp_path.glob(".out.*.old")) == []


def test_a_data_set_that_is_being_exchanged_is_left_alone(tmp_path: Path) -> None:
    aside = tmp_path / ".out.abcd_123.old"
    aside.mkdir()
    (aside / "manifest.json").touch()
    held = os.open(aside, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        put_back(tmp_path / "out")
        assert aside.exists()
    finally:
        os.close(held)
    put_back(tmp_path / "out")
    assert names(tmp_path) == {"out"}


def test_what_a_dead_process_left_goes_and_what_a_living_one_makes_stays(demo: Collection, tmp_path: Path) -> None:
    left, living = tmp_path / ".out.dead.open", tmp_path / ".out.living.open"
    for folder in (left, living):
        folder.mkdir()
        os.utime(folder, (1, 1))
    held = os.open(living, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        export([demo.path], Request(), tmp_path / "out")
    finally:
        os.close(held)
    assert names(tmp_path) == {"collections", "out", living.name}


def test_what_is_no_data_set_is_not_replaced(demo: Collection, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    export([demo.path], Request(), tmp_path / "out")
    (tmp_path / "out" / "data" / "my notes.txt").write_text("dear")
    with pytest.raises(ConfigurationError, match=r"also data/my notes\.txt, which would be lost"):
        export([demo.path], Request(), tmp_path / "out", replace=True)

    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("dear")
    with pytest.raises(ConfigurationError, match="is there already and is no data set"):
        export([demo.path], Request(), tmp_path / "other", replace=True)
    assert (tmp_path / "other" / "thesis.txt").read_text() == "dear"


def test_check_finds_every_difference(demo: Collection, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export([demo.path], Request(form=Form.JSONL, shard=2), out)
    assert check_files(out) == []

    first, second, third = sorted((out / "data").iterdir())
    first.write_bytes(first.read_bytes().replace(b"the", b"teh", 1))
    second.unlink()
    third.rename(third.with_name("else.jsonl"))
    faults = check_files(out)

    assert [fault.split(" ", 1)[1].partition(":")[0] for fault in faults] == [
        "has changed", "is missing", "is missing", "is not in the manifest"
    ]  # fmt: skip
    assert faults[0].startswith("data/articles-00000-of-00003.jsonl has changed: SHA-256")


def test_a_data_set_is_made_again_from_its_collection(demo: Collection, cleancopy: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert cleancopy("export", demo.path, "--format", "parquet", "--output", out).code == 0
    good = cleancopy("export", "--check", out, "--collection", demo.path)
    assert (good.code, good.err) == (
        0,
        f"{out} is what its manifest says and can be made again from its collections.\n",
    )

    first, second = sorted(demo.archive.iterdir())
    first.write_bytes(first.read_bytes() + b"more")
    grown = cleancopy("export", "--check", out, "--collection", demo.path)
    assert grown.code == 1
    assert f"demo: archive/{first.name} has {first.stat().st_size} bytes now" in grown.err
    second.rename(second.with_suffix(".away"))
    assert [f"{second} is missing" in fault for fault in check_rebuilt(out, [demo.path])] == [True]
    second.with_suffix(".away").rename(second)

    sorted(demo.records.iterdir())[0].unlink()
    assert "it had 5 records, now there are 2" in "\n".join(check_rebuilt(out, [demo.path]))
    with pytest.raises(ConfigurationError, match="made from 'demo', which was not given"):
        check_rebuilt(out, [tmp_path])
    assert names(tmp_path) == {"collections", "out"}


def test_the_manifest_says_what_made_it(demo: Collection, tmp_path: Path) -> None:
    export([demo.path], Request(form=Form.PARQUET), tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())

    assert manifest["records"] == 5
    assert {warc["filename"]: warc["records"] for warc in manifest["warcs"]} == {
        path.name: count for path, count in zip(sorted(demo.archive.iterdir()), (3, 2), strict=True)
    }
    record = next(read_records(sorted(demo.records.iterdir())[0]))
    assert manifest["models"] == {record.extraction.model: 5}
    assert list(manifest["configurations"].values()) == [5]
    assert set(manifest["versions"]) == {"cleancopy", "duckdb", "pyarrow"}


def test_the_card_is_one_that_hugging_face_reads(demo: Collection, tmp_path: Path) -> None:
    export([demo.path], Request(form=Form.PARQUET), tmp_path / "out")
    _, front, body = (tmp_path / "out" / "README.md").read_text("utf-8").split("---\n", 2)

    assert yaml.safe_load(front) == {
        "pretty_name": "News articles: demo",
        "language": ["de", "en"],
        "license": "other",
        "license_name": "publishers-own",
        "tags": ["news", "web-archive"],
        "size_categories": ["n<1K"],
        "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": "data/*.parquet"}]}],
    }
    for part in ("| courier.example | 5 |", "| de | 4 |", "| allowed by robots.txt | 5 |", "| body |", "@misc{"):
        assert part in body


def test_web_text_cannot_break_the_card(tmp_path: Path) -> None:
    from archive.datasets.card import _markdown_table

    table = _markdown_table(("a",), [("x | y\n<script>" + "z" * 500,)])
    assert table.splitlines()[2].startswith("| x \\| y &lt;script>zzz")
    assert len(table.splitlines()) == 3
    assert len(table.splitlines()[2]) < 200


def test_web_text_is_no_markup_in_the_card() -> None:
    from archive.datasets.card import _table

    name = "![pixel](https://tracker.example/a_b.gif) `x` \\| &lt;b \x1b[2J\u202e <b>"
    row = _table("Licences", "license", {name: 1}).splitlines()[-1]
    assert row == (
        "| !\\[pixel\\](https://tracker.example/a_b.gif) \\`x\\` \\\\\\| \\&lt;b ⟨U+001B⟩\\[2J⟨U+202E⟩ &lt;b> | 1 |"
    )
