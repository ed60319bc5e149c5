"""Which blocks sign a story and date it, and whom a page's parts name together."""

import pytest
from lxml import html

from archive import extract
from archive.extraction.metadata import complete, read_facts
from archive.extraction.metadata.authors import parse_byline
from archive.extraction.metadata.bylines import signing, stamping, unglued
from archive.extraction.metadata.facts import LabelledText
from archive.extraction.metadata.parted_text import apart
from archive.extraction.metadata.signatures import is_signature
from archive.labels import Label
from archive.records import Record

TEXT = (
    "The last car ferry across the sound will stop running at the end of the month after the county declined to renew "
    "the operating grant, ending a service that has carried farm trucks and school buses since 1951."
)
MORE = (
    "Captain Odile Marchetti, who has steered the boat for nineteen years, told a crowded meeting in Port Sallow that "
    "she learned of the decision from a notice taped to the ticket booth."
)


def block(label: Label, text: str, confidence: float = 0.9) -> LabelledText:
    return LabelledText(label, text, None, False, confidence)


def page(under: str, head: str = "", middle: str = "") -> Record:
    story = f"<h1>Last ferry to stop this month</h1>{under}<p>{TEXT}</p>{middle}<p>{MORE}</p>"
    title = "<title>Last ferry to stop this month - The Alder Valley Courier</title>"
    site = '<meta property="og:site_name" content="The Alder Valley Courier">'
    return extract(
        f"<html lang=en><head>{title}{site}{head}</head><body><article>{story}</article>", "https://a.example/1"
    )


@pytest.mark.parametrize(
    "text",
    [
        "by Tomas Ekdahl, 3 June 2007", "Posted on June 3, 2007 by Tomas Ekdahl", "June 3, 2007 | Tomas Ekdahl",
        "Tomas Ekdahl · Jun 3, 2007 · 5 min read", "June 3, 2007 By Tomas Ekdahl", "Von Tomas Ekdahl",
        "作者：陆明 编辑：王芳",
        "Posted by marenq", "Автор: Тимофей Лукашин 5 октября 2021, 15:00", "文・高瀬 美緒 写真・田中 一郎",
        "发表于2014-08-24 10:12| 3152次阅读| 来源山谷日报| 0 条评论| 作者陆明",
        "2014-08-24 | 来源：山谷日报 | 作者 陆明", "2014-08-24 来源 山谷日报 作者 陆明",
        "By Reuters", "2023/11/17 8:25:05来源：山谷日报作者：陆明责编：王芳评论：57",
    ],
)  # fmt: skip
def test_a_byline_is_known_by_its_form(text: str) -> None:
    assert is_signature(text)


@pytest.mark.parametrize(
    "text",
    [
        "June 3, 2007", "Last Updated June 3, 2007", "5 min read", "Home | News | Politics",
        "By the end of the month", "Share", "Tomas Ekdahl", "Artikel zum Hören • 3 Min", "text 14.84 KB", "",
        "文化", "文艺", "글로벌",
    ],
)  # fmt: skip
def test_what_is_no_byline_has_not_its_form(text: str) -> None:
    assert not is_signature(text)


def test_beside_the_headline_form_makes_up_for_an_unsure_label() -> None:
    line = block(Label.DATE, "June 3, 2007 | Tomas Ekdahl", 0.5)
    blocks = [block(Label.HEADLINE, "Ferry to stop"), line, block(Label.BODY, TEXT)]
    assert [one.text for one in signing(blocks)] == [line.text]
    assert signing([block(Label.HEADLINE, "Ferry to stop"), block(Label.BODY, TEXT), line]) == []


def test_a_word_for_by_alone_is_joined_with_the_name_behind_it() -> None:
    blocks = [block(Label.HEADLINE, "Ferry"), block(Label.BYLINE, "Posted by"), block(Label.NAVIGATION, "marenq")]
    assert [one.text for one in signing([*blocks, block(Label.BODY, TEXT)])] == ["Posted by marenq"]


