"""What a reader sees of a page: at once, after a click, or with scripts switched off."""

from time import process_time

import pytest

from archive.extraction.page_reading import visible_blocks
from archive.extraction.parsing import parse_page
from archive.telling.kinds import WarningKind

LONG = "The last car ferry across the sound will stop running at the end of the month, the county said on Tuesday. "
STORY = f"<h1>Ferry</h1><p>{LONG * 5}</p><p>{LONG * 6}</p>"
REST = "<p>A bridge has been proposed four times since 1968.</p>"


def read(inner: str) -> tuple[str, list[str]]:
    blocks, warnings = visible_blocks(parse_page(f"<body><main><div class=story>{STORY}{inner}</div></main></body>"))
    return "\n".join(block.text for block in blocks), [warning.kind.value for warning in warnings]


@pytest.mark.parametrize(
    "rest",
    [
        f"<button aria-controls=m>Read full story</button><div id=m hidden>{REST}</div>",
        f"<div id=m style='display:none'>{REST}</div><p>x</p><a href=#m>More</a>",
        f"<button>Read more</button><div style='display: none'>{REST}</div>",
        f"<div hidden>{REST}</div><a class=show-more href=/>More</a>",
        f"<div id=rest style='display:none'>{REST}</div><div><a class=expend href=#>展开全文</a></div>",
        f"<div id=rest style='display:none'>{REST}</div><p>.</p><a onclick=\"getElementById('rest').remove()\">Go</a>",
        f"<div id=rest style='display:none'>{REST}</div><a class=btn onclick=show()>Baca selengkapnya</a>",
        f"<div class=accordion><h3><button aria-expanded=false>Why?</button></h3><div hidden>{REST}</div></div>",
        f"<div class=is-collapsed><div class=callout-title>Why?</div><div style=display:none>{REST}</div></div>",
        f"<div><div><div><div><div class=is-collapsed><i>Why?</i><div class=callout-content hidden>{REST}</div></div>"
        "</div></div></div></div>",
        f"<ul role=tablist><li role=tab>One</ul><div role=tabpanel hidden>{REST}</div>",
        f"<div class='collapse-body' style=display:none>{REST}<button>Show less</button></div>",
        f"<div class=faq-item><h4 aria-expanded=false>Why?</h4><div style='visibility:hidden'>{REST}</div></div>",
    ],
)
def test_what_a_reader_can_open_belongs_to_the_article(rest: str) -> None:
    text, warnings = read(rest)
    assert "A bridge has been proposed" in text
    assert warnings == ["collapsed"]


@pytest.mark.parametrize(
    "rest", [f"<details><summary>Why?</summary>{REST}</details>", f"<div hidden=until-found>{REST}</div>"]
)
def test_what_browsers_open_themselves_is_said_too(rest: str) -> None:
    text, warnings = read(rest)
    assert "A bridge has been proposed" in text
    assert warnings == ["collapsed"]


def test_a_story_in_noscript_is_read_in_scripts_that_need_few_letters() -> None:
    story = "<p>停航二十年的渡口昨天重新開航，首班船由六名學生輪流擔任船長，在老船長指導下平穩靠上對岸。</p>" * 5
    page = (
        f"<body><nav><a href=/a>首頁</a></nav><div>載入中…</div><noscript><article>{story}</article></noscript></body>"
    )
    blocks, warnings = visible_blocks(parse_page(page))
    assert len(blocks) == 7
    assert [warning.kind.value for warning in warnings] == ["noscript"]


@pytest.mark.parametrize(
    "rest",
    [
        f"<div hidden>{REST}</div>",
        f"<p style='display:none'>{LONG}</p>",
        f"<button aria-controls=m>Menu</button><ul id=m hidden><li><a href=/a>{LONG}</a></ul>",
        f"<button aria-controls=m>Share</button><div id=m class=share-box hidden>{REST}</div>",
        f"<button aria-controls=m>Subscribe</button><div id=m hidden>{REST}<form><input></form></div>",
        f"<button aria-controls=m>Cookies</button><div id=m role=dialog hidden>{REST}</div>",
        f"<aside><button aria-controls=m>More</button><div id=m hidden>{REST}</div></aside>",
        f"<button>More</button><div class='modal fade' style=display:none>{REST}</div>",
        f"<button>More</button><script>x</script><template>{REST}</template>",
        "<button>More</button><div hidden>OK</div>",
    ],
)
def test_what_belongs_elsewhere_stays_out(rest: str) -> None:
    text, warnings = read(rest)
    assert "bridge" not in text
    assert warnings == []


def test_what_stands_far_from_the_article_stays_out() -> None:
    page = f"<body><main><div>{STORY}</div></main><div><div><button>More</button><div hidden>{REST}</div></div></div>"
    assert "bridge" not in "".join(block.text for block in visible_blocks(parse_page(page))[0])


