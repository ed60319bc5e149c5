"""What the explorer shows of captures: stories in several pages, pictures of pages, the same text elsewhere, pages off
their layout; and all of it where nothing can be written."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive.collection.folder import Collection
from archive.exchange import RenderedPage, Rendering
from archive.records import read_records
from archive.research.screenshot import screenshot
from archive.warc.writer import WarcWriter
from tests.browser import CHROMIUM
from tests.exchanges import counting_ids
from tests.explored import PIXEL
from tests.explorer_server import Explored, exploring
from tests.paged_stories import article as page_of_story
from tests.paged_stories import pagination, paragraphs
from tests.read_only import AS_ANYBODY, read_only_copy
from tests.scripted import run_cleancopy
from tests.shots import NOON, ORIGIN, Shot, article, make_collection

STORY, DRAWN, OFF = f"{ORIGIN}/story.html", "https://drawn.example/gulls.html", f"{ORIGIN}/off.html"
SITE = "home: https://courier.example/\nlayouts:\n  - {headline: .story h1, body: .story p}\n"
#: Without this, root writes wherever it likes.


def story(number: int) -> Shot:
    text = paragraphs(number)
    page = page_of_story("The long walk", text, pagination("/story.html", number, 2))
    return Shot(
        STORY if number == 1 else f"{STORY}?page={number}", page.replace("<article>", "<article class=story>"), NOON
    )


def plain(number: int, text: object, has_layout: bool = True) -> Shot:
    stated = f"2026-0{number + 1}-15T10:00:00+00:00" if number < 9 else None
    page = article(f"Plain story {number}", *paragraphs(text), published=stated)
    url = f"{ORIGIN}/plain-{number}.html" if has_layout else OFF
    return Shot(url, page.replace("<article>", "<article class=story>") if has_layout else page, NOON)


def drawn(response: str) -> RenderedPage:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    document = article("Gulls come back", *paragraphs("gulls"))
    return RenderedPage(DRAWN, NOON, document, Rendering("Chromium/1", response, head), screenshot=PIXEL)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    made = Collection(tmp_path_factory.mktemp("made") / "courier")
    made.create()
    (made.sites / "courier.example.yaml").write_text(SITE)
    writer = WarcWriter(made.archive, info={"software": "tests"}, clock=lambda: NOON, new_id=counting_ids())
    shots = [story(1), story(2), *(plain(number, number) for number in range(4)), plain(9, 1), plain(8, "off", False)]
    for shot in shots:
        writer.write(shot.exchange())
    shell = Shot(DRAWN, "<!doctype html><title>Gulls</title><script src=/app.js></script>").exchange()
    writer.write_rendered(drawn(writer.write(shell).record_id))
    writer.close()
    done = run_cleancopy(made.path.parent, "extract", "courier")
    assert done.code == 0, done.err
    return made


@pytest.fixture(scope="module")
def explorer(collection: Collection) -> Iterator[Explored]:
    with exploring(collection.path, "--no-replay") as found:
        yield found


def address_of(explorer: Explored, words: str) -> str:
    """The address of the first article found."""
    found = re.search(r'href="(/article/courier/[^"?]+)"', explorer.ask(f"/search?q={words.replace(' ', '+')}").text)
    assert found, words
    return found[1]


def framed(address: str) -> str:
    """What stands at an address of the frames' origin."""
    origin, path = re.fullmatch(r"(http://[^/]+)(/.*)", address).groups()  # type: ignore[union-attr]
    return Explored(f"{origin}/?").ask(path).body.decode("latin-1")


def test_a_story_is_leafed_through(explorer: Explored) -> None:
    first, second = (paragraphs(number)[1] for number in (1, 2))
    address = address_of(explorer, " ".join(second.split()[:5]).rstrip("."))
    page = explorer.ask(address).text
    pager = re.search(r'<nav class="story-pages".*?</nav>', page, re.DOTALL)
    assert pager
    links = re.findall(r'href="([^"]+)" target="page"( aria-current="page")?>([^<]+)</a>', pager[0])
    assert [(is_shown != "", word) for _, is_shown, word in links] == [(True, "Page 1"), (False, "Page 2")]
    assert [(first in text, second in text) for text in map(framed, (link for link, *_ in links))] == [
        (True, False), (False, True)
    ]  # fmt: skip
    told = [explorer.ask(f"{address}/block/{number}").text for number in range(page.count('class="block'))]
    link = f'href="{links[1][0]}" target="page">page 2 of the story</a>'
    assert sum(link in text for text in told) >= len(paragraphs(2))


