"""Makes the pictures of the explorer that README shows: `python -m tests.screenshots`, into docs/images."""

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.browser import CHROMIUM
from tests.explored import CHANGED, explored
from tests.explorer_server import Explored, exploring

FOLDER = Path(__file__).parent.parent / "docs" / "images"
#: Pixels of the window, and colours of a picture: flat pages need no more.
SIZE: ViewportSize = {"width": 1240, "height": 760}
COLOURS = 128


def shoot(page: Page, name: str) -> None:
    """Keep what a page shows."""
    page.wait_for_timeout(500)
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)


def make(page: Page, explorer: Explored) -> None:
    """All pictures."""
    page.goto(explorer.address)
    page.goto(f"{explorer.origin}/search?q=harbour")
    shoot(page, "explore-search")
    page.goto(f"{explorer.origin}/search?q=kelp+auction")
    page.click("article h3 a")
    page.frame_locator("#page").locator("[data-block]").first.wait_for()
    page.locator("#blocks .run.body .block").nth(1).click()
    shoot(page, "explore-article")
    page.goto(f"{explorer.origin}/history/courier?url={CHANGED}")
    shoot(page, "explore-history")
    page.goto(f"{explorer.origin}/quality")
    shoot(page, "explore-quality")


def main() -> None:
    """Make a collection, open it, and look."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        collection = explored(Path(folder) / "courier")
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with exploring(collection.path) as explorer:
            make(browser.new_page(viewport=SIZE), explorer)
        browser.close()


if __name__ == "__main__":
    main()