@pytest.mark.parametrize(
    "credit",
    [
        "Text: Ylva Strandqvist\nFoto: Göran Ekmark",
        "Foto: Göran Ekmark Text: Ylva Strandqvist",
        "Text och bild: Ylva Strandqvist",
    ],
)
def test_a_credit_for_the_text_directly_below_the_story_signs_it(credit: str) -> None:
    below = block(Label.CAPTION, credit)
    story = [block(Label.HEADLINE, "Ferry"), block(Label.BODY, TEXT), block(Label.BODY, "She paused.")]
    assert [one.text for one in signing([*story, below], "sv")] == [credit]
    assert signing([*story, block(Label.RELATED, "Winter bus cut"), below], "sv") == []
    own = block(Label.BYLINE, "Av Tove Lindgren")
    assert [one.text for one in signing([story[0], own, *story[1:], below], "sv")] == [own.text]


@pytest.mark.parametrize(
    ("language", "last", "below", "signed"),
    [
        ("ko", "그는 웃었다.", "채윤슬 기자 chae@courier.example", "채윤슬 기자 chae@courier.example"),
        ("ja", "男性は笑った。【文・望月沙織】", "© 2026", "文・望月沙織"),
        ("ja", "男性は笑った。【東京】", "© 2026", None),
        ("ko", "그는 웃었다.", "문의 chae@courier.example", None),
        ("en", "He laughed.", "Mail us: desk@courier.example", None),
    ],
)
def test_papers_sign_at_the_end(language: str, last: str, below: str, signed: str | None) -> None:
    blocks = [block(Label.HEADLINE, "Ferry"), block(Label.BODY, last), block(Label.CONTACT, below)]
    assert [one.text for one in signing(blocks, language)] == ([signed] if signed else [])


@pytest.mark.parametrize(
    "credit", ["Foto: Göran Ekmark", "Text: see below", "Stationens text: Ylva Strandqvist", "Text: Redaktionen"]
)
def test_another_line_below_the_story_does_not_sign_it(credit: str) -> None:
    assert signing([block(Label.HEADLINE, "Ferry"), block(Label.BODY, TEXT), block(Label.CAPTION, credit)], "sv") == []


def test_a_box_of_related_stories_above_the_story_does_not_sign_it() -> None:
    box = [block(Label.RELATED, "Winter bus cut"), block(Label.BYLINE, "By Jon Russet")]
    own = [block(Label.HEADLINE, "Ferry"), block(Label.BYLINE, "By Tomas Ekdahl")]
    assert [one.text for one in signing([*own, *box, block(Label.BODY, TEXT)])] == ["By Tomas Ekdahl"]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<a>Tomas Ekdahl</a><span>Transport correspondent</span>", "Tomas Ekdahl\nTransport correspondent"),
        ("By <a>Tomas Ekdahl</a><span>, Priya Lund</span>", "By Tomas Ekdahl, Priya Lund"),
        ("<span>Tomas</span><span>Ekdahl</span>", "Tomas Ekdahl"),
        ("<span class=name>Tomas Ekdahl</span><span class=date>3 June</span>", "Tomas Ekdahl\n3 June"),
        ("By <b>T</b>omas Ekdahl", "By Tomas Ekdahl"),
        ("By\n  <a>Tomas Ekdahl</a>", "By Tomas Ekdahl"),
    ],
)
def test_inline_elements_of_different_kinds_stand_apart(markup: str, text: str) -> None:
    element = html.fromstring(f"<p>{markup}</p>")
    shown = " ".join("".join(map(str, element.itertext())).split())
    assert apart(LabelledText(Label.BYLINE, shown, element)) == text


