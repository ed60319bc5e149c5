"""The captured page as it was, beside its text: real pywb in a frame of the explorer, shut in, and gone with it."""

import html
import os
import re
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import pytest

from archive.collection.folder import Collection
from tests.browser import CHROMIUM
from tests.explorer_server import Explored, exploring
from tests.paged_stories import article as page_of_story
from tests.paged_stories import pagination, paragraphs
from tests.read_only import AS_ANYBODY, read_only_copy
from tests.scripted import PATIENCE, ScriptedSite, run_cleancopy
from tests.shots import ORIGIN, Shot, article, make_collection

pytest.importorskip("pywb", reason="pywb is not installed: pip install 'cleancopy[replay]'")
playwright = pytest.importorskip("playwright.sync_api")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt install chromium")

URL = f"{ORIGIN}/lamp.html"
_TEXTS = [
    "The lamp is lit at dusk, as it has been for a century, by a keeper who climbs the stairs with a bucket of oil.",
    "Its beam reaches twenty miles on a clear night, and fishermen set their course by it on the way home.",
    'More of it stands in <a href="/museum.html">the museum of the harbour</a>, which is open on Sundays in summer.',
]
#: Changes the page at once, tries to leave it, and listens to clicks.
_SCRIPT = """
document.title = "ran";
addEventListener("DOMContentLoaded", () => {
  const first = document.querySelector("article p");
  const added = document.createElement("p");
  added.textContent = "This paragraph was made by a script.";
  first.before(added);
  new Image().src = "LIVE/image";
  fetch("LIVE/fetch").catch(() => {});
  try { added.dataset.above = parent.document.title } catch { added.dataset.above = "closed" }
  document.querySelector("h1").addEventListener("click", () => { document.title = "clicked" });
});
"""


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory, live: ScriptedSite) -> Collection:
    script = f'<script src="/s/page.js"></script><link rel="stylesheet" href="/s/page.css"><img src="{live.url}/seen">'
    cookies = (("Content-Type", "text/html"), ("Set-Cookie", "cleancopy-1=x; Path=/"))
    made = make_collection(
        tmp_path_factory.mktemp("made") / "courier",
        [
            Shot(
                URL, article("A lamp and its keeper", *_TEXTS).replace("</head>", f"{script}</head>"), headers=cookies
            ),
            Shot(
                f"{ORIGIN}/s/page.js", _SCRIPT.replace("LIVE", live.url), headers=(("Content-Type", "text/javascript"),)
            ),
            Shot(f"{ORIGIN}/s/page.css", "h1 { color: rgb(1, 2, 3) }", headers=(("Content-Type", "text/css"),)),
            *(
                Shot(
                    f"{ORIGIN}/story.html" + (f"?page={number}" if number > 1 else ""),
                    page_of_story("The long walk", paragraphs(number), pagination("/story.html", number, 2)),
                )
                for number in (1, 2)
            ),
        ],
    )
    done = run_cleancopy(made.path.parent, "extract", "courier")
    assert done.code == 0, done.err
    with made.lock():
        assert made.catch_up() == []
    return made


@pytest.fixture(scope="module")
def explorer(collection: Collection) -> Iterator[Explored]:
    with exploring(collection.path) as found:
        yield found


@pytest.fixture(scope="module")
def page(explorer: Explored) -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        found = opened.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce").new_page()
        found.goto(explorer.address)
        yield found
        opened.close()


def address_of(explorer: Explored, words: str = "lamp") -> str:
    found = re.search(r'href="(/article/courier/[^"?]+)"', explorer.ask(f"/search?q={words}").text)
    assert found
    return found[1]


def framed(explorer: Explored, address: str) -> str:
    """What the frame of an article shows."""
    found = re.search(r'<iframe [^>]*src="([^"]+)"', explorer.ask(address).text)
    assert found
    return html.unescape(found[1])


