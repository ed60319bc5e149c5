"""A captured page looks in replay as it does live, where what it needs was captured with it."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from crawler.demo import DemoSite
from tests.scripted import PATIENCE, Run, command, environment

pytestmark = pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")

ARTICLE = "/news/2026/11/18/swing-bridge-closed-cracks.html"
WITHOUT = "/de/kultur/leuchtturm-museum-a-4720.html"
WIDTH, HEIGHT = 1280, 1800
#: Pixels of the frame that pywb shows around a page: as much as is looked through for where the page begins.
FRAME = 200
#: Pixels at the foot of a window that are not compared: a notice is fixed there, which the frame moves.
FOOT = 200


def shot(url: str, path: Path, height: int) -> Image.Image:
    """What Chromium shows of a page."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    options += ["--hide-scrollbars", "--force-device-scale-factor=1", "--virtual-time-budget=8000"]
    options += [f"--user-data-dir={path}-profile", f"--window-size={WIDTH},{height}", f"--screenshot={path}"]
    subprocess.run(["chromium", *options, url], check=True, capture_output=True, timeout=PATIENCE)
    return Image.open(path).convert("RGB")


def difference(live: Image.Image, replayed: Image.Image) -> float:
    """The share of pixels that differ, wherever below the frame the page begins."""
    return min(_share(live, replayed, top) for top in range(FRAME))


def _share(live: Image.Image, replayed: Image.Image, top: int) -> float:
    size = (WIDTH, HEIGHT - FOOT)
    parts = live.crop((0, 0, *size)), replayed.crop((0, top, WIDTH, top + size[1]))
    # Shades of letters' edges differ by a little where a page is drawn in a frame.
    differing = ImageChops.difference(*parts).convert("L").point(lambda shade: 255 if shade > 32 else 0)
    return differing.histogram()[255] / (size[0] * size[1])


@contextmanager
def replay(collection: Path) -> Iterator[str]:
    """The address of pywb on a collection."""
    arguments = command("replay", collection, "--port", 0)
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().decode().strip()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)


def test_a_page_looks_as_it_does_live(tmp_path: Path, cleancopy: Run) -> None:
    with DemoSite() as site:
        for path, more in ((ARTICLE, ["--requisites"]), (WITHOUT, [])):
            (tmp_path / "urls.txt").write_text(site.url_of(path))
            ran = cleancopy("crawl", "--urls", "urls.txt", "--collection", "c", "--delay", 0, "--allow-private", *more)
            assert ran.code == 0, ran.err
        live = {path: shot(site.url_of(path), tmp_path / f"live{len(path)}.png", HEIGHT) for path in (ARTICLE, WITHOUT)}
        served = len(site.hits)
        with replay(tmp_path / "c") as address:
            shown = {
                path: shot(f"{address}2026/{site.url_of(path)}", tmp_path / f"replayed{len(path)}.png", HEIGHT + FRAME)
                for path in (ARTICLE, WITHOUT)
            }
        assert len(site.hits) == served, "nothing comes from the live site"
    assert difference(live[ARTICLE], shown[ARTICLE]) < 0.002
    assert difference(live[WITHOUT], shown[WITHOUT]) > 0.05, "a page without its style looks another"
