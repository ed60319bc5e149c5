"""The record's fields from structured data, labelled blocks and the page."""

import pytest

from archive.extraction.metadata import Fact, Facts, LabelledText, complete, read_facts
from archive.extraction.metadata.completion import choose_images
from archive.extraction.metadata.person_names import host_name, is_site_name
from archive.extraction.parsing import parse_page
from archive.labels import Label
from archive.records import Image, Record

URL = "https://www.millbrook-courier.example/news/bridge"
EMPTY = parse_page("<html><body><p>Text</p></body></html>")


def stated(*values: str, source: str = "json-ld:author") -> Facts:
    return Facts(credits=tuple(Fact((value,), source) for value in values))


def bylines(*texts: str) -> list[LabelledText]:
    return [LabelledText(Label.BYLINE, text) for text in texts]


def title(*facts: tuple[str, str], h1: str = "", blocks: tuple[str, ...] = (), site: str | None = None) -> str | None:
    tree = parse_page(f"<html><body><h1>{h1}</h1><p>Text</p></body></html>")
    headlines = [LabelledText(Label.HEADLINE, text) for text in blocks]
    found = Facts(titles=tuple(Fact(value, source) for source, value in facts))
    return complete(found, headlines, tree, URL, site_name=site).title


def test_fields_are_those_of_the_record() -> None:
    fields = complete(Facts(), [], EMPTY, URL)._asdict()
    assert set(fields) < set(Record.model_fields)
    assert fields["title"] is None
    assert fields["authors"] == ()


@pytest.mark.parametrize(
    "written",
    [
        "Old bridge reopens | Millbrook Courier",
        "Old bridge reopens - Millbrook Courier",
        "Old bridge reopens | Millbrook Courier | Local",
        "Old bridge reopens — MILLBROOK COURIER",
        "Old bridge reopens : Millbrook-Courier.example",
        "Millbrook Courier | Old bridge reopens",
        "Millbrook Courier » Archive » Old bridge reopens",
        "Old&nbsp;bridge\n reopens",
        "Old bridge reopens&amp;#8203;",
    ],
)
def test_the_sites_name_is_cut_off(written: str) -> None:
    tree = parse_page(f"<html><head><title>{written}</title></head><body><p>Text</p></body></html>")
    assert complete(read_facts(tree, URL), [], tree, URL).title == "Old bridge reopens"


def test_a_section_before_the_sites_name_goes_where_the_page_shows_the_headline_without() -> None:
    written = "Old bridge reopens – Local – Millbrook Courier"
    assert title(("html:title", written), h1="Old bridge reopens", site="Millbrook Courier") == "Old bridge reopens"


@pytest.mark.parametrize(
    ("written", "heading"),
    [
        ("老桥今天重新开放了_山谷日报", "老桥今天重新开放了"),
        ("老桥今天重新开放了 _本地 _山谷日报", "老桥今天重新开放了"),
        ("老桥今天重新开放了-山谷日报", "老桥今天重新开放了"),
        ("古い橋が今日また開いた_谷の新聞", "古い橋が今日また開いた"),
        ("옛 다리 오늘 다시 열려_골짜기신문", "옛 다리 오늘 다시 열려"),
        ("山谷_老桥今天重新开放了", "山谷_老桥今天重新开放了"),
        ("Old bridge reopens today @ The river blog :: Blogs", "Old bridge reopens today"),
    ],
)
def test_what_the_heading_has_not_goes_from_the_title(written: str, heading: str) -> None:
    assert title(("html:title", written), h1=heading) == heading


@pytest.mark.parametrize("name", ["Rivers - and how to cross them", "Who are we: a portrait", "A | B", "河流_桥梁"])
def test_separators_inside_a_title_stay(name: str) -> None:
    assert title(("meta:og:title", name)) == name


def test_the_displayed_headline_wins_where_json_ld_confirms_it() -> None:
    found = title(
        ("json-ld:headline", "Old bridge reopens"),
        ("meta:og:title", "You won't believe this bridge"),
        h1="Old bridge reopens",
    )
    assert found == "Old bridge reopens"


def test_a_displayed_headline_that_shares_words_with_the_stated_one_wins() -> None:
    assert (
        title(("meta:og:title", "Bridge news: bridge to reopen in Millbrook"), h1="Millbrook bridge reopens")
        == "Millbrook bridge reopens"
    )


def test_a_heading_that_is_something_else_does_not_win() -> None:
    assert title(("meta:og:title", "Old bridge reopens"), h1="Related stories") == "Old bridge reopens"
    assert title(("meta:og:title", "Old bridge reopens"), h1="Millbrook Courier") == "Old bridge reopens"


