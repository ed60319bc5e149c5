"""What is remembered of pages has a bound in bytes, not only in entries."""

import pytest
from htmldate.extractors import try_date_expr

from archive.extraction import remembered as module
from archive.extraction.extract import extract
from archive.extraction.features.markup import host_of, urlsplit_host
from archive.extraction.features.terms import WordHashes
from archive.extraction.metadata.fact_text import skeleton
from archive.extraction.remembered import remembered


def test_short_texts_are_remembered_and_long_ones_are_not() -> None:
    asked: list[str] = []

    @remembered(2)
    def shout(text: str, *, sign: str = "!") -> str:
        """Loudly."""
        asked.append(text)
        return text.upper() + sign

    long = "b" * (module.LONGEST + 1)
    assert [shout("a"), shout("a"), shout("a", sign="?"), shout(long), shout(long)] == [
        "A!", "A!", "A?", long.upper() + "!", long.upper() + "!",
    ]  # fmt: skip
    assert asked == ["a", "a", long, long]
    for text in ("c", "d", "a"):
        shout(text)
    assert asked[4:] == ["c", "d", "a"]
    assert shout.__doc__ == "Loudly."


def test_long_words_are_hashed_and_not_kept() -> None:
    hashes = WordHashes()
    assert hashes["word"] == WordHashes()["word"]
    assert hashes["w" * 100_000] == hashes["w" * 100_000]
    assert list(hashes) == ["word"]


@pytest.mark.parametrize("name", ["Größe! " * 100_000, "The bridge " * 100_000])
def test_the_skeleton_of_a_long_text_is_the_same(name: str) -> None:
    assert skeleton(name) == skeleton(name[: len(name) // 2]) * 2


def test_hosts_of_long_addresses() -> None:
    path = "/a" * 100_000
    assert (
        host_of(f"https://www.courier.example{path}") == urlsplit_host(f"//courier.example{path}") == "courier.example"
    )
    assert host_of("https://[" + path) == ""


def test_what_htmldate_remembers_is_let_go() -> None:
    stamp = "2026 " * 20_000
    extract(
        f"<p>Words without a date</p><abbr class=published title='{stamp}'>x</abbr><time datetime='{stamp}'>y</time>"
    )
    assert try_date_expr.cache_info().currsize == 0
