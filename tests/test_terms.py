"""What the network sees of a text: its words by where they stand."""

from zlib import crc32

from archive.extraction.features.terms import SIZE, Terms


def number(term: str) -> int:
    return crc32(term.encode()) % SIZE


def terms_of(words: list[str]) -> set[int]:
    return set(Terms.of([words]).numbers.tolist())


def test_words_count_by_where_they_stand() -> None:
    found = terms_of([f"w{count}" for count in range(20)])
    for term in ("opening:w0", "closing:w19", "first:w11", "last:w14", "between:w12", "pair:w7 w8", "size:about 8"):
        assert number(term) in found, term
    for term in ("first:w12", "last:w13", "between:w11", "pair:w8 w9", "whole:w0"):
        assert number(term) not in found, term


def test_a_short_text_is_a_term_as_a_whole() -> None:
    assert number("whole:about us") in terms_of(["about", "us"])


def test_a_text_without_words_has_a_term() -> None:
    assert terms_of([]) == {number("size:0")}


def test_texts_follow_each_other() -> None:
    terms = Terms.of([["a", "b", "a"], ["c"]])
    assert len(terms.numbers) == terms.sizes.sum()
    assert set(terms.numbers[terms.sizes[0] :].tolist()) == terms_of(["c"])


def test_letters_that_are_no_unicode_do_no_harm() -> None:
    assert terms_of(["\ud800"])
