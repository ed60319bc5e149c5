"""A captured page, loaded in a browser: its scripts run, it is scrolled through, and its document is taken."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archive.exchange import Capture, Origin, RenderedPage, Rendering, Unfinished
from archive.sites.browsing import Browsing
from archive.sites.selectors import is_xpath
from crawler.browser.chromium import Chromium, first_line
from crawler.browser.traffic import Ask, Traffic
from crawler.run.crawl_run import KeptExchange
from crawler.spiders.faults import BrowserFailedError

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page

#: Seconds without a request after which a page counts as loaded; less between two steps on it.
QUIET, BETWEEN = 0.5, 0.15
#: Seconds that an element is waited for, and a click may take.
_APPEARS, _CLICK = 15.0, 3.0
#: Seconds in which a page must hand over its document.
_PATIENCE = 30.0
SCROLL = """() => {
    const before = scrollY;
    scrollBy({top: innerHeight, behavior: 'instant'});
    return scrollY > before;
}"""
#: In a world of its own, where a page's scripts have put nothing in the place of what a browser has. A browser that
#: runs scripts shows nothing of `noscript`; whoever reads the document again would.
_DOCUMENT = """(() => {
    const roots = [];
    const gather = (within) => within.querySelectorAll('*').forEach((element) => {
        if (element.shadowRoot) { roots.push(element.shadowRoot); gather(element.shadowRoot); }
    });
    gather(document);
    [document, ...roots].forEach((within) => within.querySelectorAll('noscript').forEach((one) => one.remove()));
    const root = document.documentElement, shell = root.cloneNode(false).outerHTML, end = shell.lastIndexOf('</');
    const doctype = document.doctype ? new XMLSerializer().serializeToString(document.doctype) + '\\n' : '';
    return doctype + shell.slice(0, end) + root.getHTML({shadowRoots: roots}) + shell.slice(end);
})()"""


async def rendered(chromium: Chromium, kept: KeptExchange, ask: Ask, rules: Browsing, user_agent: str) -> RenderedPage:
    """What a browser makes of a captured page. Raises BrowserFailedError, and what `ask` raises."""
    from playwright.async_api import Error  # noqa: PLC0415 - an extra

    began = time.monotonic()
    traffic = Traffic(chromium.session, ask, kept, rules)
    try:
        async with chromium.page(user_agent, traffic.paused) as page:
            document, screenshot = await _taken(page, traffic, rules, kept.capture.url)
    except (Error, TimeoutError) as error:
        said = "the page does not answer" if isinstance(error, TimeoutError) else first_line(error)
        raise BrowserFailedError(said) from error
    shown = traffic.document
    return RenderedPage(
        url=shown.capture.url,
        # Records of one capture have one date (WARC 1.1, section 5.4), and players look for a page by that.
        started=shown.capture.date or datetime.now(UTC),
        document=document,
        rendering=Rendering(chromium.name, shown.written.record_id, _head(shown.capture), traffic.unfinished),
        origin=_origin(kept.capture, shown.capture),
        seconds=time.monotonic() - began,
        screenshot=screenshot,
    )


def _origin(asked: Capture, shown: Capture) -> Origin:
    """That of what was asked for, and under which address, where a script has led to another one."""
    led = asked.url if shown.url != asked.url else None
    return asked.origin._replace(is_for_browser=False, requested_url=asked.origin.requested_url or led)


async def _taken(page: "Page", traffic: Traffic, rules: Browsing, url: str) -> tuple[str, bytes]:
    """A page's document and its picture, once it is loaded or a limit is reached."""
    session = await page.context.new_cdp_session(page)
    try:
        async with asyncio.timeout(rules.seconds):
            await _load(page, traffic, rules, url)
    except TimeoutError:
        traffic.end(Unfinished.TIME)
        # Of a script that runs for ever; others that run now are at their end, too.
        await asyncio.wait_for(session.send("Runtime.terminateExecution"), _PATIENCE)
    traffic.end()
    async with asyncio.timeout(_PATIENCE):
        screenshot = await _screenshot(page) if rules.screenshot else b""
        return await _document(session), screenshot


async def _load(page: "Page", traffic: Traffic, rules: Browsing, url: str) -> None:
    from playwright.async_api import Error  # noqa: PLC0415 - an extra

    await page.goto(url, wait_until="commit", timeout=0)
    await page.wait_for_load_state("load", timeout=0)
    await traffic.idle(QUIET)
    if rules.wait_for:
        with suppress(Error):  # It is not there: the page is taken as it is.
            await page.wait_for_selector(_named(rules.wait_for), state="attached", timeout=_APPEARS * 1000)
    for selector in rules.click:
        await _click(page, selector)
        await traffic.idle(BETWEEN)
    for _ in range(rules.scrolls):
        if not await page.evaluate(SCROLL):
            break
        await traffic.idle(BETWEEN)
    if rules.click or rules.wait_for:
        await traffic.idle(QUIET)


async def _click(page: "Page", selector: str) -> None:
    """Click what a selector finds first and shows, in whichever frame: consent dialogs often have one of their own."""
    from playwright.async_api import Error  # noqa: PLC0415 - an extra

    for frame in page.frames:
        with suppress(Error):
            found = frame.locator(_named(selector)).first
            if await found.is_visible():
                await found.click(timeout=_CLICK * 1000)
                return


def _named(selector: str) -> str:
    return f"{'xpath' if is_xpath(selector) else 'css'}={selector}"


async def _document(session: "CDPSession") -> str:
    frame = (await session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
    world = await session.send("Page.createIsolatedWorld", {"frameId": frame})
    asked = {"expression": _DOCUMENT, "contextId": world["executionContextId"], "returnByValue": True}
    answer = await session.send("Runtime.evaluate", asked)
    document = answer["result"].get("value")
    if not isinstance(document, str):
        raise BrowserFailedError(f"the page has no document: {answer['result'].get('description', 'nothing')}"[:300])
    return document


async def _screenshot(page: "Page") -> bytes:
    """The page as a whole; nothing where Chromium cannot draw it."""
    from playwright.async_api import Error  # noqa: PLC0415 - an extra

    with suppress(Error):
        return await page.screenshot(full_page=True, animations="disabled", timeout=_PATIENCE * 500)
    return b""


def _head(capture: Capture) -> bytes:
    """The status and headers that came, as lines."""
    lines = [f"HTTP/1.1 {capture.status}", *(f"{name}: {value}" for name, value in capture.headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
