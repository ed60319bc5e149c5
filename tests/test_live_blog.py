"""The posts of live blogs: from the page, and from what it states of them."""

import json

from archive.extraction.extract import extract
from archive.extraction.parsing import parse_page
from archive.extraction.stated import states
from archive.labels import Label
from archive.records import Record
from archive.telling.kinds import WarningKind
from tests.paged_stories import article, paragraphs

URL = "https://paged.example/2026/11/storm-live"
TIMES = ("2026-11-28T09:00:00+01:00", "2026-11-28T08:30:00+01:00", "2026-11-28T08:00:00+01:00")


def stated(count: int = 3, *, bodies: bool = True, length: int = 2) -> str:
    updates = [
        {
            "@type": "BlogPosting",
            "headline": f"Post {number} of the day",
            "datePublished": time,
            "url": f"{URL}#p{number}",
        }
        | ({"articleBody": "\n".join(paragraphs(f"post {number}", length))} if bodies else {})
        for number, time in enumerate(TIMES[:count])
    ]
    node = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting",
        "headline": "Storm",
        "liveBlogUpdate": updates,
    }
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def shown(count: int = 3, time: str = '<time datetime="{}">then</time>') -> str:
    return "".join(
        f'<section class="post" id="p{number}">{time.format(when)}<h2>Post {number} of the day</h2>'
        + "".join(f"<p>{text}</p>" for text in paragraphs(f"post {number}", 2))
        + "</section>"
        for number, when in enumerate(TIMES[:count])
    )


def read(head: str = "", behind: str = "", title: str = "Storm") -> Record:
    return extract(
        article(title, paragraphs("intro", 1), behind, head), URL.replace("-live", "") if "live" not in head else URL
    )


def posts_of(record: Record) -> list[tuple[str | None, str | None, list[str]]]:
    """Headline, time and body of each post."""
    return [
        (
            post.title,
            post.date_published,
            [block.text for block in record.blocks if block.post == number and block.label is Label.BODY],
        )
        for number, post in enumerate(record.posts, 1)
    ]


def expected(*numbers: int) -> list[tuple[str | None, str | None, list[str]]]:
    return [
        (
            f"Post {number} of the day",
            TIMES[number],
            [f"Post {number} of the day", *paragraphs(f"post {number}", 2)],
        )
        for number in numbers
    ]


def test_posts_from_the_page() -> None:
    record = read(behind=shown(), title="Storm: live updates")
    assert posts_of(record) == expected(0, 1, 2)
    assert record.posts[0].url == f"{URL.replace('-live', '')}#p0"
    [intro] = paragraphs("intro", 1)
    assert [block.post for block in record.blocks if block.text == intro] == [None]
    assert record.text
    assert record.text.startswith(intro), "as body, or as a standfirst in its place"


def test_what_is_no_live_blog_has_no_posts() -> None:
    assert read(behind=shown()).posts == (), "nothing calls it one"
    assert read(behind=shown(2), title="Storm: live updates").posts == (), "too few to tell"
    assert read(title="How to live by the sea").posts == ()


def test_posts_that_are_stated_and_not_shown() -> None:
    record = read(stated())
    assert posts_of(record) == expected(0, 1, 2)
    assert [post.url for post in record.posts] == [f"{URL}#p{number}" for number in range(3)]
    assert {block.rule for block in record.blocks if block.post} == {"json-ld:liveBlogUpdate"}
    assert record.text.startswith(paragraphs("intro", 1)[0])
    assert WarningKind.HIDDEN_TEXT in record.extraction.warning_kinds
    tree = parse_page(article("Storm", [], head=stated()))
    (script,) = tree.iter("script")
    assert all(states(script, block.text) for block in record.blocks if block.post)


def test_what_stands_there_until_a_script_has_run_is_no_body() -> None:
    page = article("Storm", ["Loading updates…"], head=stated(2))
    record = extract(page, URL)
    assert posts_of(record) == expected(0, 1)
    assert "Loading" not in record.text


def test_stated_and_shown_posts_are_the_same() -> None:
    record = read(stated(3), shown(3, "{0[0]}"))
    assert posts_of(record) == expected(0, 1, 2), "their times are stated alone"
    assert "json-ld:liveBlogUpdate" not in {block.rule for block in record.blocks}
    record = read(stated(3), shown(2))
    assert posts_of(record) == expected(0, 1, 2), "the last one is loaded by a script"
    assert [block.post for block in record.blocks if block.rule == "json-ld:liveBlogUpdate"] == [3, 3, 3]


def test_the_text_of_an_excerpt_is_what_it_shows() -> None:
    record = read(stated(3, length=9), shown(2))
    assert len(record.posts) == 3
    unshown = [block for block in record.blocks if block.rule == "json-ld:liveBlogUpdate"]
    assert {(block.post, block.label) for block in unshown} == {(3, Label.RELATED)}
    assert len(unshown) == 10
    assert paragraphs("post 2", 1)[0] not in record.text
    assert paragraphs("post 1", 2)[1] in record.text


def test_posts_that_are_stated_without_their_text() -> None:
    record = read(stated(3, bodies=False), shown(3))
    assert posts_of(record) == expected(0, 1, 2)