def asked(address: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """What another program on this machine is answered, once pywb has begun."""
    origin = "http://" + urlsplit(address).netloc
    answer = Explored(f"{origin}/?").ask(address.removeprefix(origin), "GET", None, **headers)
    return answer.status, dict(answer.headers), answer.body.decode("latin-1")


def is_open(origin: str) -> bool:
    try:
        socket.create_connection((urlsplit(origin).hostname, urlsplit(origin).port), 1).close()
    except OSError:
        return False
    return True


def closes(origin: str) -> bool:
    end = monotonic() + PATIENCE
    while is_open(origin) and monotonic() < end:
        sleep(0.05)
    return not is_open(origin)


def opened(page: Any, explorer: Explored, more: str = "") -> Any:
    """The article; its frame, loaded."""
    page.goto(explorer.origin + address_of(explorer) + more)
    frame = page.frame_locator("#page")
    frame.locator("h1").wait_for()
    return frame


@needs_chromium
def test_the_page_is_as_it_was_and_shut_in(page: Any, explorer: Explored, live: ScriptedSite) -> None:
    frame = opened(page, explorer)
    added = frame.get_by_text("made by a script")
    added.wait_for()
    assert frame.locator("h1").evaluate("element => getComputedStyle(element).color") == "rgb(1, 2, 3)"
    inner = next(each for each in page.frames if each.url.endswith(URL))
    assert (inner.title(), inner.evaluate("self.origin")) == ("ran", "null")
    assert added.get_attribute("data-above") == "closed"
    sandbox = page.locator("#page").get_attribute("sandbox")
    assert sandbox == "allow-scripts"
    origins = {f"http://{urlsplit(each.url).netloc}" for each in (page, inner)}
    assert len(origins) == 2
    policy = explorer.ask("/").headers["content-security-policy"]
    named = re.search(r"frame-src ([^;]+);", policy)
    assert named
    assert len(named[1].split()) == 2
    assert f"http://{urlsplit(inner.url).netloc}" in named[1].split()
    assert f"http://{urlsplit(inner.url).netloc}" not in policy.replace(named[0], "")
    assert [each["name"] for each in page.context.cookies()] == [explorer.cookie.partition("=")[0]]
    # What a page says of itself is not taken for a click.
    inner.evaluate("parent.postMessage({ kind: 'chosen', block: 1 }, '*')")
    page.wait_for_timeout(200)
    assert page.locator("#blocks .is-chosen").count() == 0
    assert live.paths() == []


@needs_chromium
def test_a_block_and_its_place_find_each_other(page: Any, explorer: Explored) -> None:
    frame = opened(page, explorer)
    frame.get_by_text("made by a script").wait_for()
    for text in _TEXTS[:2]:
        # Its XPath leads to the paragraph before it by now.
        page.locator("#blocks .block", has_text=text).click()
        frame.locator("[data-block-shown]", has_text=text).wait_for()
        assert frame.locator("[data-block-shown]").count() == 1
    frame.locator("p", has_text=_TEXTS[0]).click()
    page.locator("#blocks .is-chosen", has_text=_TEXTS[0]).wait_for()
    link = frame.get_by_role("link", name="the museum")
    link.click()
    page.locator("#blocks .is-chosen", has_text="More of it stands").wait_for()
    inner = next(each for each in page.frames if each.url.endswith(URL))
    assert inner.title() == "ran", "a click on a link leads nowhere"
    frame.locator("h1").click()
    page.locator("#blocks .is-chosen", has_text="A lamp and its keeper").wait_for()
    assert inner.title() == "clicked", "what the page does at a click it does"
    page.goto(f"{explorer.origin}{address_of(explorer)}#b2")
    page.reload()
    frame.locator("[data-block-shown]").wait_for()


@needs_chromium
def test_it_is_shown_without_scripts_by_a_click(page: Any, explorer: Explored) -> None:
    frame = opened(page, explorer)
    page.get_by_role("link", name="Fields").click()
    page.locator(".fields").wait_for()
    page.get_by_role("link", name="Without scripts").click()
    frame.locator("p[data-block]").first.wait_for()
    assert "scripts=off" in page.url
    assert "view=fields" in page.url
    assert page.locator("#shown-as [aria-current]").inner_text() == "Without scripts"
    assert frame.get_by_text("made by a script").count() == 0
    page.get_by_role("link", name="Text", exact=True).click()
    block = page.locator("#blocks .block", has_text=_TEXTS[1])
    block.click()
    frame.locator("[data-block-shown]", has_text=_TEXTS[1]).wait_for()
    assert "scripts=off" in page.url
    page.get_by_role("link", name="As captured").click()
    frame.get_by_text("made by a script").wait_for()


@needs_chromium
def test_a_story_in_several_pages_is_leafed_through(page: Any, explorer: Explored) -> None:
    page.goto(explorer.origin + address_of(explorer, "long+walk"))
    frame = page.frame_locator("#page")
    frame.get_by_text(paragraphs(1)[1]).wait_for()
    page.locator("#blocks .block", has_text=paragraphs(2)[1]).click()
    page.locator("#chosen a.to-page").click()
    frame.locator("[data-block-shown]", has_text=paragraphs(2)[1]).wait_for()
    assert page.locator(".story-pages a[aria-current]").inner_text() == "Page 2"


@needs_chromium
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_axe_finds_nothing_serious(page: Any, explorer: Explored, width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    opened(page, explorer)
    violations = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [each["id"] for each in violations if each["impact"] in ("serious", "critical")]
    assert serious == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")


def test_nothing_but_pages_is_answered(explorer: Explored) -> None:
    address = framed(explorer, address_of(explorer))
    status, headers, body = asked(address)
    assert (status, "A lamp and its keeper" in body) == (200, True)
    assert "set-cookie" not in headers
    policy = headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'self'")
    holders = re.search(r"frame-ancestors ([^;]+);", policy)
    assert holders
    assert holders[1].split() == [explorer.origin, explorer.origin.replace("127.0.0.1", "localhost")]
    origin, _, rest = address.partition("//")[2].partition("/")
    route = rest.partition("/")[0]
    lists = ["/", "/collinfo.js", f"/{route}/", f"/{route}/cdx?url={URL}", f"/{route}/2026/{URL}"]
    for path in (*lists, f"/x/2026mp_/{URL}", f"/courier/2026mp_/{URL}", "/_/"):
        assert asked(f"http://{origin}{path}")[0] == 404, path
    assert asked(address, Host="evil.example")[0] == 403


def test_two_collections_have_addresses_of_their_own(collection: Collection, tmp_path: Path) -> None:
    other = tmp_path / "other" / "courier"
    shutil.copytree(collection.path, other)
    with exploring(collection.path, other) as explorer:
        first = framed(explorer, address_of(explorer))
        second = framed(explorer, address_of(explorer).replace("/courier/", "/courier-2/"))
        routes = {urlsplit(address).path.split("/")[1] for address in (first, second)}
        assert len(routes) == 2
        assert [asked(address)[0] for address in (first, second)] == [200, 200]


def test_a_collection_on_read_only_media_is_shown(collection: Collection, tmp_path: Path) -> None:
    with (
        read_only_copy(collection.path, tmp_path / "courier") as copied,
        exploring(copied, by=AS_ANYBODY) as explorer,
    ):
        assert "A lamp and its keeper" in asked(framed(explorer, address_of(explorer)))[2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_it_ends_with_the_explorer(collection: Collection, number: signal.Signals) -> None:
    with exploring(collection.path, ended_with=(0, -signal.SIGKILL, -signal.SIGTERM)) as explorer:
        frame = framed(explorer, address_of(explorer))
        assert asked(frame)[0] == 200
        os.kill(explorer.process, number)
        assert closes(f"http://{urlsplit(frame).netloc}")


def test_where_it_has_died_pages_are_shown_without_scripts(collection: Collection) -> None:
    with exploring(collection.path) as explorer:
        frame = framed(explorer, address_of(explorer))
        assert asked(frame)[0] == 200
        os.kill(child_of(explorer.process), signal.SIGKILL)
        assert closes(f"http://{urlsplit(frame).netloc}")
        page = explorer.ask(address_of(explorer)).text
        assert "/page/courier/" in page
        assert "As captured" not in page


def child_of(process: int) -> int:
    """The only process that this one has begun."""
    (child,) = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(child)


def test_it_is_left_out_where_that_is_wished(collection: Collection) -> None:
    with exploring(collection.path, "--no-replay") as explorer:
        page = explorer.ask(address_of(explorer)).text
        assert "/page/courier/" in page
        assert "As captured" not in page
        assert Path(f"/proc/{explorer.process}/task/{explorer.process}/children").read_text() == ""
