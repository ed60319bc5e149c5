"""The report of a collection as a browser shows it."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from lxml import html

from archive.operations import report_page as page
from archive.operations.report_figures import CollectionReport
from archive.operations.report_page import as_html
from tests.browser import chromium, served
from tests.reported import hostile, six

#: Holds the page at a phone's and a desktop's width and says how wide it became, and whether all was drawn.
FRAMES = """<!doctype html><link rel=icon href=data:,>
<iframe src=report.html width=390 height=800 style=border:0></iframe>
<iframe src=report.html width=1200 height=800 style=border:0></iframe>
<script>onload = () => {
  const told = [...document.querySelectorAll("iframe")].map(frame => {
    const inner = frame.contentDocument;
    for (const site of inner.querySelectorAll("details")) site.open = true;
    const seen = [...inner.querySelectorAll("svg.plot")].every(plot => plot.getBoundingClientRect().height > 60);
    const small = [...inner.querySelectorAll("td, dd, p, li")].filter(
      element => parseFloat(inner.defaultView.getComputedStyle(element).fontSize) < 12).length;
    return [inner.documentElement.scrollWidth, seen, small].join(" ");
  });
  document.title = told.join(", ");
}</script>"""


@pytest.mark.parametrize("report", [six, hostile], ids=["six", "hostile"])
def test_a_browser_shows_it_on_a_phone_and_on_a_desk_and_asks_for_nothing(
    report: Callable[[], CollectionReport], tmp_path: Path
) -> None:
    (tmp_path / "report.html").write_text(as_html(report()), "utf-8")
    (tmp_path / "frames.html").write_text(FRAMES, "utf-8")
    with served(tmp_path) as (origin, asked):
        arguments = ("--virtual-time-budget=3000", "--window-size=1700,900", "--dump-dom")
        dom = chromium(tmp_path, *arguments, f"{origin}/frames.html")
    assert html.document_fromstring(dom).findtext(".//title") == "390 true 0, 1200 true 0"
    assert set(asked) == {"/frames.html", "/report.html"}


@pytest.mark.parametrize("width", [500, 1200])
def test_a_screenshot_holds_the_colours_of_states_and_plots(width: int, tmp_path: Path) -> None:
    picture = tmp_path / "report.png"
    (tmp_path / "report.html").write_text(as_html(six()), "utf-8")
    where = (tmp_path / "report.html").as_uri()
    chromium(tmp_path, f"--window-size={width},2600", "--force-color-profile=srgb", f"--screenshot={picture}", where)
    colours = _colours(picture)
    for name in ("--paper", "--bars", "--failed", "--alarm"):
        assert colours.get(_light()[name], 0) > 50, name


def _colours(picture: Path) -> Mapping[str, int]:
    """How often each colour stands in a picture."""
    image = pytest.importorskip("PIL.Image")
    with image.open(picture) as opened:
        found = opened.convert("RGB").getcolors(1 << 24)
    return {"#{:02x}{:02x}{:02x}".format(*colour): count for count, colour in found}


def _sheet() -> str:
    return (Path(page.__file__).parent / "templates" / "report.css").read_text()


def _palettes() -> list[dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", _sheet(), re.DOTALL)
    return [dict(re.findall(r"(--\w+): (#[0-9a-f]{3,6})", block)) for block in blocks]


def _light() -> dict[str, str]:
    return _palettes()[0]


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("palette", _palettes(), ids=["light", "dark", "print"])
def test_text_can_be_read(palette: dict[str, str]) -> None:
    for ground in ("--paper", "--raised"):
        for name in ("--ink", "--soft", "--well", "--new", "--alarm", "--warn"):
            dark, bright = sorted((_luminance(palette[ground]), _luminance(palette[name])))
            assert (bright + 0.05) / (dark + 0.05) >= 4.5, (name, ground)
