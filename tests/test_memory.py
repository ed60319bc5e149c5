"""Site memory: what repeats is known for what it is, and paragraphs that repeat by right are not lost."""

import pickle
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from lxml import html

from archive.errors import ConfigurationError
from archive.exchange import Capture
from archive.extraction.blocks import segment
from archive.extraction.extract import extract_capture, extract_page
from archive.extraction.features.elements import Ancestors
from archive.extraction.memory.article import article_of
from archive.extraction.memory.learning import MOST_ARTICLES, SiteLearner
from archive.extraction.memory.marks import Marks, places_of
from archive.extraction.memory.proposal import proposal
from archive.extraction.memory.recall import Observation
from archive.extraction.memory.site_memory import SiteMemory
from archive.extraction.memory.update import update
from archive.extraction.model import LABELS, load_model
from archive.labels import Label
from archive.records import Record
from archive.sites import Site
from archive.sites.loading import load_site
from tests.memory_site import APPEAL, QUOTATION, REFRAIN, MadePage, made_site

SITE = Site(domain="herald.example")
PAGES = made_site()


def capture(page: MadePage) -> Capture:
    return Capture(url=page.url, body=page.html.encode())


@cache
def observed(page: MadePage) -> Observation:
    seen = extract_page(capture(page), SITE, load_model(), SiteMemory(SITE.domain)).seen
    assert seen is not None
    return seen


def learnt(pages: Sequence[MadePage]) -> SiteMemory:
    learner = SiteLearner(SiteMemory(SITE.domain))
    for page in pages:
        learner.add(observed(page))
    return learner.memory()


@pytest.fixture(scope="module")
def thirty() -> SiteMemory:
    return learnt(PAGES)


@cache
def plain(page: MadePage) -> Record:
    return extract_capture(capture(page), SITE, load_model())


def record(page: MadePage, memory: SiteMemory) -> Record:
    return extract_capture(capture(page), SITE, load_model(), memory)


def wrong(record: Record, page: MadePage) -> tuple[set[str], set[str]]:
    """The body paragraphs that a record lacks, and what it has in its body beside them."""
    body = {block.text for block in record.blocks if block.label is Label.BODY}
    return set(page.body) - body, body - set(page.body)


def test_thirty_pages_leave_nothing_to_find(thirty: SiteMemory) -> None:
    without = [wrong(plain(page), page) for page in PAGES]
    assert sum(len(extra) for _, extra in without) >= 30, "the test needs a site that is hard without memory"
    for page in PAGES:
        assert wrong(record(page, thirty), page) == (set(), set()), page.url


def test_paragraphs_that_repeat_by_right_stay_body(thirty: SiteMemory) -> None:
    texts = {fact.excerpt: fact.pages for fact in thirty.texts.values()}
    assert texts[REFRAIN[:120]] == 5
    assert texts[QUOTATION[:120]] == 3
    for page in PAGES:
        found = {block.text: block.rule for block in record(page, thirty).blocks if block.label is Label.BODY}
        for text in (REFRAIN, QUOTATION):
            assert (text in found) == (text in page.body)
            assert found.get(text, "memory:text") == "memory:text"


def test_three_pages_help() -> None:
    few = PAGES[:3]
    memory = learnt(few)
    before = [wrong(plain(page), page) for page in few]
    after = [wrong(record(page, memory), page) for page in few]
    assert not any(lost for lost, _ in after)
    assert all(APPEAL in extra for _, extra in before), "the test needs a text that is hard without memory"
    assert not any(APPEAL in extra for _, extra in after)


def test_two_pages_change_nothing() -> None:
    memory = learnt(PAGES[:2])
    page = PAGES[0]
    assert record(page, memory) == plain(page)


def test_a_page_that_was_not_learnt_from_is_helped(thirty: SiteMemory) -> None:
    memory = learnt(PAGES[:20])
    for page in PAGES[20:]:
        assert wrong(record(page, memory), page) == (set(), set()), page.url


def test_the_record_names_the_memory(thirty: SiteMemory) -> None:
    assert record(PAGES[0], thirty).extraction.memory == thirty.digest
    assert plain(PAGES[0]).extraction.memory is None
    assert record(PAGES[0], thirty) == record(PAGES[0], SiteMemory.from_bytes(thirty.to_bytes(), "m"))


def test_captures_of_one_article_count_once() -> None:
    page = PAGES[0]
    revised = page.html.replace("</h1>", " (updated)</h1>").replace(page.body[2], "A correction was made here.")
    captures = [
        page,
        replace(page, url=page.url + "?from=feed", html=page.html),
        replace(page, url="https://m.herald.example/1", html=page.html),
        replace(page, html=revised),
    ]
    memory = learnt([*captures, *captures])
    assert memory.articles == 1
    assert not memory.texts
    rewritten = replace(PAGES[1], url=page.url)
    assert learnt([page, rewritten]).articles == 1, "the same address is the same article, whatever it says"


def test_articles_of_one_series_count_apart() -> None:
    parts = [
        article_of(f"https://a.example/{n}", None, "Notes from the coast", [(f"{n}{i}", 30) for i in range(9)])
        for n in range(2)
    ]
    assert not parts[0].is_same(parts[1])
    home = [article_of(f"https://a.example/{n}", "https://a.example/", None, []) for n in range(2)]
    assert not home[0].is_same(home[1]), "a home page is nobody's canonical address"


def test_a_headline_that_other_pages_link_to_stays_one(thirty: SiteMemory) -> None:
    for page in PAGES:
        headlines = [block for block in record(page, thirty).blocks if block.label is Label.HEADLINE]
        assert [block.xpath for block in headlines] == ["/html/body/main/article/h1"]