def test_a_kicker_in_the_heading_is_left_to_the_stated_title() -> None:
    assert (
        title(("json-ld:headline", "Old bridge reopens"), h1="Traffic <span>Old bridge reopens</span>")
        == "Old bridge reopens"
    )


def test_a_kicker_that_og_title_leaves_out_goes_everywhere() -> None:
    found = title(
        ("json-ld:headline", "River traffic: Old bridge reopens"),
        ("meta:og:title", "Old bridge reopens"),
        h1="River traffic: Old bridge reopens",
    )
    assert found == "Old bridge reopens"


def test_of_two_kickers_neither_stays() -> None:
    stated = ("meta:og:title", "Two years of work: Old bridge reopens")
    assert title(stated, h1="River traffic - Old bridge reopens") == "Old bridge reopens"


@pytest.mark.parametrize("h1", ["OLD BRIDGE REOPENS", "Old bridgereopens", "Old bridge reopens (radio.example) 87"])
def test_a_displayed_headline_in_capitals_or_with_a_count_gives_way(h1: str) -> None:
    assert title(("meta:og:title", "Old bridge reopens"), ("html:title", "Old bridge reopens"), h1=h1) == (
        "Old bridge reopens"
    )


def test_signs_that_the_headlines_markup_lost_come_from_the_stated_title() -> None:
    stated = ("meta:og:title", "River traffic / Old bridge reopens")
    assert title(stated, h1="<span>River traffic</span><span>Old bridge reopens</span>") == stated[1]


def test_a_line_break_in_a_heading_parts_words() -> None:
    assert title(h1="Old bridge<br>reopens<!-- soon --> today") == "Old bridge reopens today"


@pytest.mark.parametrize("written", ["## Old bridge reopens", "Old bridge reopens ⋆", "► Old bridge reopens"])
def test_ornaments_at_the_ends_go(written: str) -> None:
    assert title(("meta:og:title", written)) == "Old bridge reopens"


def test_a_heading_that_names_the_blog_does_not_win() -> None:
    found = title(
        ("meta:og:title", "Old bridge reopens"),
        ("html:title", "Lessons from rivers: Old bridge reopens"),
        h1="Lessons from rivers",
    )
    assert found == "Old bridge reopens"


def test_a_bar_before_part_of_the_sites_name_ends_the_title() -> None:
    assert title(("meta:og:title", "Old bridge reopens | Courier")) == "Old bridge reopens"
    assert title(("meta:og:title", "Old bridge reopens - Courier")) == "Old bridge reopens - Courier"
    assert title(("meta:og:title", "Millbrook Courier: Old bridge reopens")) == "Old bridge reopens"


def test_a_rubric_of_the_menu_behind_a_bar_is_not_the_titles() -> None:
    written = "Old bridge reopens | Culture | Millbrook Courier"
    menu = [LabelledText(Label.NAVIGATION, text) for text in ("News", "Culture")]
    facts = Facts(titles=(Fact(written, "html:title"),))
    assert complete(facts, menu, EMPTY, URL, site_name="Millbrook Courier").title == "Old bridge reopens"
    assert (
        title(("html:title", "Old bridge reopens | Culture"), site="Millbrook Courier")
        == "Old bridge reopens | Culture"
    )


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Old bridge reopens today / Valley News / Millbrook Courier", "Old bridge reopens today"),
        ("Old bridge reopens today · Valley · News · Millbrook Courier", "Old bridge reopens today"),
        ("Old bridge reopens | Culture | Millbrook Courier | 5 May 2023", "Old bridge reopens"),
        ("Old bridge (AC/DC) reopens / News / Millbrook Courier", "Old bridge (AC/DC) reopens"),
        ("The bridge | Why a whole town waited for it | Millbrook Courier",
         "The bridge | Why a whole town waited for it"),
        ("Bridges | Ferries | Millbrook Courier", "Bridges | Ferries"),
        ("Old bridge / new bridge: the votes - Millbrook Courier", "Old bridge / new bridge: the votes"),
        ("Old bridge reopens | Culture - Millbrook Courier", "Old bridge reopens | Culture"),
    ],
)  # fmt: skip
def test_short_rubrics_between_the_title_and_the_sites_name_go(written: str, found: str) -> None:
    assert title(("html:title", written), site="Millbrook Courier") == found


