"""Pages that are a discussion have their posts as text; articles with comments below have not."""

from collections.abc import Callable, Sequence
from itertools import count, cycle
from pathlib import Path

import pytest

from archive import extract, text_of
from archive.extraction.assembly import lacks
from archive.labels import Label
from archive.records import Block, Extraction, Record
from archive.research.captured_page import find_passage
from archive.sites import load_site
from archive.telling.kinds import WarningKind

OPENING = "The pendulum of the tower clock stops every Tuesday at four, and nobody has touched it since the summer."
REPLIES = (
    "Look at the suspension spring first. Ours was cracked on one side and the clock stopped with each change of wind.",
    "Tuesday is when the baker delivers. Is there a door below that is propped open while he carries his crates?",
    "It was the door. We hung a curtain before the case and it has not stopped for three weeks, thank you all.",
)
STORY = "".join(
    f"<p>The clock of the old tower has {number} wheels, and the keeper oils each of them on the first day of the "
    f"month, whatever the weather. He says that it takes him {number + 2} hours, and that he would miss it.</p>"
    for number in range(4, 12)
)
Written = Callable[[], str]


def page(body: str, head: str = "") -> str:
    menu = "<nav><a href=/>Home</a> <a href=/new>New posts</a> <a href=/rules>Rules</a></nav>"
    foot = "<footer>© 2024 Clockwork. <a href=/terms>Terms</a></footer>"
    return f"<html lang=en><head><title>The clock stops</title>{head}</head><body>{menu}{body}{foot}</body></html>"


def each(form: str, texts: Sequence[str]) -> str:
    """The texts in a form, with who wrote each and on which day of May."""
    writers = zip(cycle("oda wren tilde".split()), count(1), texts)
    return "".join(form.format(name=name, day=day, text=text) for name, day, text in writers)


def forum() -> str:
    posts = each(
        """<div id=p{day} class="post bg{day}"><dl class=postprofile><dt>{name}</dt><dd>Posts: 4{day}</dd></dl>
        <div class=postbody><h3>Re: The clock stops</h3><p class=author>by {name} » {day} May 2024, 18:0{day}</p>
        <div class=content>{text}</div><div class=signature>Time will tell, they said.</div></div></div>""",
        (OPENING, *REPLIES),
    )
    return page(f"<h1>The clock stops</h1>{posts}")


def tracker() -> str:
    posts = each(
        """<div class=timeline-comment><h3>{name} commented on May {day}, 2024</h3>
        <div class="comment-body markdown-body"><p>{text}</p></div></div>""",
        (OPENING, *REPLIES),
    )
    return page(f"<h1>The clock stops #87</h1><div>Open. oda opened this issue on May 1, 2024. 3 comments</div>{posts}")


def links() -> str:
    comments = each(
        """<tr class="athing comtr" id={day}><td><span class=comhead>{name} on May {day}, 2024 | next</span>
        <div class="commtext c00">{text}</div><div class=reply><a href=/reply>reply</a></div></td></tr>""",
        REPLIES,
    )
    head = "<td class=title><a href=/x>Ask: The clock stops</a></td></tr><tr><td>64 points by oda on May 1, 2024</td>"
    opening = f"<table><tr>{head}</tr><tr><td><div class=toptext>{OPENING}</div></td></tr></table>"
    return page(f"{opening}<table class=comment-tree>{comments}</table>")


@pytest.mark.parametrize(
    ("written", "url"),
    [
        (forum, "https://forum.clockwork.example/viewtopic.php?f=4&t=1177"),
        (forum, "https://www.clockwork.example/threads/the-clock-stops.31100/"),
        (tracker, "https://code.clockwork.example/tower/clock/issues/87"),
        (links, "https://news.clockwork.example/item?id=30112233"),
    ],
)
def test_the_posts_of_a_discussion_are_its_text(written: Written, url: str) -> None:
    record = extract(written(), url)
    assert [said for said in (OPENING, *REPLIES) if said not in record.text] == []
    for other in ("Posts: 41", "Re: The clock", "May 2", "reply", "commented", "New posts", "Terms", "Time will"):
        assert other not in record.text.replace(OPENING, ""), other
    replies = [block for block in record.blocks if block.text in REPLIES]
    assert {block.rule for block in replies if block.label is Label.COMMENTS} <= {"general:thread"}
    assert REPLIES[0] not in text_of(record, [Label.BODY]) or replies[0].label is Label.BODY


