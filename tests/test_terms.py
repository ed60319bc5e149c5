"""What the network sees of a text: its words by where they stand."""

from collections import Counter

import pytest

from archive.extraction.features.terms import Terms, WordHashes

#: Twenty words, all different.
WORDS = [f"w{count}" for count in range(20)]


def terms_of(words: list[str]) -> Counter[int]:
    return Counter(Terms.of([words]).numbers.tolist())


def changed(words: list[str], place: int) -> int:
    """How many terms of a text are others once a word of it is another."""
    other = [*words[:place], "other", *words[place + 1 :]]
    return (terms_of(words) - terms_of(other)).total()


@pytest.mark.parametrize(
    ("place", "terms"),
    [
        # Each as one of the first words; the first opens the text, and up to the eighth each is in two pairs.
        (0, 3),
        (1, 3),
        (7, 3),
        (8, 2),
        (9, 1),
        (11, 1),
        # Those between.
        (12, 1),
        (13, 1),
        # The last six stand between the first and the end, too, and the last one closes the text.
        (14, 2),
        (19, 3),
    ],
)
def test_words_count_by_where_they_stand(place: int, terms: int) -> None:
    assert changed(WORDS, place) == terms


def test_a_word_is_another_term_in_another_place() -> None:
    first, second = terms_of(["tide", "low"]), terms_of(["low", "tide"])
    # Both say how long they are and which words are among the first.
    assert (first & second).total() == 3


def test_a_short_text_is_a_term_as_a_whole() -> None:
    # One of the first words, in one pair, the closing one, and the whole.
    assert changed(["about", "us"], 1) == 4
    # From six words on not: one of the first words, in one pair, the closing one.
    assert changed(WORDS[:6], 5) == 3


def test_words_far_inside_long_texts_do_not_count() -> None:
    long = [f"w{count}" for count in range(500)]
    assert [changed(long, place) for place in (59, 60, 493, 494)] == [1, 0, 0, 1]


def test_lengths_are_told_apart_the_less_the_longer_texts_are() -> None:
    def longer(count: int) -> int:
        """How many terms one word more brings."""
        return (terms_of(["w"] * (count + 1)) - terms_of(["w"] * count)).total()

    # Between the first words and the last each word is a term; another length is one more.
    assert [longer(count) for count in (20, 22, 30, 31)] == [1, 2, 1, 2]
    assert longer(70) == 0


def test_texts_follow_each_other() -> None:
    texts = [["a", "b", "a"], [], ["c"], WORDS]
    terms = Terms.of(texts)
    assert len(terms.numbers) == terms.sizes.sum()
    ends = terms.sizes.cumsum().tolist()
    parts = [terms.numbers[end - size : end] for end, size in zip(ends, terms.sizes, strict=True)]
    assert [Counter(part.tolist()) for part in parts] == [terms_of(words) for words in texts]


def test_no_texts_have_no_terms() -> None:
    assert [len(part) for part in Terms.of([])] == [0, 0]


def test_letters_that_are_no_unicode_do_no_harm() -> None:
    assert terms_of(["\ud800"])


def test_hashes_are_the_same_after_they_were_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.extraction.features.terms._MOST", 2)
    hashes = WordHashes()
    found = [hashes[word] for word in ("low", "tide", "ebb", "low")]
    assert found[0] == found[3]
    assert len(hashes) == 2