def test_a_date_in_a_teaser_is_another_story_s_and_one_under_tags_is_not() -> None:
    teaser = html.fromstring("<a><h3>How we priced a ferry</h3><time>Mar 5, 2026</time></a>")
    tags = html.fromstring("<div><p><a>apps</a> <a>mobile</a></p><p>April 8, 2024</p></div>")
    above, date = teaser
    labelled = [block(Label.BODY, TEXT), LabelledText(Label.RELATED, "How we priced a ferry", above)]
    labelled.append(LabelledText(Label.DATE, "Mar 5, 2026", date))
    assert [one.text for one in stamping(labelled).other] == ["Mar 5, 2026"]
    labelled = [block(Label.BODY, TEXT), LabelledText(Label.RELATED, "apps mobile", tags[0])]
    labelled.append(LabelledText(Label.DATE, "April 8, 2024", tags[1]))
    assert [one.text for one in stamping(labelled).below] == ["April 8, 2024"]


@pytest.mark.parametrize(
    "author",
    [
        "Courier Staff",
        "Direction de la communication",
        "Watermark feed",
        "Web Office",
        "Alder Valley Courier Web Office",
    ],
)
def test_a_person_goes_before_a_feed_an_office_or_the_paper(author: str) -> None:
    head = f'<meta name="author" content="{author}">'
    assert page("<p class=byline>By Tomas Ekdahl</p>", head).authors == ("Tomas Ekdahl",)
    assert page("", head).authors == (author,)


@pytest.mark.parametrize(
    "line",
    [
        "Games Editor", "National Biotech Reporter", "Senior Life and Trends Reporter",
        "RN, BSN, Certified Sleep Consultant",
        "Director of Engineering, Inference Platform, Kelp", "TE", "Ekdahl",
    ],
)  # fmt: skip
def test_a_line_behind_a_person_that_says_what_that_person_is_names_nobody(line: str) -> None:
    assert _authors("By Tomas Ekdahl", line) == ("Tomas Ekdahl",)


@pytest.mark.parametrize("line", ["Priya Lund Politics Reporter", "By Priya Lund", "Priya Lund"])
def test_a_line_behind_a_person_that_names_another_counts(line: str) -> None:
    assert _authors("By Tomas Ekdahl", line) == ("Tomas Ekdahl", "Priya Lund")


@pytest.mark.parametrize("credit", ["Edited by", "Fact-checked by", "Reviewed by:", "Photos:"])
def test_a_name_behind_a_line_that_credits_other_work_is_no_author(credit: str) -> None:
    assert _authors("By", "Tomas Ekdahl", credit, "Priya Lund", "Priya Lund") == ("Tomas Ekdahl",)


def _authors(*lines: str) -> tuple[str, ...]:
    labelled = [block(Label.HEADLINE, "Ferry"), *(block(Label.BYLINE, line) for line in lines), block(Label.BODY, TEXT)]
    tree = html.fromstring("<html><body></body></html>")
    return complete(read_facts(tree, ""), labelled, tree, "https://a.example/1").authors


def test_a_place_that_the_story_names_is_no_author() -> None:
    assert page("<p class=byline>By Tomas Ekdahl, Port Sallow</p>").authors == ("Tomas Ekdahl",)
    told = "<p>The last boat of Port Tarn was sold to a museum on Tuesday, and its crew was given a clock each.</p>"
    assert page("<p class=byline>By Tomas Ekdahl, Port Tarn</p>", middle=told).authors == ("Tomas Ekdahl",)


def test_a_reader_is_no_author_of_what_he_comments_on() -> None:
    cite = "<li class=u-comment><div class=p-author><a class=p-name href=/j>Jon Russet</a></div><p>I rode it.</p></li>"
    said = "<span itemprop=author>Jon Russet</span> wrote on <time>13 May 2024</time>:</p><p itemprop=text>I rode it."
    comment = f'<div itemprop=comment itemscope itemtype="http://schema.org/Comment"><p>{said}</p></div>'
    story = f"<article><h1>Last ferry to stop this month</h1><p>{TEXT}</p><p>{MORE}</p></article>"
    for below in (comment, f"<ul>{cite}</ul>"):
        record = extract(f"<html lang=en><body>{story}<section class=comments><h3>1 comment</h3>{below}</section>")
        assert record.authors == ()


