"""The explorer as a person sees it: in Chromium, by mouse and by keyboard, at a desk and on a phone."""

from collections.abc import Iterator
from typing import Any

import pytest

from archive.collection.folder import Collection
from tests.browser import CHROMIUM
from tests.explored import CHANGED, FAILED, explored
from tests.explorer_server import Explored, exploring

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt install chromium")


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return explored(tmp_path_factory.mktemp("made") / "courier")


@pytest.fixture(scope="module")
def explorer(collection: Collection) -> Iterator[Explored]:
    with exploring(collection.path) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def page(browser: Any, explorer: Explored) -> Iterator[Any]:
    """A page at a desk; whatever it or a frame of it logs as wrong fails the test that looks."""
    found = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce").new_page()
    found.logged = []
    found.on("console", lambda told: found.logged.append(told.text) if told.type in ("error", "warning") else None)
    found.on("pageerror", lambda error: found.logged.append(str(error)))
    found.goto(explorer.address)
    assert "token" not in found.url
    yield found
    found.context.close()


def open_article(page: Any, explorer: Explored, query: str) -> Any:
    """The first article found; its frame, loaded."""
    page.logged.clear()
    page.goto(f"{explorer.origin}/search?q={query}")
    page.click("article h3 a")
    frame = page.frame_locator("#page")
    frame.locator("[data-block]").first.wait_for()
    return frame


def test_a_click_goes_from_block_to_page_and_back(page: Any, explorer: Explored) -> None:
    frame = open_article(page, explorer, "kelp+auction")
    block = page.locator("#blocks .run.body .block").nth(3)
    text = block.inner_text()
    block.click()
    shown = frame.locator("[data-block-shown]")
    shown.wait_for()
    assert " ".join(shown.inner_text().split()) == " ".join(text.split())
    assert shown.evaluate("element => element.getBoundingClientRect().top >= 0")
    page.locator("#chosen .is.body").wait_for()
    other = frame.locator("[data-block]", has_text="Skerry Point").last
    wanted = other.inner_text()
    other.click()
    page.wait_for_function(
        "wanted => document.querySelector('#blocks .is-chosen')?.innerText.replace(/\\s+/g, ' ') === wanted",
        arg=" ".join(wanted.split()),
    )
    assert page.logged == []


def test_every_block_has_its_place(page: Any, explorer: Explored) -> None:
    for query in ("kelp+auction", "lighthouse", "ferry+pilots"):
        frame = open_article(page, explorer, query)
        texts = page.eval_on_selector_all(
            "#blocks .block", "all => all.map(each => each.textContent.replace(/\\s/g, ''))"
        )
        marked = frame.locator("[data-block]").evaluate_all(
            "all => all.map(each => [Number(each.dataset.block), each.textContent.replace(/\\s/g, '')])"
        )
        assert len(marked) > 0.9 * len(texts), query
        alike = sum(text.startswith(texts[number][:40]) for number, text in marked)
        assert alike > 0.9 * len(texts), query


def test_nothing_archived_runs_and_what_was_captured_is_shown(page: Any, explorer: Explored) -> None:
    frame = open_article(page, explorer, "lighthouse")
    assert frame.locator("h1").evaluate("element => getComputedStyle(element).color") == "rgb(12, 34, 56)"
    assert frame.locator("img").evaluate("picture => picture.complete && picture.naturalWidth") == 1
    inner = next(each for each in page.frames if "/page/" in each.url)
    assert inner.title() == "A lighthouse keeps its keeper"
    assert inner.evaluate("self.origin") == "null"
    assert inner.evaluate("document.scripts.length") == 1
    # Even what was let in could not run, ask a host, or reach our pages.
    told = inner.evaluate(
        """async () => {
          const script = document.createElement("script");
          script.textContent = "document.title = 'ran'";
          document.body.append(script);
          const image = document.createElement("img");
          image.setAttribute("onerror", "document.title = 'ran'");
          image.src = "http://evil.example/x";
          document.body.append(image);
          await new Promise(done => setTimeout(done, 200));
          const asked = await fetch(location.href).then(() => "asked", () => "refused");
          let above; try { above = parent.document.title } catch { above = "closed" }
          return [document.title, asked, above];
        }"""
    )
    assert told == ["A lighthouse keeps its keeper", "refused", "closed"]
    frame.locator("[data-block]").first.click()
    assert inner.url.endswith(page.get_attribute("#page", "src").rpartition("/")[2])


