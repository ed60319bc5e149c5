"""Pages that show nothing until their scripts have run."""

import json
from pathlib import Path

from benchmarks.static_server import write_pages

_SHELL = """<!DOCTYPE html><html lang=en><head><title>Page {number}</title>
<link rel=stylesheet href="/identity/app.css">
</head><body><div id=app data-story="/identity/{number}.json"></div>
<script src="/identity/app.js"></script></body></html>
"""
_APP = """const app = document.getElementById('app');
fetch(app.dataset.story).then((answer) => answer.json()).then((story) => {
  app.innerHTML = '<article><h1></h1></article>' + story.pictures.map((one) => `<img src="${one}" alt="">`).join('');
  app.querySelector('h1').textContent = story.title;
  for (const text of story.paragraphs) {
    const paragraph = document.createElement('p');
    paragraph.textContent = text;
    app.firstChild.append(paragraph);
  }
});
"""
_CSS = "body { font-family: serif; max-width: 40em; margin: auto } img { width: 20em } p { line-height: 1.4 }\n"
_SENTENCE = "The harbour office said that page {number} would wait for no committee this year, whatever it decides. "
#: A picture of one pixel, padded: what counts is that it is asked for.
_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1H0z"/><!-- {padding} --></svg>'
_PICTURES = 6


def write_script_pages(folder: Path, count: int) -> None:
    """Each with a script, a style sheet, its story as JSON and some pictures of its own."""
    write_pages(folder, 0)
    (folder / "app.js").write_text(_APP)
    (folder / "app.css").write_text(_CSS)
    for number in range(count):
        pictures = [f"{number}-{one}.svg" for one in range(_PICTURES)]
        for name in pictures:
            (folder / name).write_text(_PICTURE.format(padding=name * 2000))
        story = {
            "title": f"Page {number}",
            "paragraphs": [_SENTENCE.format(number=number) * 4] * 20,
            "pictures": [f"/identity/{name}" for name in pictures],
        }
        (folder / f"{number}.json").write_text(json.dumps(story))
        (folder / f"{number}.html").write_text(_SHELL.format(number=number))
