"""Which names of a page's elements a block's terms hold."""

from archive.extraction.features.elements import Ancestors, element_names
from archive.extraction.page_reading import visible_blocks
from archive.extraction.parsing import parse_page


def terms(page: str) -> list[set[int]]:
    """The terms of each block of a page."""
    blocks = visible_blocks(parse_page(page))[0]
    found = element_names(Ancestors.of(blocks))
    ends = found.sizes.cumsum().tolist()
    return [set(found.numbers[end - size : end].tolist()) for end, size in zip(ends, found.sizes, strict=True)]


def alone(page: str) -> set[int]:
    (found,) = terms(page)
    return found


def test_words_of_a_name_are_terms_however_they_are_joined() -> None:
    joined = [
        f'<p class="{name}">Low tide</p>' for name in ("storyKicker", "story-kicker", "story_kicker", "kicker story")
    ]
    assert len({frozenset(alone(one)) for one in joined}) == 1
    assert alone(joined[0]) != alone('<p class="story">Low tide</p>')


def test_it_matters_how_far_above_a_name_stands() -> None:
    near, far = '<div class="teaser"><p>Low tide</p></div>', '<div class="teaser"><div><p>Low tide</p></div></div>'
    assert alone(near) != alone(far) != alone('<p class="teaser">Low tide</p>')


def test_ids_count_as_classes_do_and_other_names_apart() -> None:
    assert alone('<p id="byline">Mira Holt</p>') == alone('<p class="byline">Mira Holt</p>')
    assert alone('<p itemprop="byline">Mira Holt</p>') != alone('<p class="byline">Mira Holt</p>')


def test_every_block_has_a_term_and_deep_pages_no_more() -> None:
    deep = terms(
        '<body class="home">' + "<div class=box>" * 200 + "<p>Low tide</p>" + "</div>" * 200 + "<p>Ebb</p></body>"
    )
    assert all(deep)
    assert len(deep[0]) < 12


def test_long_names_and_many_levels_are_cut() -> None:
    names = " ".join(f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    page = f'<div class="{names}" id="{names}" role="{names}">' * 100 + "<p>Low tide</p>"
    (block,) = visible_blocks(parse_page(page))[0]
    (size,) = element_names(Ancestors.of([block])).sizes
    assert size <= 128


def test_what_no_one_reads_of_an_element_makes_it_look_no_other() -> None:
    links = "".join(f"<p class=c style='top:{at}px' data-at={at}>word</p>" for at in range(5)) + "<p class=d>word</p>"
    looks = Ancestors.of(visible_blocks(parse_page(f"<body>{links}</body>"))[0]).looks
    assert [named for tag, named in looks if tag == "p"] == [(("class", "c"),), (("class", "d"),)]