def test_a_card_s_author_in_mid_page_is_not_the_story_s() -> None:
    card = "<div class=card><h3>County cuts the bus</h3><p class=byline>By Jon Russet</p><p>It ends in May.</p></div>"
    record = page("<p class=byline>By Tomas Ekdahl</p>", middle=card)
    assert record.authors == ("Tomas Ekdahl",)


def test_who_wrote_may_stand_below_the_first_lines() -> None:
    lines = (
        (Label.HEADLINE, "Ferry"),
        (Label.BODY, TEXT),
        (Label.BYLINE, "Written by"),
        (Label.BYLINE, "Eliz - Marketer"),
    )
    labelled = [block(label, text) for label, text in (*lines, (Label.BODY, MORE))]
    assert [one.text for one in signing(labelled)] == ["Written by", "Eliz - Marketer"]


def test_a_byline_goes_on_behind_its_comma() -> None:
    lines = (Label.BYLINE, "Dewi Anggraini,"), (Label.CAPTION, "Bagas Prakoso"), (Label.CAPTION, "Tim Redaksi")
    labelled = [block(label, text) for label, text in ((Label.HEADLINE, "Ferry"), *lines, (Label.BODY, TEXT))]
    assert signing(labelled)[0].text == "Dewi Anggraini, Bagas Prakoso"


def test_the_dates_of_a_ticker_and_of_the_past_are_not_the_story_s() -> None:
    strip = "<div><b>Breaking</b> <a href=/n><time datetime=2024-02-01T09:40>09:40</time> No water on Monday</a></div>"
    article = f"<article><h1>Last ferry to stop this month</h1><p>22 May 2023</p><p>{TEXT}</p><p>{MORE}</p></article>"
    assert extract(f"<html lang=en><body>{strip}{article}", "https://a.example/1").date_published == "2023-05-22"
    told = f"<p>On <time datetime=1990-02-26>26 February 1990</time> the chimney fell into the harbour. {TEXT}</p>"
    assert page("", middle=told).date_published is None


def test_what_was_accessed_or_reviewed_is_no_publication() -> None:
    assert page("", middle="<p>Accessed: 4 June 2023</p>").date_published is None
    assert page("<p>Page last reviewed: 4 June 2023</p>").date_published is None
    assert page("", middle="<footer><small>Page vérifiée le 4 juin 2023</small></footer>").date_published is None


def test_a_publication_that_is_the_last_change_yields_to_the_date_above_the_story() -> None:
    head = "".join(
        f'<meta property="article:{name}_time" content="2025-11-29T12:28:31-05:00">'
        for name in ("published", "modified")
    )
    under = "<p class=byline>By Tomas Ekdahl</p><time class=date>Published August 13, 2025</time>"
    record = page(under, head)
    assert (record.date_published, record.date_modified) == ("2025-08-13", "2025-11-29T12:28:31-05:00")


def test_what_a_page_states_says_which_number_is_the_month() -> None:
    head = "".join(
        f'<meta property="article:{name}_time" content="2017-11-03T03:01:00">' for name in ("published", "modified")
    )
    date = "<p class=date>11.03.17 in Ferries</p>"
    assert page(date, head).date_published == "2017-11-03T03:01:00"
    updated = '<meta property="article:modified_time" content="2023-10-04T03:01:00">'
    assert page("<p class=date>03/10/2023</p>", updated).date_published == "2023-10-03"
    assert page("<p class=date>03/10/2023</p>").date_published == "2023-03-10"
    assert page("<p class=date>March 10, 2023</p>", updated).date_published == "2023-03-10"


