"""Chromium alone on a list of URLs, as Playwright drives it: `python -m benchmarks.browser_alone URLS`."""

import asyncio
import os
import shutil
import sys
import time
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from crawler.browser.rendering import BETWEEN, QUIET, SCROLL

_SCREENS = 10


async def main(urls: list[str]) -> None:
    """Load each page in a profile of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--disable-gpu"], chromium_sandbox=os.geteuid() != 0
        )
        for url in urls:
            assert "Page" in await _document(browser, url)
        await browser.close()


async def _document(browser: Browser, url: str) -> str:
    context = await browser.new_context()
    page = await context.new_page()
    under_way: set[object] = set()
    last = time.monotonic()

    def began(request: object) -> None:
        under_way.add(request)

    def ended(request: object) -> None:
        nonlocal last
        under_way.discard(request)
        last = time.monotonic()

    page.on("request", began)
    page.on("requestfinished", ended)
    page.on("requestfailed", ended)

    async def idle(seconds: float) -> None:
        while under_way or time.monotonic() - last < seconds:
            await asyncio.sleep(0.02)

    await page.goto(url, wait_until="load")
    await idle(QUIET)
    for _ in range(_SCREENS):
        if not await page.evaluate(SCROLL):
            break
        await idle(BETWEEN)
    document = await page.content()
    await context.close()
    return document


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).read_text().split()))