def test_a_beginning_is_not_read_twice() -> None:
    start = "A bridge has been proposed four times since 1968, and each time"
    text, _ = read(f"<p class=short>{start} …</p><div class=full-text hidden><p>{start} the plan failed.</p></div>")
    assert text.count(start) == 1
    assert "the plan failed." in text


def test_an_article_in_noscript_alone_is_read() -> None:
    page = (
        f"<body><div id=app></div><noscript><article>{STORY}</article></noscript><noscript><img src=a>Pixel</noscript>"
    )
    blocks, (warning,) = visible_blocks(parse_page(page))
    assert [block.text for block in blocks] == ["Ferry", (LONG * 5).strip(), (LONG * 6).strip()]
    assert warning.kind is WarningKind.NOSCRIPT


def test_an_article_in_noscript_within_noscript_is_read() -> None:
    blocks, (warning,) = visible_blocks(parse_page(f"<body><noscript><noscript>{STORY}</noscript></noscript>"))
    assert [block.text for block in blocks] == ["Ferry", (LONG * 5).strip(), (LONG * 6).strip()]
    assert warning.kind is WarningKind.NOSCRIPT


def test_noscript_elements_within_each_other_take_linear_time() -> None:
    tree = parse_page("<body>" + "<noscript>" * 300 + "x<b>y</b>" * 30_000)
    started = process_time()
    visible_blocks(tree)
    assert process_time() - started < 2


def test_twins_in_noscript_are_not_read() -> None:
    text, warnings = read(f"<figure><noscript><img src=a><p>{LONG * 3}</p></noscript></figure>")
    assert text.count(LONG.strip()) == 11
    assert warnings == []


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("x <math><mi>F</mi><mo>=</mo><mi>m</mi><annotation>F = m</annotation></math> y", "x F=m y"),
        ("<span class=katex-mathml><math><mi>F</mi></math></span><span aria-hidden=true><b>F</b></span> y", "F y"),
        ("Call <i class=material-icons aria-hidden=true>phone_in_talk</i> us", "Call us"),
        ("Call <span aria-hidden=true>us</span>", "Call us"),
        ("Buy <mat-icon role=img aria-hidden=true>shopping_cart</mat-icon> it", "Buy it"),
        ("History<span class=mw-editsection>[<a href=e>edit</a>]</span>", "History"),
        ("History<a class=headerlink href=#h>¶</a>", "History"),
        ("<a class=anchor aria-hidden=true href=#h>#</a>History", "History"),
        ("History <a class=hash-link href=#h>#</a>", "History"),
        ("<a class=anchor href=#h>History</a>", "History"),
        ("<a class=anchor href=/c>#</a> sharp", "# sharp"),
        ("<span class=mw-cite-backlink>^ <a href=#r>a</a></span> County archive", "County archive"),
        ("County archive <a href=#r class=footnote-backref>↩</a>", "County archive"),
        ("County archive <a href=#r role=doc-backlink>↩</a>", "County archive"),
        ("County <a href=#r role=doc-noteref>archive</a>", "County archive"),
        ("One<title>no</title> two", "One two"),
        ("<span aria-hidden=true>T</span><span class=sr-only>T</span>he end", "The end"),
        ("<span aria-hidden=true>T</span><b>he end</b>", "The end"),
        (
            "<span aria-hidden=true>T</span><i aria-hidden=true>he end</i><span class=sr-only>The end</span> of it",
            "The end of it",
        ),
        ("<span aria-hidden=true><b>N</b>obody</span><span class=sr-only>Nobody</span> came", "Nobody came"),
        ("<span class=sr-only>Published on 12 May</span><span aria-hidden=true>12 May</span>", "Published on 12 May"),
        ("Paid<label for=n class='margin-toggle'>⊕</label><input id=n class=margin-toggle> in 1958", "Paid in 1958"),
        ("<b class=sr>The</b><span aria-hidden=true><i>T</i>he</span> keeper", "The keeper"),
        ("Rated <span aria-hidden=true>★</span><span>★</span>", "Rated ★★"),
        ("<span class=sr-only>O</span><span class=glyph aria-hidden=true>O</span>nce", "Once"),
        ("<span class=sr-only>O</span>h <span aria-hidden=true>O</span>nce", "Oh Once"),
    ],
)
def test_signs_for_the_eye_are_no_text(markup: str, shown: str) -> None:
    blocks, _ = visible_blocks(parse_page(f"<div>{markup}</div>"))
    assert "\n".join(block.text for block in blocks) == shown


SUMMARY = "<p>A summary for machines: the ferry ends after seventy-three years, and nobody rang the captain.</p>"