def test_it_works_by_keyboard(page: Any, explorer: Explored) -> None:
    page.goto(f"{explorer.origin}/search")
    page.focus("#q")
    page.keyboard.type("kelp auction")
    page.keyboard.press("Enter")
    page.locator("mark").first.wait_for()
    assert page.url.endswith("/search?q=kelp%20auction")
    assert page.locator(".facets").first.is_visible()
    page.focus("article h3 a")
    page.keyboard.press("Enter")
    frame = page.frame_locator("#page")
    frame.locator("[data-block]").first.wait_for()
    page.focus("#blocks .block[tabindex='0']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.block") == "2"
    page.locator("#chosen", has_text="Block 3 of").wait_for()
    frame.locator("[data-block-shown]").wait_for()


def test_a_page_is_asked_for_again_by_a_click(page: Any, explorer: Explored) -> None:
    page.logged.clear()
    page.goto(f"{explorer.origin}/quality")
    item = page.locator("article.item", has_text=FAILED)
    item.get_by_role("button", name="Try again").click()
    item.get_by_role("status").wait_for()
    assert "asked for first in the next run" in item.inner_text()
    page.goto(f"{explorer.origin}/quality")
    assert page.locator("article.item", has_text=FAILED).count() == 0
    ignored = page.locator("article.item", has_text="withdrawn")
    ignored.get_by_role("button", name="Ignore").click()
    ignored.get_by_role("status").wait_for()
    page.goto(f"{explorer.origin}/quality?kind=failed-ignored")
    assert page.locator("article.item", has_text="withdrawn").count() == 1
    assert page.logged == []


def test_the_export_is_counted_by_a_click(page: Any, explorer: Explored) -> None:
    page.goto(f"{explorer.origin}/search?label=promotion")
    page.click("text=Export this")
    page.locator("pre.command", has_text="cleancopy export").wait_for()
    page.click("text=Count what it gives")
    page.locator(".count [role=status]", has_text="It gives").wait_for()
    assert page.logged == []


def test_a_label_is_put_right_and_taken_back(page: Any, explorer: Explored, collection: Collection) -> None:
    open_article(page, explorer, "lighthouse")
    page.locator("#blocks .block", has_text="The lamp is lit").click()
    page.locator("#chosen select").select_option("note")
    page.click("#chosen button:has-text('Correct')")
    page.locator(".notice", has_text="the record was made anew").wait_for()
    assert page.locator("#blocks .run.note .block", has_text="The lamp is lit").count() == 1
    page.click("nav.tabs a:has-text('Corrections')")
    page.locator("pre.command", has_text="tests:").wait_for()
    page.click("text=Take back")
    page.locator(".notice").wait_for()
    assert page.locator("#blocks .run.body .block", has_text="The lamp is lit").count() == 1
    assert page.logged == []


VIEWS = ["/", "/search?q=harbour", "/quality", f"/history/courier?url={CHANGED}", "ARTICLE", "ARTICLE?view=capture",
         "ARTICLE?view=fields", "/export?label=promotion", "/nothing"]  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_axe_finds_nothing_serious(browser: Any, explorer: Explored, width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    page.goto(explorer.address)
    page.goto(f"{explorer.origin}/search?q=kelp+auction")
    article = page.get_attribute("article h3 a", "href")
    for view in VIEWS:
        page.goto(explorer.origin + view.replace("ARTICLE", article))
        page.wait_for_load_state("load")
        found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        serious = [
            (each["id"], node["html"][:200])
            for each in found if each["impact"] in ("serious", "critical") for node in each["nodes"]
        ]  # fmt: skip
        assert serious == [], view
        assert page.evaluate("document.documentElement.scrollWidth") <= width, view
    context.close()
