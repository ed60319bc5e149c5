"""The captures that a site file is tried on: a small WARC beside the file, or a collection.

Those of files that come with cleancopy lie in the user's cache: nothing is written into an installed package, and
publishers' pages are not passed on with a checkout.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from archive.capture_fields import WarcPlace
from archive.collection.folder import Collection
from archive.errors import CollectionError
from archive.exchange import Capture, Place
from archive.pipeline.captures import read_capture, read_captures
from archive.research.excerpt import write_excerpts
from archive.sites import bundled_sites
from archive.warc.index import fields_of, url_key

#: A capture and the WARC that it lies in.
Kept = tuple[Path, Capture]
#: What an index says of a capture that can be tried.
_GOOD, _PAGES = "200", ("text/html", "application/xhtml+xml", None)


def warc_beside(site_file: Path) -> Path:
    """Where a site file's saved captures lie: `example.org.warc.gz` beside `example.org.yaml`, or in the user's cache
    for a file that came with cleancopy."""
    name = f"{site_file.stem}.warc.gz"
    return cache() / name if is_bundled(site_file) else site_file.with_name(name)


def is_bundled(site_file: Path) -> bool:
    """Whether a site file came with cleancopy."""
    return site_file.resolve().parent == bundled_sites().resolve()


def is_installed(site_file: Path) -> bool:
    """Whether a site file is part of the installed program, rather than of a checkout or the user's own."""
    return is_bundled(site_file) and bundled_sites().parent.name == "_configs"


def cache() -> Path:
    """The user's folder of fetched test pages: `cleancopy/pages` where the XDG base directories say."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cleancopy" / "pages"


def captures_beside(site_file: Path, urls: Iterable[str]) -> dict[str, Kept]:
    """The newest saved capture of each of these URLs that has one."""
    warc = warc_beside(site_file)
    found = _newest(read_captures(warc), urls) if warc.is_file() else {}
    return {url: (warc, capture) for url, capture in found.items()}


def save_beside(site_file: Path, captures: Iterable[Kept]) -> Path:
    """Save captures, each given with its WARC, beside a site file; those saved before of other pages stay. Raises
    CollectionError where that cannot be done."""
    target = warc_beside(site_file)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CollectionError(f"{target.parent} cannot be made: {error.strerror}") from error
    found = [(capture.url, (warc, _place_of(capture))) for warc, capture in captures]
    new = {url_key(url) for url, _ in found}
    kept = [
        (target, _place_of(capture))
        for capture in (read_captures(target) if target.is_file() else ())
        if url_key(capture.url) not in new
    ]
    write_excerpts([*kept, *(place for _, place in found)], target)
    return target


def _place_of(capture: Capture) -> WarcPlace:
    assert capture.place is not None  # noqa: S101 - captures read from a WARC have one
    place = capture.place
    return WarcPlace(filename=place.filename, offset=place.offset, length=place.length, record_id=capture.record_id)


def captures_in_collection(collection: Collection, urls: Iterable[str]) -> dict[str, Kept]:
    """The newest capture of each of these URLs in a collection, found by its index. Raises CollectionError where there
    is no index."""
    collection.require()
    if not collection.index.exists():
        raise CollectionError(f"{collection.path} has no index. Make it: cleancopy index {collection.path}")
    wanted = {url_key(url): url for url in urls}
    places: dict[str, Place] = {}
    for key, place in _indexed(collection.index, frozenset(wanted)):
        places[wanted[key]] = place
    return {url: _read(collection.warc_path(place.filename), place) for url, place in places.items()}


def _read(warc: Path, place: Place) -> Kept:
    return warc, read_capture(warc, place)


def _indexed(index: Path, keys: frozenset[str]) -> Iterator[tuple[str, Place]]:
    """The pages among an index's lines, each key's in the order of time."""
    with index.open("rb") as lines:
        for line in lines:
            key, _, _ = line.decode("utf-8", "replace").partition(" ")
            if key in keys:
                told = fields_of(line)
                if told.get("status") == _GOOD and told.get("mime") in _PAGES:
                    yield key, Place(told["filename"], int(told["offset"]), int(told["length"]))


def _newest(captures: Iterable[Capture], urls: Iterable[str]) -> dict[str, Capture]:
    wanted = {url_key(url): url for url in urls}
    found: dict[str, Capture] = {}
    for capture in captures:
        for address in {capture.url, capture.origin.requested_url or capture.url}:
            url = wanted.get(url_key(address))
            if url and capture.may_have_record and not _is_older(capture, found.get(url)):
                found[url] = capture
    return found


def _is_older(capture: Capture, known: Capture | None) -> bool:
    return bool(known and known.date and capture.date and capture.date < known.date)