def test_a_passage_over_two_posts_is_found_and_a_page_of_posts_alone_has_a_text() -> None:
    head = Block(label=Label.COMMENTS, text="wren, 2 May", rule="general:post-head", confidence=0.9)
    posts = [Block(label=Label.COMMENTS, text=text, rule="general:thread", confidence=0.9) for text in REPLIES]
    record = Record(blocks=(posts[0], head, *posts[1:]), extraction=Extraction(version="1"))
    assert text_of(record) == "\n\n".join(REPLIES)
    assert find_passage(record, f"{REPLIES[0][-20:]} {REPLIES[1][:20]}") == (0, 2)
    assert lacks(record.blocks) == ()
    assert [warning.kind for warning in lacks([head])] == [WarningKind.NO_BODY]


def test_who_answers_first_opens_no_discussion() -> None:
    record = extract(links(), "https://news.clockwork.example/item?id=30112233")
    decided = {block.label for block in record.blocks if block.rule == "general:thread"}
    assert decided <= {Label.COMMENTS}
    assert record.blocks[[block.text for block in record.blocks].index(OPENING)].label is Label.BODY


def test_a_page_that_states_that_it_is_a_discussion_is_one() -> None:
    stated = '<script type="application/ld+json">{"@type": "DiscussionForumPosting", "headline": "The clock"}</script>'
    url = "https://www.clockwork.example/the-clock"
    said = forum().replace("</head>", f"{stated}</head>")
    assert all(reply in extract(said, url).text for reply in REPLIES)
    assert {block.rule for block in extract(forum(), url).blocks}.isdisjoint({"general:thread", "general:post-head"})


@pytest.mark.parametrize("url", ["https://news.example/topics/2024/05/clock-31100", "https://news.example/2024/clock"])
def test_the_comments_below_an_article_are_not(url: str) -> None:
    comments = each(
        """<li class=comment><cite>{name}</cite> <time>May {day}, 2024</time>
        <div class=comment-text>{text}</div></li>""",
        REPLIES * 4,
    )
    article = f"<article><h1>The clock stops</h1><div class=entry>{STORY}</div></article>"
    record = extract(page(f"{article}<section><h2>12 comments</h2><ol>{comments}</ol></section>"), url)
    assert record.text.count("The clock of the old tower") == 8
    assert not any(reply in record.text for reply in REPLIES)


@pytest.mark.parametrize(
    ("address", "head"),
    [
        ("forum/society/the-clock-has-stopped", ""),
        ("issues/87", '{"@type": "NewsArticle", "headline": "The clock"}'),
        ("issue/24/the-clock", '{"@type": "BlogPosting", "headline": "The clock"}'),
    ],
)
def test_the_comments_below_a_short_item_of_news_are_not(address: str, head: str) -> None:
    comments = each(
        "<div class=comment><b>{name}</b> <i>May {day}, 2024, 18:00</i><div class=comment-text>{text}</div></div>",
        REPLIES,
    )
    item = f"<article><h1>The clock has stopped</h1><div class=entry><p>{OPENING}</p></div></article>"
    stated = f"<script type='application/ld+json'>{head}</script>" if head else ""
    record = extract(page(f"{item}<h2>3 comments</h2>{comments}", stated), f"https://news.example/{address}")
    assert record.text.startswith(OPENING)
    assert not any(reply in record.text for reply in REPLIES)


def test_an_opening_may_stand_apart_from_the_answers() -> None:
    answers = each(
        "<div class=comment><div>{name} wrote on 2024-05-0{day}:</div><div class=comment-body>{text}</div></div>",
        REPLIES,
    )
    opening = f"<div class=description><h2>Description</h2><p>{OPENING}</p></div>"
    main = f"<div class=main><h1>The clock stops</h1><p>Affects 4 people</p>{opening}{answers}</div>"
    body = f"{main}<div class=side>Tags</div>"
    record = extract(page(body), "https://bugs.clockwork.example/clock/+bug/1774420")
    assert [said for said in (OPENING, *REPLIES) if said not in record.text] == []
    assert "wrote on" not in record.text


def test_an_article_in_boxes_keeps_all_of_its_text() -> None:
    parts = "".join(f"<div class=part><h2>Part {number}</h2>{STORY}</div>" for number in range(1, 4))
    url = "https://news.example/topics/clock-31100"
    record = extract(page(f"<article><h1>The clock stops</h1>{parts}</article>"), url)
    assert record.text == extract(page(f"<article><h1>The clock stops</h1>{parts}</article>")).text


def test_what_a_sites_file_says_of_comments_stands(tmp_path: Path) -> None:
    file = tmp_path / "clockwork.example.yaml"
    file.write_text("layouts: [{strip: [{label: comments, select: .content}]}]")
    record = extract(forum(), "https://forum.clockwork.example/viewtopic.php?t=1177", site=load_site(file))
    assert {block.rule for block in record.blocks if block.text in REPLIES} == {"site:strip[0]"}
