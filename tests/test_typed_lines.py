"""JSON lines whose beginning shows what every field holds."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from archive.datasets.shards import Shards
from archive.datasets.typed_lines import TypedLineFiles


def written(folder: Path, rows: list[dict[str, Any]], size: int = 1000) -> list[list[int]]:
    folder.mkdir()
    shards = Shards(folder, "jsonl", len(rows), size)
    with closing(TypedLineFiles(shards)) as files:
        for number, row in enumerate(rows):
            files.write(json.dumps({"n": number, **row}).encode() + b"\n")
    made = sorted((folder / "data").iterdir())
    return [[json.loads(line)["n"] for line in path.read_bytes().splitlines()] for path in made]


def test_what_shows_a_type_first_comes_first(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"a": None, "b": []} for _ in range(300)]
    assert written(tmp_path / "1", rows) == [list(range(300))]
    rows[250] = {"a": 1, "b": []}
    rows[260] = {"a": 1, "b": [{"c": "x"}]}
    rows[270] = {"a": 0.5, "b": []}
    others = [number for number in range(1, 300) if number not in (250, 260, 270)]
    assert written(tmp_path / "2", rows) == [[0, 250, 260, 270, *others]]
    assert written(tmp_path / "3", rows, 200) == [list(range(200)), list(range(200, 300))]


def test_fields_of_others_leave_room_for_ours(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"a": None, "extra": {f"k{number}": 1}} for number in range(300)]
    rows[299]["a"] = "x"
    (found,) = written(tmp_path / "1", rows)
    assert found.index(299) < 100
    assert sorted(found) == list(range(300))