def test_the_frame_follows_to_a_page_and_a_picture_is_drawn(explorer: Explored) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt install chromium")
    second = paragraphs(2)[1]
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = opened.new_page(reduced_motion="reduce")
        page.goto(explorer.address)
        page.goto(explorer.origin + address_of(explorer, "long walk"))
        frame = page.frame_locator("#page")
        frame.get_by_text(paragraphs(1)[1]).wait_for()
        # A block of the other page: its link turns the page, and there it is marked.
        page.locator("#blocks .block", has_text=second).click()
        page.locator("#chosen a.to-page").click()
        frame.locator("[data-block-shown]", has_text=second).wait_for()
        assert page.locator(".story-pages a[aria-current]").inner_text() == "Page 2"
        page.get_by_role("link", name="Page 1", exact=True).click()
        frame.get_by_text(paragraphs(1)[1]).wait_for()
        page.goto(f"{explorer.origin}{address_of(explorer, 'gulls come back')}?view=capture")
        page.locator("img.picture").wait_for()
        page.wait_for_function("document.querySelector('img.picture').naturalWidth === 1")
        opened.close()


def test_a_story_of_one_page_has_no_pager(explorer: Explored) -> None:
    assert "story-pages" not in explorer.ask(address_of(explorer, "Plain story 3")).text


@pytest.mark.parametrize("number", ["9", "%C2%B2", "1" * 5000, "-1", ""])
def test_a_page_that_a_story_has_not_is_its_first(explorer: Explored, number: str) -> None:
    address = address_of(explorer, "long walk")
    frame = re.search(r'<iframe [^>]*src="([^"]+)"', explorer.ask(address).text)
    assert frame
    assert paragraphs(1)[1] in framed(f"{frame[1]}?page={number}")


def test_a_picture_of_the_page_is_shown_from_the_other_origin(explorer: Explored) -> None:
    address = address_of(explorer, "gulls come back")
    answer = explorer.ask(f"{address}?view=capture")
    picture = re.search(r'<img class="picture" src="([^"]+)"', answer.text)
    assert picture
    origin, path = re.fullmatch(r"(http://[^/]+)(/.*)", picture[1]).groups()  # type: ignore[union-attr]
    assert origin != explorer.origin
    assert f"img-src 'self' data: {origin};" in answer.headers["content-security-policy"]
    shown = Explored(f"{origin}/?").ask(path)
    assert (shown.status, shown.headers["content-type"], shown.body) == (200, "image/png", PIXEL)
    assert shown.headers["content-security-policy"].startswith("sandbox;")
    other = explorer.ask(f"{address_of(explorer, 'long walk')}?view=capture").text
    assert 'class="picture"' not in other
    assert Explored(f"{origin}/?").ask(path.rpartition("/")[0] + "/nothing").status == 404


def test_a_picture_of_another_page_is_none(collection: Collection) -> None:
    places = [record for path in collection.records.glob("*.jsonl") for record in read_records(path)]
    (rendered,) = (record.warc for record in places if record.rendering)
    assert rendered
    warc = collection.warc_path(rendered.filename)
    assert screenshot(warc, rendered) == PIXEL
    assert screenshot(warc, rendered.model_copy(update={"record_id": "other"})) is None
    for record in places:
        if record.warc and not record.rendering:
            assert screenshot(warc, record.warc) is None


def test_the_same_text_elsewhere_is_named(explorer: Explored) -> None:
    address = address_of(explorer, "Plain story 9")
    page = explorer.ask(f"{address}?view=copies").text
    copies = page.partition('<div class="copies">')[2]
    assert re.findall(r'<a href="/article/[^"]+" dir="auto">([^<]+)</a>', copies) == ["Plain story 1", "The long walk"]
    # The long walk has that text too, and as much of its own.
    assert re.findall(r"<b>(The same text|[45][0-9] %)</b>", copies)[0] == "The same text"
    assert len(re.findall(r"<b>[45][0-9] %</b>", copies)) == 1
    assert "cleancopy export courier --dedup near" in copies
    assert 'Copies <span class="count">2</span>' in explorer.ask(address).text
    other = explorer.ask(f"{address_of(explorer, 'Plain story 3')}?view=copies").text
    assert "No other page of the collections that are open has this text" in other
    assert 'Copies <span class="count">' not in other


