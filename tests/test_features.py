"""What the label model sees: the section around a block, the heading above it, names, links."""

import numpy as np
import pytest

from archive.extraction.blocks import segment
from archive.extraction.cues import CUED, NO_HITS, text_hits
from archive.extraction.features import markup, neighbours
from archive.extraction.features import word_rows as words
from archive.extraction.features.elements import Ancestors, names_of
from archive.extraction.features.matrix import PageBlocks, page_features
from archive.extraction.features.neighbours import Features, beliefs_around
from archive.extraction.features.plain import PlainText, text_features
from archive.extraction.features.word_rows import tokens_of
from archive.extraction.model import LABELS
from archive.extraction.parsing import parse_page
from archive.extraction.stated import StatedFacts
from archive.labels import Label

STORY = "The ferry left the island at noon and the people on the quay went home before the rain came. " * 3
PAGE = f"""<html><body>
<nav class="menu"><ul><li><a href="/">Home</a></li><li><a href="/n">News</a></li><li><a href="/s">Sport</a></li>
<li><a href="/c">Culture</a></li></ul></nav>
<article><h1>Ferry leaves</h1><p>{STORY}</p><p>{STORY}</p><p>{STORY}</p><p>{STORY}</p>
<hr><p><em>Mira Holt writes about the islands.</em></p></article>
<section class="comments"><h3>Comments</h3><p>Well done.</p><p>I was there.</p><p>Me too.</p><form><input></form>
</section></body></html>"""


def page() -> PageBlocks:
    return PageBlocks.of(segment(parse_page(PAGE)), "https://herald.example/1", StatedFacts())


def row_of(text: str) -> int:
    return next(index for index, block in enumerate(page().blocks) if block.text.startswith(text))


def section_column(name: str) -> np.ndarray:
    features = page_features(page())
    names = neighbours.SECTION_NAMES
    return features.matrix[:, features.matrix.shape[1] - len(names) + names.index(name)]


def test_a_section_is_the_largest_part_that_is_not_the_article() -> None:
    found = page_features(page())
    comments = [row_of(text) for text in ("Comments", "Well done", "I was there", "Me too")]
    box, section, _ = found.groups
    assert len({int(section[row]) for row in comments}) == 1
    assert section[row_of("Home")] == section[row_of("Culture")] != section[comments[0]]
    assert box[row_of("Home")] == box[row_of("Sport")]
    assert len({int(section[row_of("Ferry")]), int(section[row_of("Mira")]), int(section[comments[0]])}) == 3


def test_a_block_knows_the_heading_of_its_section() -> None:
    hits = section_column(f"under_{Label.COMMENTS}")
    assert hits[row_of("Me too")] > 0
    assert hits[row_of("Home")] == -1
    assert section_column("under_distance")[row_of("Me too")] == 3


def test_beliefs_of_a_group_stand_beside_each_block() -> None:
    beliefs = np.zeros((4, len(LABELS)), np.float32)
    beliefs[:2, LABELS.index(Label.COMMENTS)] = 1
    groups = (np.array([0, 1, 0, 1]),)
    of = Features(np.zeros((4, 1), np.float32), np.ones(4, np.float32), groups)
    means = beliefs_around(of, beliefs)[:, -len(LABELS) :]
    assert means[:, LABELS.index(Label.COMMENTS)].tolist() == [0.5] * 4


def test_plain_text_has_no_groups() -> None:
    features = text_features(PlainText.of(["Ferry leaves", STORY]))
    assert features.groups == ()
    assert len(features.matrix) == len(features.words) == 2


def test_italics_and_rules_are_seen() -> None:
    of = page()
    ancestors = Ancestors.of(of.blocks)
    rows = markup.markup_rows(of.blocks, ancestors, names_of(ancestors), of.url)
    mira = rows[row_of("Mira")]
    assert mira[markup.NAMES.index("italic")] == 1
    assert mira[markup.NAMES.index("after_rule")] == 1
    assert rows[row_of("Well"), markup.NAMES.index("form_beside")] == 1
    assert rows[row_of("Home"), markup.NAMES.index("form_beside")] == 0