@pytest.mark.parametrize("path", ["2023/10/ferry", "news/2023/october/ferry", "2023/Oct/ferry"])
def test_a_month_in_the_address_says_it_too(path: str) -> None:
    story = f"<article><h1>Last ferry</h1><p class=date>03/10/2023</p><p>{TEXT}</p><p>{MORE}</p></article>"
    assert extract(f"<html lang=en>{story}", f"https://a.example/{path}").date_published == "2023-10-03"
    assert extract(f"<html lang=en>{story}", "https://a.example/2023/05/ferry").date_published == "2023-03-10"


def test_the_site_s_name_is_known_by_the_link_to_its_home_page_and_its_copyright() -> None:
    story = f"<p><b>Ferry to stop</b></p><p>{TEXT}</p><p>{MORE}</p>"
    footer = "<footer><p>Copyright 1999 Harrow County Gazette Online. All rights reserved.</p></footer>"
    title = "<title>Harrow County Gazette Online: Ferry to stop</title>"
    assert extract(f"<html lang=en>{title}<body>{story}{footer}").title == "Ferry to stop"
    logo = "<header><h1><a href='/'>Harrow Gazette</a></h1></header>"
    record = extract(
        f"<html lang=en><title>Harrow Gazette | Ferry to stop</title><body>{logo}{story}", "https://h.example/1"
    )
    assert record.title == "Ferry to stop"


def test_a_text_between_a_page_s_parts_is_not_looked_for_in_all_of_it() -> None:
    rows = "".join(f"By Jane Doe {number}<p>x</p>" for number in range(3000))
    element = html.fromstring(f"<div>{rows}</div>")
    assert apart(LabelledText(Label.BYLINE, "By Jane Doe 7", element)) == "By Jane Doe 7"


def test_who_signs_the_rows_above_a_headline_signs_other_stories() -> None:
    rows = [("Harbour app counts seals", "34 minutes ago by Jonah Russo"), ("Drones recalled", "1 hour ago by Al Hara")]
    above = "".join(f"<div><h3>{title}</h3><div>{by}</div></div>" for title, by in rows)
    page = html.fromstring(f"<main>{above}<h1>Road under sand</h1><div>by Devi Colderwood</div><p>{TEXT}</p></main>")
    labels = [Label.PROMOTION, Label.BYLINE] * 2 + [Label.HEADLINE, Label.BYLINE, Label.BODY]
    leaves = [one for one in page.iter("h1", "h3", "div", "p") if len(one) == 0]
    blocks = [LabelledText(label, str(one.text), one) for label, one in zip(labels, leaves, strict=True)]
    assert [one.text for one in signing(blocks)] == ["by Devi Colderwood"]


@pytest.mark.parametrize(
    ("opening", "names"),
    [
        ("本报讯（记者　周闻溪）", ["周闻溪"]),
        ("（本报记者 李明 王芳）", ["李明", "王芳"]),
        ("记者在码头看到", []),
        ("他说（据当地一名记者的说法）", []),
    ],
)
def test_chinese_papers_sign_in_the_first_paragraph(opening: str, names: list[str]) -> None:
    text = f"{opening}三月二十一日清晨六点，临江老渡口的铜钟响了七下。江对岸卖豆腐的梁婶放下担子，愣了半天。" * 2
    blocks = [LabelledText(Label.BYLINE, "责任编辑：孟晓棠"), LabelledText(Label.BODY, text)]
    assert [name for one in signing(blocks) for name in parse_byline(one.text)] == names