@pytest.mark.parametrize(
    ("style", "attributes"),
    [
        ("<style>.hidden-metadata{display:none}</style>", "class='p-summary hidden-metadata'"),
        ("<style>/* .x{ */ @import 'a'; p{}\n#one ,.b { color: red; visibility : hidden }</style>", "id=one"),
        ("<style>.story .k9, .box>.x{display:none !important}</style>", "class=k9"),
        ("<style>#main .story .k9{display:none}</style>", "class='digest k9'"),
        ("<style media=screen>.a{}</style><STYLE>.md\\:block,.c,.d{DISPLAY:none!important}</STYLE>", "class=d"),
    ],
)
def test_what_a_page_s_own_rules_hide_is_not_read(style: str, attributes: str) -> None:
    text, warnings = read(f"{style}<div id=main><div class=story><div {attributes}>{SUMMARY}</div></div></div>")
    assert "machines" not in text
    assert warnings == []


@pytest.mark.parametrize(
    ("style", "markup"),
    [
        ("@media print{.c{display:none}}", SUMMARY),
        ("@supports(display:grid){.c{display:none}}", SUMMARY),
        (".c{display:none}@media(min-width:9em){.md\\:block{display:block}}", SUMMARY),
        (".c{display:none}.open .c{display:flex}", SUMMARY),
        (".js .c{display:none}.c:empty,div.c{display:none}", SUMMARY),
        (".app .c{display:none}", SUMMARY),
        (".faq .c{display:none}", SUMMARY),
        (".story .c{display:none}", f"{SUMMARY}</div><div class=c>{SUMMARY}"),
        (".c{--display:none;x-display:none}", SUMMARY),
        (".c}{display:none}", SUMMARY),
        (".c{display:none}" + "p{color:red}" * 20_000, SUMMARY),
        (".c{display:none}", f"<h1>Bridge</h1>{SUMMARY}"),
        (".c{display:none}", SUMMARY * 9),
        (".c{display:none}", "<a href=/a>A summary for machines, of which all is a link</a>"),
    ],
)
def test_what_other_rules_show_or_hide_at_times_is_read(style: str, markup: str) -> None:
    page = f"<body class=app><div class='story faq'><div class='c md:block'>{markup}</div></div>"
    assert "machines" in read(f"<html><head><style>{style}</style></head>{page}")[0]


@pytest.mark.parametrize(
    "style", ["<noscript><style>{}</style></noscript>", "<style media=print>{}</style>", "<!--<style>{}</style>-->"]
)
def test_sheets_for_other_readers_hide_nothing(style: str) -> None:
    assert "machines" in read(style.format(".c{display:none}") + f"<div class=c>{SUMMARY}</div>")[0]


def test_an_article_hides_its_rest_in_whatever_column() -> None:
    rest = f"<button aria-controls=rest>Xem toàn bộ bài viết</button><div id=rest hidden>{SUMMARY}</div>"
    assert "machines" in read(f"<div class=sidebar-1><article><p>{STORY}</p>{rest}</article></div>")[0]
    assert "machines" not in read(f"<article>{STORY}</article><div class=sidebar-1>{rest}</div>")[0]


def test_what_a_rule_hides_and_a_reader_can_open_is_read() -> None:
    text, warnings = read(f"<style>.c{{display:none}}</style><button>Read more</button><div class=c>{SUMMARY}</div>")
    assert "machines" in text
    assert warnings == ["collapsed"]


def test_the_outermost_of_nested_elements_is_hidden_alone() -> None:
    page = f"<style>.c{{display:none}}</style>{STORY}{'<div class=c>' * 300}{SUMMARY}"
    assert parse_page(page).xpath("count(//*[@hidden])") == 1


@pytest.mark.parametrize(
    "hiding", ["class=govuk-visually-hidden", "style='clip: rect(0px, 0px, 0px, 0px); overflow: hidden; width: 1px'"]
)
def test_what_a_link_adds_for_those_who_hear_the_page_is_left_out(hiding: str) -> None:
    added = f"<span {hiding}> (opens in new tab)</span>"
    page = (
        f"<p>Fill in <a href=/b7>form B7{added}</a> and hand it in.</p><a href=/f><span class=sr-only>Share</span></a>"
    )
    blocks, _ = visible_blocks(parse_page(page))
    assert [block.text for block in blocks] == ["Fill in form B7 and hand it in.", "Share"]


@pytest.mark.parametrize(
    "code",
    [
        "<code style='white-space: pre'>",
        "<code class='x whitespace-pre'>",
        "<pre>",
        "<pre><code style='white-space:pre'>",
    ],
)
def test_code_keeps_its_lines_where_a_style_says_so(code: str) -> None:
    text, _ = read(f"<div>{code}set a\n  add <b>b=2</b>\nprint</code></pre></div><p>And <code>one\nline</code>.</p>")
    assert "set a\n  add b=2\nprint" in text
    assert "And one line." in text