def test_the_file_is_stable_and_read_back_whole(thirty: SiteMemory) -> None:
    content = thirty.to_bytes()
    assert content == learnt(PAGES).to_bytes()
    again = SiteMemory.from_bytes(content, "m")
    assert again.to_bytes() == content
    assert again.digest == thirty.digest == "sha256:" + sha256(content).hexdigest()
    assert len(content.splitlines()) == 13 + len(thirty.texts) + len(thirty.places) + len(thirty.latest)
    assert str(REFRAIN[:60]).encode() in content, "people read it"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{}", "not a site memory"),
        (b"[1]", "not a site memory"),
        (b"\xff", "not a site memory"),
        (b'{"format": 99}', "of format 99; this version reads 1"),
        (b'{"format": 1, "site": "a", "model": "", "articles": "many"}', "not a site memory"),
    ],
)
def test_a_file_that_is_no_memory_is_said_to_be_none(content: bytes, why: str) -> None:
    with pytest.raises(ConfigurationError, match=f"m.json: .*{why}"):
        SiteMemory.from_bytes(content, "m.json")


def observation(number: int, texts: Sequence[str], site: str = "a.example") -> Observation:
    marks = Marks(texts, ["div > p"] * len(texts), [9] * len(texts))
    beliefs = np.full((len(texts), len(LABELS)), 1 / len(LABELS), np.float32)
    article = article_of(f"https://{site}/{number}", None, None, [])
    return Observation.of(site, "m", article, marks, texts, beliefs)


def test_learning_stays_flat_and_forgets_what_is_gone() -> None:
    learner = SiteLearner(SiteMemory("a.example"))
    for number in range(2 * MOST_ARTICLES):
        menu = "old menu" if number < 100 else "new menu"
        learner.add(observation(number, [menu, *(f"{number} {line}" for line in range(100))]))
        assert learner.counted < 21_000
    memory = learner.memory()
    assert MOST_ARTICLES / 2 <= memory.articles < MOST_ARTICLES
    pages = {key: fact.pages for key, fact in memory.texts.items()}
    assert pages["new menu"] > 5 * pages.get("old menu", 0)
    assert len(memory.to_bytes()) < 200_000


def test_learning_goes_on_from_a_file(thirty: SiteMemory) -> None:
    half = SiteMemory.from_bytes(learnt(PAGES[:15]).to_bytes(), "m")
    learner = SiteLearner(half)
    for page in PAGES:
        assert learner.add(observed(page)) == (page in PAGES[15:])
    memory = learner.memory()
    assert memory.articles == 30
    appeal = next(fact for fact in memory.texts.values() if fact.excerpt.startswith(APPEAL[:30]))
    assert appeal.pages == 30


def places(page: str) -> list[str]:
    blocks = segment(html.document_fromstring(page))
    return places_of(blocks, Ancestors.of(blocks))


def test_places_are_the_same_on_every_page() -> None:
    page = (
        '<main id="post-{n}" class="layout css-{n}a category-{n}"><div class="text__body__x7Kd{n} is-open col-{n}">'
        '<p class="b a">One</p><p><a href=/{n}><b>Two</b></a></p>run<ul><li>Three</li></ul></div></main>'
    )
    found = places(page.replace("{n}", "4711"))
    assert found == places(page.replace("{n}", "4812"))
    assert found == [
        "main.layout > div[class*=text__body__] > p.a.b",
        "main.layout > div[class*=text__body__] > p a b",
        "main.layout > div[class*=text__body__]",
        "main.layout > div[class*=text__body__] > ul > li",
    ]


def test_what_all_pages_share_is_not_body_however_sure_the_model_is() -> None:
    body = LABELS.index(Label.BODY)
    beliefs = np.zeros((2, len(LABELS)), np.float32)
    beliefs[:, body] = 1
    marks = Marks(["shared", "own"], ["p", "p"], [30, 30])
    learner = SiteLearner(SiteMemory("a.example"))
    for number in range(10):
        learner.add(observation(number, ["shared", f"other {number}"]))
    known = update(beliefs, marks, learner.memory(), article_of("https://a.example/new", None, None, []))
    assert list(known.beliefs.argmax(axis=1) == body) == [False, True]
    assert known.rules == ["memory:text", "model"]
    assert np.allclose(known.beliefs.sum(axis=1), 1)


def test_a_proposal_is_a_site_file_that_works(thirty: SiteMemory, tmp_path: Path) -> None:
    text = proposal(thirty)
    path = tmp_path / "herald.example.yaml"
    path.write_text("name: Herald\n" + text, encoding="utf-8")
    site = load_site(path)
    assert "on 30 of 30" in text
    for page in PAGES:
        made = extract_capture(capture(page), site, load_model())
        assert wrong(made, page)[0] == set(), page.url
        stripped = {block.text for block in made.blocks if block.rule.startswith("site:strip")}
        assert APPEAL in stripped
    with pytest.raises(ConfigurationError, match="too few"):
        proposal(SiteMemory("a.example"))


@pytest.mark.parametrize(
    "texts", [(), ("Support us with a gift.", "Support us with a gift.", "The ferry left at noon.")]
)
def test_what_a_worker_has_seen_arrives_as_it_was(texts: Sequence[str]) -> None:
    sent = observation(1, texts)
    got = pickle.loads(pickle.dumps(sent))
    assert (got.site, got.model, got.article) == (sent.site, sent.model, sent.article)
    assert (got.texts, got.places) == (sent.texts, sent.places)
    assert np.array_equal(got.text_beliefs, sent.text_beliefs)
    assert np.array_equal(got.place_beliefs, sent.place_beliefs)