@pytest.mark.parametrize(
    ("text", "markup", "names"),
    [
        ("Newsletter no. 31, by Beatrix Holloway", None, ["Beatrix Holloway"]),
        ("A poem, by the sea", None, []),
        (
            "Snow fence blown away\nBy Harlan Stroud",
            "<b>Snow fence blown away<br>By Harlan Stroud</b>",
            ["Harlan Stroud"],
        ),
        ("박소연 기자입력 2020.05.21 14:32댓글 12 글자크기", None, []),
        (
            "박소연 기자입력 2020.05.21 14:32댓글 12글자크기",
            "<p><span>박소연 기자</span><span>입력 2020.05.21 14:32</span><span>댓글 12</span><span>글자크기</span>",
            ["박소연"],
        ),
    ],
)
def test_lines_near_the_headline_sign_by_a_part(text: str, markup: str | None, names: list[str]) -> None:
    label = Label.DATE if "기자" in text else Label.PROMOTION
    line = LabelledText(label, text, html.fromstring(markup) if markup else None, False, 0.3)
    found = signing([block(Label.HEADLINE, "The rose with no name"), line, block(Label.BODY, TEXT)], "ko")
    assert [name for one in found for name in parse_byline(one.text)] == names


def test_a_headline_is_parted_from_the_byline_below_it() -> None:
    markup = "<center><b>Barn owls return</b><br>by Petra Lind<br>June 28, 1998</center>"
    owls = LabelledText(Label.HEADLINE, "Barn owls return by Petra Lind June 28, 1998", html.fromstring(markup))
    found = unglued([owls, block(Label.BODY, TEXT)])
    parts = [(Label.HEADLINE, "Barn owls return"), (Label.BYLINE, "by Petra Lind\nJune 28, 1998"), (Label.BODY, TEXT)]
    assert [(one.label, one.text) for one in found] == parts
    record = extract(f"<html lang=en><title>Barn owls return</title>{markup}<hr><p>{TEXT}<p>{MORE}")
    assert (record.title, record.authors, record.date_published) == ("Barn owls return", ("Petra Lind",), "1998-06-28")
    whole = LabelledText(Label.HEADLINE, "Owls By the sea", html.fromstring("<h1>Owls<br>By the sea</h1>"))
    assert unglued([whole]) == [whole]


def test_a_name_in_the_list_that_says_when_signs() -> None:
    markup = (
        "<div><ul><li><span>Orla Finch</span></li><li>Feb 12, 2024</li><li>3 min read</li></ul><h2>Plus - Minus</h2>"
    )
    record = extract(f"<html lang=en><title>Plus - Minus</title>{markup}<p>{TEXT}<p>{MORE}")
    assert (record.authors, record.date_published) == (("Orla Finch",), "2024-02-12")


def test_a_program_s_version_is_no_day() -> None:
    told = "Sew through the fold. The template file is now at version 3.11.2014, and prints on one sheet."
    assert extract(f"<html lang=en><h1>How to bind</h1><p>{TEXT}<p>{MORE}<p>{told}").date_published is None


def test_a_time_of_another_story_dates_none() -> None:
    more = "<section><h2>Läs mer</h2><article><h3><a href=/b>Guide: tak</a></h3></article></section>"
    time = html.fromstring("<time datetime=2023-05-02>2 maj 2023</time>")
    page = html.fromstring(f"<html><body><h1>Guide</h1><p>{TEXT}</p>{more}")
    next(page.iter("article")).insert(0, time)
    facts, teaser = (
        read_facts(page, "https://a.example/guide"),
        LabelledText(Label.RELATED, "2 maj 2023", time, False, 0.9),
    )
    blocks = [block(Label.HEADLINE, "Guide"), block(Label.BODY, TEXT), teaser]
    assert complete(facts, blocks, page, "https://a.example/guide").date_published is None
    doubted = [*blocks[:2], teaser._replace(confidence=0.5)]
    assert complete(facts, doubted, page, "https://a.example/guide").date_published == "2023-05-02"


