"""Texts that resemble each other, found in the search index as an export finds them."""

import json
import sqlite3
from datetime import timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest

from archive.collection.folder import Collection
from archive.datasets.data_set import export
from archive.datasets.duplicate_signatures import PERMUTATIONS, THRESHOLD, resemblance, signature
from archive.datasets.export_choices import Dedup
from archive.datasets.export_request import Request
from archive.datasets.near_texts import NearTexts
from archive.preservation.takedown_stores import _forget
from archive.records import Extraction, Record
from archive.research.search_index import SearchIndex, open_index, search_path
from tests.shots import NOON, Shot, article, make_collection


def story(seed: int, length: int = 200) -> list[str]:
    """Words that no other seed has in this order."""
    chance = Random(seed)
    return [f"w{chance.randrange(4000)}" for _ in range(length)]


def record(number: int, text: str) -> Record:
    url = f"https://a.example/{number}"
    return Record(id=f"id-{number}", url=url, title=f"T {number}", text=text, extraction=Extraction(version="1"))


def write(collection: Collection, name: str, texts: dict[int, list[str]]) -> Path:
    path = collection.records / f"{name}.jsonl"
    path.write_bytes(b"".join(record(number, " ".join(words)).to_line() for number, words in texts.items()))
    return path


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    made = Collection(tmp_path / "courier")
    made.create()
    return made


def like(index: SearchIndex, near: NearTexts, number: int, most: int = 50) -> dict[str, float]:
    """What resembles a record, by number, with the shares."""
    index.catch_up()
    near.catch_up()
    ((at,),) = index.rows("number", "id = ?", f"id-{number}")
    wanted = near.signature(at)
    assert wanted is not None
    ids = dict(index.rows("number, id"))
    return {ids[other]: share for other, share in near.like(wanted, most).items()}


BASE = story(1)
EDITED = {1: BASE, 2: BASE[:150] + story(2, 30), 3: story(3), 4: BASE[:60] + story(4, 140), 5: BASE}


def test_edited_copies_are_found_with_their_shares(collection: Collection) -> None:
    write(collection, "one", EDITED)
    with open_index(collection) as index:
        found = like(index, NearTexts(index), 1)
    signed = {number: np.array(signature(" ".join(words))) for number, words in EDITED.items()}
    shares = {number: float(resemblance(signed[1], signed[number])) for number in EDITED}
    assert found == {f"id-{number}": share for number, share in shares.items() if share >= THRESHOLD}
    assert set(found) == {"id-1", "id-2", "id-5"}
    assert list(found)[-1] == "id-2", "the least alike is last"


def test_none_is_missed_and_the_most_alike_are_given(collection: Collection) -> None:
    chance = Random(9)
    write(collection, "many", {n: BASE[: chance.randrange(60, 200)] + story(n, 40) for n in range(1, 301)})
    with open_index(collection) as index:
        near = NearTexts(index)
        all_of_them = like(index, near, 7, 1000)
        few = like(index, near, 7, 20)
        rows = index.rows("id, number").fetchall()
        own = near.signature(dict(rows)["id-7"])
        assert own is not None
        shares = {name: np.count_nonzero(near.signature(number) == own) / PERMUTATIONS for name, number in rows}
    assert all_of_them == {name: share for name, share in shares.items() if share >= THRESHOLD}
    assert 20 < len(all_of_them) < 300
    assert min(few.values()) >= sorted(all_of_them.values())[-20] - 0.05


def test_what_comes_and_goes_is_followed(collection: Collection) -> None:
    write(collection, "one", {1: BASE})
    with open_index(collection) as index:
        near = NearTexts(index)
        assert set(like(index, near, 1)) == {"id-1"}
        write(collection, "two", {2: BASE[:180], 3: story(3)})
        assert set(like(index, near, 1)) == {"id-1", "id-2"}
        # A file replaced: the numbers of its articles go to others.
        write(collection, "two", {4: story(4), 5: BASE[20:]})
        assert set(like(index, near, 1)) == {"id-1", "id-5"}
        (collection.records / "two.jsonl").unlink()
        assert set(like(index, near, 1)) == {"id-1"}
    with open_index(collection) as index:
        assert set(like(index, NearTexts(index), 1)) == {"id-1"}, "kept in the file"


