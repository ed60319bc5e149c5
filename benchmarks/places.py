"""The share of blocks that Chromium finds at their XPaths.

    python -m benchmarks.places --corpus FOLDER --pages 200

Each page is extracted, and parsed by Chromium with scripts off; each block's XPath is evaluated there. A block is found
where the element shows its text and no other, or begins with what the element or text node named shows. White space
does not count. In a shadow root, which no XPath leads into, it must be among what its host shows.
Exit 1 where fewer than 99.9 % of the body's blocks are found or 99.5 % of all.
"""

import json
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from archive.extraction.asides import CLIPPED, CONTROLS, ICON, MARKS, SPOKEN
from archive.extraction.extract import extract
from archive.extraction.visibility import HIDDEN
from archive.labels import Label
from archive.records import Block
from benchmarks.corpus import DEFAULT, Page, read_corpus

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_BODY, _ALL = 0.999, 0.995
#: Pages that Chromium is given at once, and the seconds that it may take.
_AT_ONCE, _PATIENCE = 40, 300
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")
_HARNESS = """<!DOCTYPE html><meta charset="utf-8"><pre id="found"></pre><script src="pages.js"></script><script>
const squeezed = text => text.replace(/[\\s\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u200b\\u2060\\ufeff]+/g, "");
function shown(node) {
  if (node.nodeType == 3) return node.data;
  if (node.nodeType != 1 && node.nodeType != 11) return "";
  if (node.nodeType == 1 && HIDDEN.has(node.localName) && !node.hasAttribute("open")) return "";
  return [...(node.shadowRoot || node).childNodes].map(part => is_hidden(part) ? "" : shown(part)).join("");
}
const marks = new RegExp(ICON), spoken = new RegExp(SPOKEN), clipped = new RegExp(CLIPPED);
const style = /(^|;)\\s*(display\\s*:\\s*none|visibility\\s*:\\s*hidden)/i;
const is_mark = node => MARKS.has(node.localName) && (CONTROLS.some(name => node.classList.contains(name)) ||
  (spoken.test(node.className) || clipped.test(node.getAttribute("style"))) && node.parentElement?.localName == "a" &&
    node.previousSibling?.data?.trim() ||
  node.ariaHidden == "true" && (marks.test(node.className) || node.previousElementSibling?.querySelector("math")));
const is_hidden = node => node.nodeType == 1 &&
  (node.hasAttribute("hidden") || style.test(node.getAttribute("style")) || is_mark(node));
function is_there(page, path, text) {
  let node = null;
  try { node = page.evaluate(path, page, null, 9, null).singleNodeValue } catch { }
  if (!node) return false;
  const seen = squeezed(shown(node)), wanted = squeezed(text);
  if (node.nodeType == 3) return wanted.startsWith(seen) || seen.startsWith(wanted);
  return seen == wanted || (seen && wanted.startsWith(seen)) || (node.shadowRoot && seen.includes(wanted));
}
document.getElementById("found").textContent = JSON.stringify(PAGES.map(([html, blocks]) => {
  const page = /shadowrootmode/i.test(html) ? Document.parseHTMLUnsafe(html)  // which drops comments
    : new DOMParser().parseFromString(html, "text/html");
  return blocks.map(([path, text]) => Boolean(is_there(page, path, text)));
}));
</script>"""


class Placed(NamedTuple):
    """A page as it was decoded, and its blocks' XPaths and texts."""

    html: str
    places: Sequence[tuple[str, str]]


def found_by_chromium(pages: Sequence[Placed]) -> list[list[bool]]:
    """For each block of each page whether Chromium finds it at its XPath."""
    known = {"HIDDEN": sorted(HIDDEN), "MARKS": sorted(MARKS)}
    said = [f"const {name} = new Set({json.dumps(values)});" for name, values in known.items()]
    said += [f"const CONTROLS = {json.dumps(sorted(CONTROLS))};"]
    patterns = {"ICON": ICON, "SPOKEN": SPOKEN, "CLIPPED": CLIPPED}
    said += [f"const {name} = {json.dumps(one.pattern)};" for name, one in patterns.items()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pages.js").write_text("\n".join([*said, f"const PAGES = {json.dumps(pages)};"]))
        (folder / "harness.html").write_text(_HARNESS)
        command = [str(CHROMIUM), *_FLAGS, f"--user-data-dir={folder / 'profile'}", "--dump-dom"]
        where = (folder / "harness.html").as_uri()
        dom = subprocess.run([*command, where], capture_output=True, text=True, timeout=_PATIENCE, check=True).stdout
    found: list[list[bool]] = json.loads(dom.partition('<pre id="found">')[2].partition("</pre>")[0])
    return found


def main(
    corpus: Annotated[Path, typer.Option(help="The corpus folder.")] = DEFAULT,
    pages: Annotated[int, typer.Option(help="How many pages, chosen by a fixed lot.")] = 200,
    show: Annotated[bool, typer.Option("--show", help="Show each block that is not found.")] = False,
) -> None:
    """Count the blocks that Chromium finds."""
    chosen = list(read_corpus(corpus))
    random.Random(1).shuffle(chosen)
    found, of_body = [], []
    for page, blocks, known in _looked_for(iter(chosen[:pages])):
        for block, is_found in zip(blocks, known, strict=True):
            found.append(is_found)
            if block.label is Label.BODY:
                of_body.append(is_found)
            if show and not is_found:
                print(f"{page.name}  {block.label}  {block.xpath}  {block.text[:80]!r}")
    body, every = sum(of_body) / len(of_body), sum(found) / len(found)
    print(f"{pages} pages: {body:.4f} of {len(of_body)} blocks of body are found, {every:.4f} of all {len(found)}")
    raise typer.Exit(body < _BODY or every < _ALL)


def _looked_for(pages: Iterator[Page]) -> Iterator[tuple[Page, Sequence[Block], list[bool]]]:
    while batch := list(islice(pages, _AT_ONCE)):
        blocks = [extract(page.html, page.url or None).blocks for page in batch]
        places = [[(block.xpath or "", block.text) for block in known] for known in blocks]
        found = found_by_chromium([Placed(page.html, known) for page, known in zip(batch, places, strict=True)])
        yield from zip(batch, blocks, found, strict=True)


if __name__ == "__main__":
    typer.run(main)
