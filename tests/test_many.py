"""`extract_many`: pages from anywhere on all cores, and what is no page told by its argument."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import extract, extract_many, extract_text
from archive.sites import Site
from tests.scripted import PATIENCE, environment, story

URL = "https://gull.example/{}"


def test_records_are_those_of_extract_in_order() -> None:
    pages = [(story(f"Page {number}"), URL.format(number)) for number in range(5)]
    found = list(extract_many([*pages, story("Without address"), b"", ("<p>No address", None)], workers=2))
    assert found[:5] == [extract(page, url) for page, url in pages]
    assert found[5] == extract(story("Without address"))
    assert found[6].extraction.warnings
    assert len(found) == 8


def test_pages_are_taken_a_little_ahead() -> None:
    taken = []

    def pages() -> Iterator[str]:
        for number in range(40):
            taken.append(number)
            yield story(f"Page {number}", 50)

    records = extract_many(pages(), workers=1)
    assert taken == []
    next(records)
    assert len(taken) < 20
    records.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        (story("One"), "pages: expected an iterable of pages, got str"),
        (7, "pages: expected an iterable of pages, got int"),
        ([b"<p>", 7], r"pages\[1\]: expected bytes, str or a pair \(page, url\), got int"),
        ([("<p>", "a", "b")], r"pages\[0\]: .* got \(str, str, str\)"),
        ([("<p>", 7)], r"pages\[0\]: .* got \(str, int\)"),
    ],
)
def test_what_is_no_page_is_told_by_its_place(pages: object, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        list(extract_many(pages, workers=1))  # type: ignore[arg-type]


@pytest.mark.parametrize("workers", [0, -1, "all"])
def test_workers_are_a_number(workers: object) -> None:
    with pytest.raises(TypeError, match=f"workers: expected a number from 1, or None for all cores, got {workers!r}"):
        extract_many([], workers=workers)  # type: ignore[arg-type]


def test_a_script_needs_no_guard_around_it(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(story("Page"))
    script = tmp_path / "script.py"
    script.write_text(
        "from archive import extract_many\nprint('begun')\n"
        "for record in extract_many([open('page.html').read()] * 3, workers=2):\n    print(record.title)\n"
    )
    ran = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (ran.returncode, ran.stdout.decode()) == (0, "begun\nPage\nPage\nPage\n"), ran.stderr.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"page": None}, "page: expected the page as bytes or text, got NoneType"),
        ({"page": Path("a.html")}, "page: expected the page as bytes or text, got PosixPath"),
        ({"page": b"", "url": 7}, "url: expected an address as text, or None, got int"),
        ({"page": b"", "site": "gull.example"}, r"site: expected a Site, as archive.sites.load_site\(PATH\) gives one"),
    ],
)
def test_extract_names_the_argument(given: dict[str, object], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        extract(**given)  # type: ignore[arg-type]
    assert extract(b"<p>One.</p>", site=Site(domain="gull.example")).site == "gull.example"


def test_extract_text_names_the_argument() -> None:
    with pytest.raises(TypeError, match="text: expected a text, got bytes"):
        extract_text(b"One.")  # type: ignore[arg-type]
