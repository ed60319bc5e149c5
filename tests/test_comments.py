"""Readers' comments as data."""
# ruff: noqa: E501 - markup reads better on one line

import json
from time import process_time

from archive.extraction.extract import extract
from archive.records import Comment

STORY = "<article><h1>Harbour to be dredged</h1>" + "".join(
    f"<p>The harbour board met on Monday and agreed after debate number {number} to dredge the eastern basin.</p>"
    for number in range(6)
) + "</article>"  # fmt: skip


def comments(markup: str, head: str = "") -> list[tuple[str | None, str | None, str, int]]:
    page = f"<html lang=en><head><title>Harbour</title>{head}</head><body>{STORY}{markup}</body></html>"
    return [(one.author, one.date, one.text, one.depth) for one in extract(page, "https://gull.example/a").comments]


def wordpress(number: int, name: str, text: str, answers: str = "", depth: str = "") -> str:
    return (
        f'<li id="comment-{number}" class="comment even {depth}"><article id="div-comment-{number}" class="comment-body">'
        f'<footer class="comment-meta"><div class="comment-author vcard"><img alt="" src="a.png"><b class="fn">{name}</b>'
        f'<span class="says">says:</span></div><div class="comment-metadata"><a href="#c"><time datetime="2026-11-2'
        f'{number}T08:00:00+00:00">November 2{number}, 2026 at 8 am</time></a></div></footer><div class="comment-content">'
        f'{text}</div><div class="reply"><a href="#">Reply</a></div></article>{answers}</li>'
    )


def test_comments_of_wordpress_with_answers() -> None:
    answer = wordpress(
        2, "Bo Reed", "<p>Not for us.</p>", f'<ol class="children">{wordpress(3, "Cy", "<p>Why?</p>")}</ol>'
    )
    first = wordpress(
        1, "Ada Quill", "<p>Good news for us all.</p><p>At last.</p>", f'<ol class="children">{answer}</ol>'
    )
    form = '<div id="respond" class="comment-respond"><form class="comment-form"><textarea></textarea></form></div>'
    markup = f'<div id="comments" class="comments-area"><ol class="comment-list">{first}{wordpress(4, "Di", "Late!")}</ol>{form}'
    assert comments(markup) == [
        ("Ada Quill", "2026-11-21T08:00:00+00:00", "Good news for us all.\n\nAt last.", 1),
        ("Bo Reed", "2026-11-22T08:00:00+00:00", "Not for us.", 2),
        ("Cy", "2026-11-23T08:00:00+00:00", "Why?", 3),
        ("Di", "2026-11-24T08:00:00+00:00", "Late!", 1),
    ]


def test_depth_is_what_the_page_says() -> None:
    flat = wordpress(1, "Ada", "<p>One.</p>", depth="depth-1") + wordpress(2, "Bo", "<p>Two.</p>", depth="depth-2")
    assert [depth for *_, depth in comments(f"<ol>{flat}</ol>")] == [1, 2]


def test_comments_in_a_wrapper_of_the_same_name_have_one_rank() -> None:
    one = '<div class="user-comment"><span class="username">{}</span><span class="date">Nov 20, 2026</span><p>{}</p>{}</div>'
    inner = one.format("Cy", "No, two.", "")
    markup = f'<div class="comment-wrapper">{one.format("Ada", "One.", inner)}{one.format("Bo", "Two.", "")}</div>'
    assert comments(markup) == [
        ("Ada", "2026-11-20", "One.", 1),
        ("Cy", "2026-11-20", "No, two.", 2),
        ("Bo", "2026-11-20", "Two.", 1),
    ]


def test_microdata() -> None:
    markup = (
        '<section><div itemprop="comment" itemscope itemtype="https://schema.org/Comment"><span itemprop="author" itemscope>'
        '<span itemprop="name">Ada</span></span><meta itemprop="dateCreated" content="2026-11-20T08:00:00Z">'
        '<div itemprop="text"><p>Dredge it.</p></div><button>Like</button></div></section>'
    )
    assert comments(markup) == [("Ada", "2026-11-20T08:00:00+00:00", "Dredge it.", 1)]


def test_json_ld_fills_in_what_is_not_shown() -> None:
    answer = {"@type": "Comment", "text": "Never.", "author": {"name": "Bo Reed"}, "dateCreated": "2026-11-21"}
    stated = [
        {"@type": "Comment", "text": "Dredge <b>it</b>!", "author": "Ada Quill", "datePublished": "2026-11-20T08:00Z",
         "comment": answer},
    ]  # fmt: skip
    article = {"@type": "NewsArticle", "headline": "Harbour to be dredged", "comment": stated}
    head = f'<script type="application/ld+json">{json.dumps(article)}</script>'
    shown = '<div class="comment" id="comment-1"><span class="author">AdaQ</span><p class="comment-text">Dredge it!</p></div>'
    assert comments(shown, head) == [
        ("AdaQ", "2026-11-20T08:00:00+00:00", "Dredge it!", 1),
        ("Bo Reed", "2026-11-21", "Never.", 2),
    ]


def test_an_article_of_a_section_called_comment_is_none() -> None:
    page = f'<div class="comment"><span class="author">Ada</span><time datetime="2026-11-20">x</time>{STORY}</div>'
    assert extract(f"<html><body>{page}</body></html>").comments == ()


def test_counters_forms_and_links_are_none() -> None:
    markup = '<div class="add-comment"><span class="author">You</span><p>Log in.</p></div><div class="comment">3 comments</div>'
    assert comments(markup) == []


def test_a_comment_has_its_place() -> None:
    page = f"<html><body>{STORY}<ol>{wordpress(1, 'Ada', '<p>One.</p>')}</ol></body></html>"
    assert extract(page).comments == (
        Comment(author="Ada", date="2026-11-21T08:00:00+00:00", text="One.", depth=1, xpath="/html/body/ol/li/article"),
    )


def test_hostile_comments_take_little_time() -> None:
    deep = '<div class="comment author date">' * 300 + "<b></b>" * 8_000 + "Ada, 20 Nov 2026"
    flat = "".join(f'<div class="comment"><i class="author">A{n}</i><p>No.</p></div>' for n in range(2_000))
    for markup in (deep, f'<div class="comment-wrapper">{flat}</div>'):
        started = process_time()
        comments(markup)
        taken = process_time() - started
        started = process_time()
        comments(markup.replace("comment", "kommentar"))
        assert taken < 2 * (process_time() - started) + 3