def test_copies_are_listed_across_collections(tmp_path: Path) -> None:
    story, other = paragraphs("wire", 8), paragraphs("other", 8)
    longer, shorter = [*story, *paragraphs("more", 2)], story[:5]
    first = make_collection(
        tmp_path / "first",
        [Shot(f"{ORIGIN}/story.html", article("Wire story", *story)), Shot(f"{ORIGIN}/x.html", article("X", *other))],
        [Shot(f"{ORIGIN}/story.html", article("Wire story, again", *story), NOON + timedelta(days=1))],
    )
    second = make_collection(
        tmp_path / "second",
        [
            Shot("https://b.example/longer.html", article("A longer one", *longer, published="2026-11-19")),
            Shot("https://b.example/longer.html", article("A longer one", *longer), NOON + timedelta(hours=1)),
            Shot("https://c.example/shorter.html", article("A shorter one", *shorter)),
            Shot("https://d.example/same.html", article("The same one", *story)),
        ],
    )
    with exploring(first.path, second.path, "--no-replay") as explorer:
        address = re.search(r'href="(/article/first/[^"?]+)"', explorer.ask("/search?q=wire+story").text)
        assert address
        copies = explorer.ask(f"{address[1]}?view=copies").text.partition('<div class="copies">')[2]
        titles = re.findall(r'<a href="/article/second/[^"]+" dir="auto">([^<]+)</a>', copies)
        assert (titles[0], sorted(titles[1:])) == ("The same one", ["A longer one", "A shorter one"])
        shares = re.findall(r'<b>(The same text|[0-9]+ %)</b> <meter [^>]*value="([0-9]+)"', copies)
        assert shares[0] == ("The same text", "100")
        assert all(40 <= int(percent) < 100 and f"{percent} %" == said for said, percent in shares[1:])
        assert "second</p>" in copies
        assert "Wire story, again" not in copies, "that is its history"


def test_pages_off_their_layout_are_told(explorer: Explored) -> None:
    assert "kind=off_layout" in explorer.ask("/quality").text
    page = explorer.ask("/quality?kind=off_layout&site=courier.example").text
    assert re.findall(r'<h3 dir="auto"><a [^>]*>([^<]+)</a>', page) == ["Plain story 8"]
    assert "1 page that something is wrong with" in page
    assert "file decided nothing on this page" in page
    assert "Plain story" not in explorer.ask("/quality?kind=off_layout&site=drawn.example").text


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", "0123"),
        ("&since=2026-02-15", "123"),
        ("&since=2026-02-16", "23"),
        ("&until=2026-02-15", "01"),
        ("&since=2026-02&until=2026-03", "12"),
        ("&since=2026-03&until=2026-02", ""),
        ("&since=2026-02-01&month=2026-03", "2"),
        ("&since=soon&until=2026-02-31", "0123"),
    ],
)
def test_articles_of_some_days(explorer: Explored, query: str, numbers: str) -> None:
    page = explorer.ask(f"/search?q=plain+story&language=en&site=courier.example&sort=oldest{query}").text
    found = re.findall(r"Plain story ([0-7])</a>", page)
    assert "".join(found) == numbers
    dated = re.findall(r'type="date" name="(?:since|until)" value="([^"]+)"', page)
    assert len(dated) == ("since=2" in query) + ("until=2" in query and "-31" not in query)
    for fields, count in re.findall(r'href="/search\?([^"]+)"><span>[^<]*</span><span class="count">([0-9]+)<', page)[
        ::3
    ]:
        wanted = fields.replace("&amp;", "&")
        assert all(f"={day}" in wanted for day in dated)
        assert f"<b>{count} article" in explorer.ask(f"/search?{wanted}").text, wanted


def test_an_export_is_of_the_same_days(explorer: Explored) -> None:
    pytest.importorskip("duckdb")
    page = explorer.ask("/export?since=2026-02&until=2026-03-20&month=2026-03").text
    assert "--since 2026-03-01 --until 2026-03-20" in page


def test_a_collection_that_cannot_be_written_to_is_shown(collection: Collection, tmp_path: Path) -> None:
    with (
        read_only_copy(collection.path, tmp_path / "courier") as copied,
        exploring(copied, "--no-replay", by=AS_ANYBODY) as explorer,
    ):
        address = address_of(explorer, "long walk")
        for view in ("/", "/search", "/quality", address, f"{address}?view=fields", f"{address}?view=capture"):
            answer = explorer.ask(view)
            assert answer.status == 200, view
            assert "<form method" not in answer.text, view
        assert "Plain story 8" in explorer.ask("/quality?kind=off_layout").text
