"""The development corpus: pages with truth, read from a folder that is not part of the project.

Each page has the truth of its body (paragraphs, some optional), of its labels, or both. `site` groups pages
that must never stand on both sides of a split.
"""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courlan import extract_domain

from archive.extraction.charset import decode
from archive.labels import Label
from benchmarks.reading import labels_read

DEFAULT = Path(__file__).parent.parent.parent / "shared" / "corpus"
BODY_SETS = ("wcxb-dev", "fundus-a", "multi")
#: Halves of other programs' own suites: their truth is another idea of an article, and labels are read here.
PEER_SETS = ("traf-a", "mozilla-a", "postlight-a")
#: What `cleancopy correct --training` writes: pages of which people put single labels right.
CORRECTED_SET = "corrections"
ALL_SETS = (*BODY_SETS, "newspaper3k", *PEER_SETS, CORRECTED_SET)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a body's truth; an optional one may be kept or left out."""

    text: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page with its truth: `body` is None where only labels are known, `labels` where only the body is.

    `read_here` is true where the labels are not the corpus' own: a reader of this project gave them, to learn from.
    """

    name: str
    set: str
    site: str
    url: str
    raw: bytes
    body: tuple[Paragraph, ...] | None
    standfirst: tuple[str, ...]
    labels: tuple[tuple[Label, str], ...] | None
    truth: dict[str, Any]
    read_here: bool = False

    @property
    def html(self) -> str:
        """The page as text."""
        return decode(self.raw)[0]


def read_corpus(folder: Path = DEFAULT, sets: tuple[str, ...] = ALL_SETS) -> Iterator[Page]:
    """All pages of the named sets, in a fixed order. Raises FileNotFoundError where the corpus is not there."""
    if not folder.is_dir():
        raise FileNotFoundError(f"no corpus at {folder}: give its folder with --corpus")
    for name in sets:
        for path in sorted((folder / name).glob("*.html.gz")):
            yield _read_page(folder, name, path)


def _read_page(folder: Path, group: str, path: Path) -> Page:
    stem = path.name.removesuffix(".html.gz")
    truth_path = path.with_name(stem + ".json")
    truth = json.loads(truth_path.read_text()) if truth_path.exists() else {}
    name, raw = f"{group}/{stem}", gzip.decompress(path.read_bytes())
    labels = _labels(folder / "labels" / f"{group}-{stem}.json")
    read = labels_read(name, decode(raw)[0]) if labels is None else None
    return Page(
        name=name,
        set=group,
        site=truth.get("name") or _site(stem, truth),
        url=truth.get("url") or "",
        raw=raw,
        body=_body(truth),
        standfirst=tuple(truth.get("standfirst") or ()),
        labels=labels or read,
        truth=truth,
        read_here=read is not None,
    )


def _labels(path: Path) -> tuple[tuple[Label, str], ...] | None:
    if not path.exists():
        return None
    return tuple((Label(label), text) for label, text in json.loads(path.read_text())["blocks"])


def _site(stem: str, truth: dict[str, Any]) -> str:
    if url := truth.get("url"):
        return extract_domain(url, fast=True) or url
    return re.sub(r"(?:\.com)?\d*$", "", stem) + ".com"


def _body(truth: dict[str, Any]) -> tuple[Paragraph, ...] | None:
    body = truth.get("body")
    if body is None:
        return None
    if isinstance(body, list):
        return tuple(Paragraph(part["text"], part["optional"]) for part in body)
    return tuple(Paragraph(line) for line in body.split("\n") if line.strip())