def test_a_biography_opens_with_the_name_in_the_byline() -> None:
    texts = ["By Mira Holt", "The ferry left.", "Mira Holt lives on the island."]
    tokens = [text.lower().replace(".", "").split() for text in texts]
    opens, lines, times = words.opening_columns(texts, tokens)
    assert opens == [1.0, 0.0, 1.0]
    assert lines[2] == 2
    assert times[2] == 1


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("https://herald.example/authors/mira-holt", "to_author"),
        ("/tag/ferries", "to_tag"),
        ("https://www.facebook.com/sharer?u=x", "to_share"),
        ("https://www.instagram.com/herald", "to_social"),
        ("/privacy", "to_legal"),
        ("mailto:desk@herald.example", "to_mail"),
        ("tel:+35312345", "to_phone"),
        ("https://elsewhere.example/", "to_other_host"),
    ],
)
def test_links_say_where_they_lead(target: str, name: str) -> None:
    assert markup.link_row("herald.example", (target,))[markup.LINK_NAMES.index(name)]
    assert not markup.link_row("herald.example", ("https://herald.example/story",))[markup.LINK_NAMES.index(name)]


def test_cues_of_every_language_are_of_known_labels() -> None:
    features = page_features(PageBlocks.of(segment(parse_page("<p>Das Wichtigste in Kürze</p>")), "", StatedFacts()))
    assert features.matrix.shape[0] == 1
    assert Label.STANDFIRST in CUED
    assert not {Label.BODY, Label.HEADLINE} & set(CUED)


TEXTS = [
    "Read more",
    "By M. R. Holt, 14:30 on 12.11.2026",
    "ÄRGER ÜBER DIE BRÜCKE",
    "١٢ rooms for €40 🙂 | © The Herald",
    "",
    STORY + "www.herald.example, or call +353 123 45 678",
]


def word_features(texts: list[str]) -> np.ndarray:
    return words.word_rows(texts, [words.tokens_of(text) for text in texts])


def test_a_text_looks_the_same_alone_among_others_and_the_second_time() -> None:
    together = word_features([*TEXTS, *TEXTS])
    assert np.array_equal(together[: len(TEXTS)], together[len(TEXTS) :])
    assert all(np.array_equal(word_features([text])[0], row) for text, row in zip(TEXTS, together, strict=False))


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("initials", [0, 2, 0, 0, 0, 0]),
        ("clock", [0, 1, 0, 0, 0, 0]),
        ("day", [0, 1, 0, 0, 0, 0]),
        ("all_caps", [0, 0, 1, 0, 0, 0]),
        ("money", [0, 0, 0, 1, 0, 0]),
        ("copyright", [0, 0, 0, 1, 0, 0]),
        ("separators", [0, 0, 0, 1, 0, 0]),
        ("web", [0, 0, 0, 0, 0, 1]),
        # As many digits, points and spaces as a number has.
        ("phone", [0, 1, 0, 0, 0, 1]),
    ],
)
def test_signs_of_a_text(name: str, rows: list[float]) -> None:
    assert word_features(TEXTS)[:, words.NAMES.index(name)].tolist() == rows


def test_capitals_and_digits_count_in_every_script() -> None:
    found = word_features(["Ää1٢ab"])[0]
    assert found[words.NAMES.index("upper")] == np.float32(1 / 4)
    assert found[words.NAMES.index("digits")] == np.float32(2 / 6)


def test_a_phrase_counts_by_its_words_wherever_it_stands() -> None:
    related = CUED.index(Label.RELATED)
    assert text_hits("Read more", ["read", "more"])[0][related] >= 2
    assert text_hits("Then read more", ["then", "read", "more"])[1][related] == 0
    assert text_hits("Read", ["read"]) is NO_HITS
    share, promotion = CUED.index(Label.SHARE_PROMPT), CUED.index(Label.PROMOTION)
    for text, label in (("व्हाट्सएप पर शेयर करें", share), ("Abonnez-vous !", promotion)):
        assert text_hits(text, tokens_of(text))[0][label]


def test_sums_of_groups_are_those_of_their_rows() -> None:
    values = np.arange(8, dtype=np.float32).reshape(4, 2)
    sums, sizes, first = neighbours.group_sums(values, np.array([1, 0, 1, 0]))
    assert sums.tolist() == [[8, 10], [4, 6]]
    assert (sizes.tolist(), first.tolist()) == ([2, 2], [1, 0])