@pytest.mark.parametrize(
    ("label", "text", "names"),
    [
        (Label.CAPTION, "文・小野寺 千尋 写真・三枝 航平", ["小野寺 千尋"]),
        (Label.CAPTION, "写真・三枝 航平", []),
        (Label.CAPTION, "Текст: Олена Гриценко | Фото: Максим Дзюба | Редактор: Павло Сич", ["Олена Гриценко"]),
        (Label.CAPTION, "Von der Brücke aus gesehen: Foto: Jana Ott", []),
    ],
)
def test_a_line_that_credits_words_and_pictures_is_no_caption(label: Label, text: str, names: list[str]) -> None:
    blocks = [block(Label.HEADLINE, "廃校の木造校舎"), block(label, text), block(Label.BODY, TEXT)]
    assert [name for one in signing(blocks, "ja") for name in parse_byline(one.text, language="ja")] == names


def test_who_posted_it_may_stand_below_among_the_comments() -> None:
    posted = block(Label.COMMENTS, "Pubblicato da Ersilia Bottazzi alle 18:25 3 commenti", 0.5)
    blocks = [block(Label.HEADLINE, "Tre gatti"), block(Label.BODY, TEXT), posted]
    assert [one.text for one in signing(blocks, "it")] == [posted.text]
    assert signing([*blocks[:2], block(Label.COMMENTS, "Anna Rossi ha detto: bello!")], "it") == []


def test_a_reader_s_name_signs_below_where_the_line_has_more_of_the_post() -> None:
    blocks = [block(Label.HEADLINE, "Diciannove orologi"), block(Label.BODY, TEXT)]
    posted = block(Label.COMMENTS, "scritto da nives_v alle 22:17 | commenti (7) | link permanente", 0.6)
    assert [one.text for one in signing([*blocks, posted], "it")] == [posted.text]
    assert signing([*blocks, posted._replace(text="scritto da nives_v alle 22:17")], "it") == []


@pytest.mark.parametrize(
    ("under", "names"),
    [
        ("<ul class=by><li><a rel=author>Jofre Casals</a></li><li><a rel=author>Mireia Solà</a></li></ul>", 2),
        ("<div class=by>Jofre Casals</div><div class=by>Mireia Solà</div>", 1),
    ],
)
def test_a_list_of_bylines_names_all(under: str, names: int) -> None:
    tree = html.fromstring(f"<div>{under}</div>")
    first, second = list(tree.iter("li")) or list(tree)
    signed = block(Label.BYLINE, "Jofre Casals")._replace(element=first)
    doubted = block(Label.BYLINE, "Mireia Solà", 0.5)._replace(element=second)
    for both in ((signed, doubted), (doubted, signed)):
        blocks = [block(Label.HEADLINE, "Rocallonga"), *both, block(Label.BODY, TEXT)]
        assert len(signing(blocks, "ca")) == names


@pytest.mark.parametrize(("inside", "names"), [("Jussara Carvalhal", 1), ("Relógios", 0)])
def test_a_name_right_before_the_day_signs(inside: str, names: int) -> None:
    tree = html.fromstring(f"<div><a href=/j>{inside}</a><p>Publicado em 12 ago. 2024</p></div>")
    name, day = block(Label.NAVIGATION, inside, 0.5), block(Label.DATE, "Publicado em 12 ago. 2024")
    head = block(Label.HEADLINE, "O relógio que atrasava")
    blocks = [name._replace(element=tree), day._replace(element=tree[1]), head, block(Label.BODY, TEXT)]
    assert len(signing(blocks, "pt")) == names


@pytest.mark.parametrize("text", ["di Chiara Bonfanti | c.bonfanti@lavalle.example | Tel. 0573 555 118"])
def test_a_name_with_its_address_under_the_headline_signs(text: str) -> None:
    blocks = [block(Label.HEADLINE, "La funicolare"), block(Label.CONTACT, text, 0.6), block(Label.BODY, TEXT)]
    assert [one.text for one in signing(blocks, "it")] == [text]
    blocks[1] = block(Label.CONTACT, "di Montesalvo | Tel. 0573 555 118", 0.6)
    assert signing(blocks, "it") == []