def test_rubrics_between_underscores_go_in_scripts_without_spaces() -> None:
    assert title(("html:title", "老桥今天重新开放了_社会频道_山谷日报"), site="山谷日报") == "老桥今天重新开放了"
    assert title(("html:title", "老桥今天重新开放了｜地方新闻｜山谷日报"), site="山谷日报") == "老桥今天重新开放了"
    assert title(("html:title", "老桥今天重新开放了-社会频道-山谷日报"), site="山谷日报") == "老桥今天重新开放了"
    assert title(("html:title", "中国-北国博览会今天开幕-山谷日报"), site="山谷日报") == "中国-北国博览会今天开幕"
    assert title(("html:title", "河流_桥梁_山谷日报"), site="山谷日报") == "河流_桥梁"
    assert title(("html:title", "bridge_river_map_Courier"), site="Courier") == "bridge_river_map_Courier"


def test_what_looks_like_a_rubric_stays_where_the_page_states_it_without_the_site() -> None:
    written = "Old bridge reopens | Part two"
    stated = (("meta:og:title", written), ("html:title", f"{written} | Millbrook Courier"))
    assert title(*stated, site="Millbrook Courier") == written


def test_a_dash_behind_the_headline_ends_a_title_of_one_word() -> None:
    tree = parse_page("<h1>Retries</h1><p>Text</p>")
    headline = LabelledText(Label.HEADLINE, "Retries", next(tree.iter("h1")))
    for written, read in (
        ("Retries — Windlass 2.4 documentation", "Retries"),
        ("Retries, limits and waits", "Retries, limits and waits"),
        ("Hooks — Windlass 2.4 documentation", "Hooks — Windlass 2.4 documentation"),
    ):
        facts = Facts(titles=(Fact(written, "html:title"),))
        assert complete(facts, [headline._replace(confidence=0.85)], tree, URL).title == read


def test_a_page_may_be_called_as_its_site_is() -> None:
    named = (("meta:og:title", "Maren Quill"), ("html:title", "Maren Quill"))
    assert title(*named, h1="Maren Quill", site="Maren Quill") == "Maren Quill"
    assert title(*named, site="Maren Quill") is None


def test_the_heading_alone() -> None:
    assert title(h1="Old bridge reopens") == "Old bridge reopens"
    assert title(blocks=("Old bridge reopens",)) == "Old bridge reopens"


def test_structured_authors_come_first() -> None:
    found = complete(stated("Amelia Thornbury"), bylines("By Joel Hartwick, Photographer"), EMPTY, URL)
    assert found.authors == ("Amelia Thornbury",)
    assert found.byline == "By Joel Hartwick, Photographer"


def test_a_byline_with_more_names_completes_the_structured_one() -> None:
    found = complete(stated("Amelia Thornbury"), bylines("By Joel Hartwick and Amelia Thornbury"), EMPTY, URL)
    assert found.authors == ("Joel Hartwick", "Amelia Thornbury")


@pytest.mark.parametrize(
    "name",
    ["Millbrook Courier", "millbrook-courier.example", "Millbrook Courier Newsroom", "www.millbrook-courier.example"],
)
def test_the_sites_name_gives_way_to_people(name: str) -> None:
    assert complete(stated(name), bylines("By Amelia Thornbury"), EMPTY, URL).authors == ("Amelia Thornbury",)
    assert complete(stated(name, "Amelia Thornbury"), [], EMPTY, URL).authors == ("Amelia Thornbury",)
    assert complete(stated(name), [], EMPTY, URL).authors == (name,)


def test_an_agency_goes_before_the_sites_name() -> None:
    assert complete(stated("Millbrook Courier", "Reuters"), [], EMPTY, URL).authors == ("Reuters",)


def test_capitals_are_written_as_elsewhere_on_the_page() -> None:
    blocks = [*bylines("BY AMELIA THORNBURY"), LabelledText(Label.AUTHOR_BIO, "Amelia Thornbury covers rivers.")]
    assert complete(Facts(), blocks, EMPTY, URL).authors == ("Amelia Thornbury",)
    assert complete(Facts(), bylines("BY AMELIA THORNBURY"), EMPTY, URL).authors == ("AMELIA THORNBURY",)


def test_names_that_markup_marks_stand_in_for_a_missing_byline() -> None:
    tree = parse_page('<html><body><a rel="author" href="/a">Amelia Thornbury</a><p>Text</p></body></html>')
    assert complete(Facts(), [], tree, URL).authors == ("Amelia Thornbury",)


