"""Near-duplicates by MinHash."""

from pathlib import Path

import numpy as np

from archive.datasets.clusters import stars
from archive.datasets.duplicate_signatures import PERMUTATIONS, SignatureFile, signature, words


def story(seed: int, length: int = 300) -> list[str]:
    """Words that hardly any other seed shares."""
    chance = np.random.default_rng(seed)
    return [f"w{number}" for number in chance.integers(0, 5000, length)]


def centres(tmp_path: Path, texts: list[list[str]], order: list[int] | None = None) -> list[int]:
    file = SignatureFile(tmp_path / "signatures")
    file.add(range(len(texts)), (" ".join(text) for text in texts))
    numbers, signatures = file.read()
    rows = np.arange(len(numbers)) if order is None else np.array(order)
    return [int(rows[centre]) for centre in stars(signatures, rows)]


def test_edited_copies_join_the_earliest(tmp_path: Path) -> None:
    base, other = story(1), story(2)
    texts = [base, other, base[:200], other + story(3, 60), base[150:] + base[:150], story(4)]

    assert centres(tmp_path, texts) == [0, 1, 0, 1, 0, 5]


def test_the_order_of_time_decides_who_stands_for_a_cluster(tmp_path: Path) -> None:
    base = story(1)
    texts = [base, base[:250], base[:200]]
    file = SignatureFile(tmp_path / "signatures")
    file.add([10, 20, 30], (" ".join(text) for text in texts))
    numbers, signatures = file.read()

    assert numbers.tolist() == [10, 20, 30]
    assert stars(signatures, np.array([2, 0, 1])).tolist() == [0, 0, 0]


def test_a_chain_of_small_changes_does_not_join_what_has_nothing_in_common(tmp_path: Path) -> None:
    first, last = story(1, 400), story(2, 400)
    texts = [first[step * 50 :] + last[: step * 50] for step in range(9)]
    found = centres(tmp_path, texts)

    assert found[1] == 0
    assert found[-1] != 0
    assert all(found[centre] == centre for centre in found)


def test_a_story_that_quotes_another_is_its_own(tmp_path: Path) -> None:
    old, new = story(1), story(2)
    assert centres(tmp_path, [old, new + old[:100]]) == [0, 1]


def test_a_large_cluster_is_found_whole(tmp_path: Path) -> None:
    base = story(1)
    texts = [base[: 300 - number % 40] for number in range(500)]
    assert set(centres(tmp_path, texts)) == {0}


def test_short_texts_have_no_signature(tmp_path: Path) -> None:
    assert signature("word " * 19) is None
    assert len(signature("word " * 20) or ()) == PERMUTATIONS
    assert centres(tmp_path, []) == []


def test_scripts_without_spaces_are_compared_by_characters() -> None:
    assert words("由于大雾,Ferry 停航") == ["由", "于", "大", "雾", "ferry", "停", "航"]
    assert words("ท่าเรือ")[:2] == ["ท", "่"]
    assert words("나는 간다") == ["나는", "간다"]


def test_signatures_do_not_change() -> None:
    """Data sets of today must be made again tomorrow."""
    text = "The harbour board met on Monday and agreed to dredge the eastern basin before the spring tides return."
    assert (signature(text + " Work begins in March.") or [])[:4] == [73491650, 1388320189, 3225295026, 3255194957]