def test_an_agency_behind_and_is_no_place() -> None:
    record = page("<div class=byline>Door Marijke Hollander en ANP</div><div class=date>14 maart 2024</div>")
    assert record.authors == ("Marijke Hollander", "ANP")


def test_where_the_story_was_written_is_nobody() -> None:
    body = "El faro de Punta Salobre dejará de encenderse a fin de mes, después de que la autoridad lo decidiera."
    under = "<div class=byline>Por Rosalía Montalvo, en Punta Salobre</div><time>15 de junio de 2022</time>"
    story = f"<html lang=es><head><title>El faro se apaga</title></head><body><article><h1>El faro se apaga</h1>{under}"
    assert extract(f"{story}<p>{body}</p><p>{body}</p></article>", "https://a.example/1").authors == (
        "Rosalía Montalvo",
    )
    assert page("<div class=byline>Door Jan Smit en Marieke Vos</div>").authors == ("Jan Smit", "Marieke Vos")


def test_a_person_goes_before_an_office_that_metadata_names() -> None:
    stated = '<meta name=dc.creator content="Alder College, Communications and Marketing Directorate">'
    assert page("<p class=byline>By Rosalind Petherbridge</p>", stated).authors == ("Rosalind Petherbridge",)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("<p style='text-align:right'><strong>Vân Khánh</strong></p>", 1),
        ("<p class=text-right>Vân Khánh</p>", 1),
        ("<p><strong>Vân Khánh</strong></p>", 0),
        ("<p align=right>Kết thúc câu chuyện về con thuyền.</p>", 0),
    ],
)
def test_a_name_at_the_right_margin_below_the_story_signs_it(written: str, names: int) -> None:
    element = html.fragment_fromstring(written)
    last = block(Label.BODY, str(element.xpath("string()")), 0.6)._replace(element=element)
    blocks = [block(Label.HEADLINE, "Thuyền rồng"), block(Label.BODY, TEXT), last]
    assert len(signing(blocks, "vi")) == names


def test_a_reader_signs_as_programs_write_it() -> None:
    blocks = [
        block(Label.HEADLINE, "Minutes"),
        block(Label.DATE, "Tue, 05/11/2010 - 13:42 — margit"),
        block(Label.BODY, TEXT),
    ]
    assert [name for one in signing(blocks, "en") for name in parse_byline(one.text)] == ["margit"]


def test_what_microdata_calls_an_author_s_name_is_one() -> None:
    person = "<span itemprop=author itemscope><a href=/u/t>tomatl</a><b itemprop=name>tomatl</b><i>3 badges</i></span>"
    assert page(person).authors == ("tomatl",)
    assert page("<span itemprop=author>tomatl</span>").authors == ()


def test_a_story_s_first_block_may_be_its_headline_byline_and_day() -> None:
    font = html.fragment_fromstring(
        "<font><b>Mlýn dostane kolo</b><br>Napsal Bohumil Zárub<br>Číslo 23, 5. června 1998</font>"
    )
    glued = block(Label.BODY, "Mlýn dostane kolo Napsal Bohumil Zárub Číslo 23, 5. června 1998")._replace(element=font)
    first, signed, _ = unglued([glued, block(Label.BODY, TEXT)])
    assert (first.text, signed.label) == ("Mlýn dostane kolo", Label.BYLINE)
    assert len(unglued([block(Label.HEADLINE, "Mlýn"), glued])) == 3
    assert len(unglued([block(Label.BODY, TEXT), glued])) == 2


def test_a_credit_for_words_behind_one_for_pictures_signs() -> None:
    credit = block(Label.BYLINE, "Foto: Petr Blažek | Text: Hana Doležalová", 0.54)
    blocks = [block(Label.HEADLINE, "Mosty"), credit, block(Label.DATE, "5. 10. 2021"), block(Label.BODY, TEXT)]
    assert [name for one in signing(blocks, "cs") for name in parse_byline(one.text)] == ["Hana Doležalová"]