@pytest.mark.parametrize(
    "markup",
    [
        '<span class="post-author-name">Amelia Thornbury</span>',
        '<a href="/authors/amelia-thornbury">Amelia Thornbury</a>',
        '<p class="byline">By Amelia Thornbury</p><span class="author">Joel Hartwick</span>',
        '<span class="author">Staff</span><span class="author">Amelia Thornbury</span>',
        '<figure><span class="author">Joel Hartwick</span></figure><div class="author">Amelia Thornbury</div>',
    ],
)
def test_classes_and_links_to_authors_stand_in_too(markup: str) -> None:
    tree = parse_page(f"<html><body>{markup}<p>Text</p></body></html>")
    assert complete(Facts(), [], tree, URL).authors == ("Amelia Thornbury",)


@pytest.mark.parametrize(
    "markup",
    ['<a href="/profile/x">Kitesky</a>', '<div class="authority">Amelia Thornbury</div>', '<p class="author">Dec</p>'],
)
def test_marks_without_a_full_name_name_nobody(markup: str) -> None:
    tree = parse_page(f"<html><body>{markup}<p>Text</p></body></html>")
    assert complete(Facts(), [], tree, URL).authors == ()


def test_standfirst_language_and_publisher() -> None:
    facts = Facts(languages=(Fact("en-GB", "html:lang"),))
    blocks = [LabelledText(Label.STANDFIRST, "After two  years"), LabelledText(Label.STANDFIRST, "it is open.")]
    found = complete(facts, blocks, EMPTY, URL, site_name="Millbrook Courier", language="de")
    assert (found.standfirst, found.language, found.publisher) == (
        "After two years it is open.",
        "en-GB",
        "Millbrook Courier",
    )
    assert complete(Facts(), [], EMPTY, URL, language="de").language == "de"


def test_figures_beside_the_text_become_images() -> None:
    tree = parse_page(
        "<html><body><p>One</p><figure><img src='/a.jpg?w=3' alt='A bridge'><figcaption>The bridge</figcaption>"
        "</figure><p>Two</p><figure><img data-src='b.jpg'></figure>"
        "<aside><figure><img src='/ad.jpg'></figure></aside></body></html>"
    )
    one, two = tree.iter("p")
    blocks = [
        LabelledText(Label.BODY, "One", one),
        LabelledText(Label.CAPTION, "The bridge", tree.find(".//figcaption")),
        LabelledText(Label.BODY, "Two", two),
    ]
    lead = Fact(Image(url="https://www.millbrook-courier.example/a.jpg", credit="Joel Hartwick"), "json-ld:image")
    assert complete(Facts(images=(lead,)), blocks, tree, URL).images == (
        Image(
            url="https://www.millbrook-courier.example/a.jpg?w=3",
            caption="The bridge",
            credit="Joel Hartwick",
            alt="A bridge",
        ),
        Image(url="https://www.millbrook-courier.example/news/b.jpg"),
    )


def test_the_tree_is_not_changed() -> None:
    from lxml import etree

    tree = parse_page("<html><body><h1>Old bridge</h1><div><time>5 March 2024</time></div><p>Text</p></body></html>")
    before = etree.tostring(tree)
    complete(read_facts(tree, URL), [], tree, URL)
    assert etree.tostring(tree) == before


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.example.co.uk/a", "example"),
        ("https://news.example.com", "example"),
        ("http://127.0.0.1/", "0"),
        ("", ""),
        ("http://[bad", ""),
    ],
)
def test_host_names(url: str, name: str) -> None:
    assert host_name(url) == name


def test_site_names_are_recognised_in_their_variants() -> None:
    assert is_site_name("DER BOTE", ["Der Bote"])
    assert is_site_name("Bote-Redaktion", ["bote"])
    assert is_site_name("Zürcher Bote", ["zuercher-bote", "Zurcher Bote"])
    assert not is_site_name("Anna Bote-Meier", ["bote"])
    assert not is_site_name("Amelia Thornbury", [""])


def test_a_picture_in_a_box_with_its_caption_is_the_articles() -> None:
    tree = parse_page(
        '<main><p>Every seventh summer.</p><div class="wp-caption"><img src="/chair.jpg"><p>The chair</p></div>'
        '<div class="cards"><img src="/a.jpg"><img src="/b.jpg"><p>Two others</p></div></main>'
    )
    blocks = [LabelledText(Label.CAPTION, "".join(map(str, p.itertext())), p) for p in list(tree.iter("p"))[1:]]
    (image,) = choose_images(Facts(), blocks, URL)
    assert (image.url, image.caption) == ("https://www.millbrook-courier.example/chair.jpg", "The chair")


