"""What metadata records say, there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.exchange import Origin, Purpose
from archive.warc.fields import origin_fields, origin_of, parse_fields

WORDS = st.one_of(st.none(), st.text(min_size=1).filter(lambda text: text == text.strip()))


@given(WORDS, WORDS, WORDS, st.sampled_from(Purpose))
def test_origins_come_back_whatever_the_words(via, title, date, purpose):
    origin = Origin(purpose, "feed", via, title, date)
    via, title, date = (text and text.encode("utf-8", "replace").decode() for text in (via, title, date))
    assert origin_of(parse_fields(origin_fields(origin))) == Origin(purpose, "feed", via, title, date)


@pytest.mark.parametrize(("said", "page"), [("3", 3), ("0", 0), ("9" * 5000, None), ("three", None), ("-1", None)])
def test_the_number_of_a_page_is_a_small_one(said, page):
    assert origin_of({"page": said}).page == page


def test_a_block_has_one_line_for_each_field():
    block = origin_fields(Origin(title="Two\r\nlines\u2028and 100 %"), seconds=1.2345, failure="reset\nby peer")
    assert block.decode().split("\r\n") == [
        "fetchTimeMs: 1234",
        "purpose: article",
        "foundIn: seed",
        "title: Two%0D%0Alines%E2%80%A8and 100 %25",
        "failure: reset%0Aby peer",
        "",
    ]


def test_other_tools_fields_leave_the_defaults():
    assert origin_of(parse_fields(b"purpose: unheard-of\r\nnonsense\r\nfetchTimeMs: 3\r\n\xff: x")) == Origin()