def test_each_text_is_signed_once(collection: Collection) -> None:
    write(collection, "one", {1: BASE, 2: ["short"]})
    signed: list[str] = []

    def sign(text: str) -> None:
        signed.append(text)

    with open_index(collection) as index:
        index.catch_up()
        index.sign(sign)
        index.sign(sign)
        write(collection, "two", {3: story(3)})
        index.catch_up()
        index.sign(sign)
    assert [text.split()[0] for text in signed] == [BASE[0], "short", story(3)[0]]


def test_a_short_text_resembles_nothing(collection: Collection) -> None:
    write(collection, "one", {1: ["word"] * 19, 2: ["word"] * 19})
    with open_index(collection) as index:
        index.catch_up()
        near = NearTexts(index)
        near.catch_up()
        assert [near.signature(number) for (number,) in index.rows("number")] == [None, None]


def test_a_text_is_signed_as_it_stands_in_the_record(collection: Collection) -> None:
    texts = ["渡船今天停航，由于大雾 Ferry 停航 " * 8, "ท่าเรือปิด harbour ปิด " * 12, "나는 간다 ΟΔΟΣ strasse " * 9]
    write(collection, "one", {number: text.split(" ") for number, text in enumerate(texts)})
    with open_index(collection) as index:
        index.catch_up()
        near = NearTexts(index)
        near.catch_up()
        for number, text in enumerate(texts):
            ((at,),) = index.rows("number", "id = ?", f"id-{number}")
            found = near.signature(at)
            assert found is not None
            assert found.tolist() == signature(text)


def test_a_takedown_takes_the_signature_too(collection: Collection) -> None:
    write(collection, "one", EDITED)
    with open_index(collection) as index:
        like(index, NearTexts(index), 1)
    db = sqlite3.connect(search_path(collection), isolation_level=None)
    _forget(db, {"id-2"})
    assert db.execute("SELECT count(*) FROM signatures").fetchone() == (4,)
    db.close()


def test_an_export_judges_alike(tmp_path: Path) -> None:
    """The texts that stand in a cluster of an export are those that the earliest one's neighbours are."""
    texts = [BASE, BASE[:170] + story(2, 30), story(3), BASE[:120] + story(4, 20), story(3)[:150], story(6)]
    shots = [
        Shot(f"https://{n}.example/s.html", article(f"Story {n}", *_paragraphs(words)), NOON + timedelta(minutes=n))
        for n, words in enumerate(texts)
    ]
    collection = make_collection(tmp_path / "wires", shots)
    request = Request(columns=("id", "url", "cluster"), dedup=Dedup.NEAR, keep_duplicates=True)
    export([collection.path], request, tmp_path / "out")
    lines = [json.loads(line) for line in next((tmp_path / "out" / "data").iterdir()).read_bytes().splitlines()]
    with open_index(collection) as index:
        near = NearTexts(index)
        index.catch_up()
        near.catch_up()
        numbers = dict(index.rows("id, number"))
        ids = {number: record for record, number in numbers.items()}
        for centre in {line["cluster"] for line in lines}:
            wanted = near.signature(numbers[centre])
            assert wanted is not None
            members = {line["id"] for line in lines if line["cluster"] == centre}
            assert {ids[number] for number in near.like(wanted, 50)} == members
    assert len({line["cluster"] for line in lines}) == 3


def _paragraphs(words: list[str]) -> list[str]:
    return [" ".join(words[at : at + 40]).capitalize() + "." for at in range(0, len(words), 40)]