@pytest.mark.parametrize(
    ("home", "url"),
    [("http://mill.example/", ""), ("/mill/", "https://blogs.example/mill/archives/51887.html")],
)
def test_a_headline_that_leads_to_the_root_of_a_site_or_blog_is_its_name(home: str, url: str) -> None:
    page = "<html><head><title>Mill Notes: The heron has come back</title></head><body>"
    tree = parse_page(f"{page}<h1><a href='{home}'>Mill Notes</a></h1><h3>The heron has come back</h3>")
    headlines = [LabelledText(Label.HEADLINE, text) for text in ("Mill Notes", "The heron has come back")]
    assert complete(read_facts(tree, url), headlines, tree, url).title == "The heron has come back"


@pytest.mark.parametrize("name", ["Untitled Document", "New Page 1", "Document sans titre", "無題ドキュメント"])
def test_what_an_editor_calls_a_page_is_no_title(name: str) -> None:
    assert title(("html:title", name), h1="Old bridge reopens", blocks=("Old bridge reopens",)) == "Old bridge reopens"


def test_a_page_that_names_itself_nowhere_is_called_by_its_first_heading() -> None:
    tree = parse_page("<h1><span></span>&nbsp;</h1><h2>The old dome turns again</h2><p>It has wheels of wood.</p>")
    blocks = [LabelledText(Label.BODY, one.text or "", one) for one in tree.iter("h2", "p")]
    assert complete(Facts(), blocks, tree, "").title == "The old dome turns again"
    assert complete(Facts(), blocks[1:], tree, "").title is None


def test_the_name_at_a_page_s_head_is_no_part_of_its_title() -> None:
    page = "<html><head><title>Strait Today: Ferry to stop</title></head><body><center><b>Strait Today</b><br>"
    tree = parse_page(f"{page}<a href=a>Home</a> | <a href=b>Archive</a></center><h2>Ferry to stop</h2>")
    head, heading = tree.find(".//center"), tree.find(".//h2")
    blocks = [
        LabelledText(Label.NAVIGATION, "Strait Today Home | Archive", head),
        LabelledText(Label.HEADLINE, "Ferry to stop", heading),
    ]
    assert complete(read_facts(tree, ""), blocks, tree, "").title == "Ferry to stop"


def test_what_joins_letters_in_a_title_stays() -> None:
    written = "کتابخانه چشمه\u200cسر دوباره راه افتاد"
    assert title(("html:title", written), h1=written, blocks=(written,)) == written


@pytest.mark.parametrize(
    ("box", "count"),
    [
        ("<p><img data-src=https://a.example/1.jpg></p>", 1),
        ("<div class=separator><a href=/1><img src=https://a.example/1.jpg></a></div>", 1),
        ("<p><img src=https://a.example/1.jpg> The quay.</p>", 0),
        ("<div><img src=https://a.example/1.jpg><img src=https://a.example/2.jpg></div>", 0),
        ("<ul><li><img src=https://a.example/1.jpg></ul>", 0),
    ],
)
def test_a_picture_alone_between_paragraphs_is_the_story_s(box: str, count: int) -> None:
    tree = parse_page(f"<article>{box}<p>The ferry left at noon.</p></article>")
    paragraph = list(tree.iter("p"))[-1]
    blocks = [LabelledText(Label.BODY, "The ferry left at noon.", paragraph)]
    assert len(choose_images(Facts(), blocks, "https://a.example/")) == count


def test_pictures_of_amp_pages_are_images() -> None:
    tree = parse_page(
        "<html amp><body><main><figure><amp-img src='/stone.jpg' width=600 height=400></amp-img>"
        "<figcaption>The new stone</figcaption></figure><p>One</p><amp-img src='/wheel.jpg' alt='A wheel'>"
        "<noscript><img src='/wheel.jpg'></noscript></amp-img><p>Two</p>"
        "<div><amp-img src='/weir.jpg'><noscript><img src='/weir.jpg'></noscript></amp-img><i>The weir</i></div>"
        "</main></body></html>"
    )
    one, two = tree.iter("p")
    blocks = [
        LabelledText(Label.CAPTION, "The new stone", tree.find(".//figcaption")),
        LabelledText(Label.BODY, "One", one),
        LabelledText(Label.BODY, "Two", two),
        LabelledText(Label.CAPTION, "The weir", tree.find(".//i")),
    ]
    found = [(image.url.rpartition("/")[2], image.caption, image.alt) for image in choose_images(Facts(), blocks, URL)]
    assert found == [
        ("stone.jpg", "The new stone", None),
        ("wheel.jpg", None, "A wheel"),
        ("weir.jpg", "The weir", None),
    ]
