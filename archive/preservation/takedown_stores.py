"""What a collection knows of its captures beside the WARC files and records, after a takedown."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import closing
from heapq import merge
from pathlib import Path

from archive.collection.catalogue import catalogued
from archive.collection.corrections import LOG as CORRECTIONS
from archive.collection.corrections import line_of, read_corrections
from archive.collection.folder import Collection
from archive.collection.pending_takedown import Stage
from archive.collection.sqlite_file import shut_in
from archive.extraction.memory.site_memory import SiteMemory
from archive.research.search_index import search_path
from archive.sites.file_stamp import stamp_of
from archive.warc.index import fields_of, sort_lines, url_key, write_sorted
from archive.warc.sighting import Original
from archive.whole_file import is_plain_name

#: In place of the stamp that a file will have where it is put by renaming, which changes it.
_EXPECTED = "expected"


def rewrite_index(collection: Collection, stage: Stage, warcs: Iterable[Path]) -> None:
    """The index with the lines of rewritten files made anew; `warcs` are the new files."""
    made = {path.name: path for path in warcs}
    target = stage.place(collection.index)
    new = (entry.line() for path in made.values() for entry in catalogued(path))
    write_sorted(target, merge(_lines_of_others(collection.index, made.keys()), sort_lines(new, target.parent)))


def _lines_of_others(index: Path, files: Set[str]) -> Iterator[bytes]:
    if index.exists():
        with index.open("rb") as lines:
            for line in lines:
                if fields_of(line)["filename"] not in files:
                    yield line


def forget_corrections(collection: Collection, stage: Stage, digests: Set[str]) -> None:
    """What was corrected on payloads that were removed: such lines name addresses and hold what people wrote there.
    Raises CollectionError at a line that cannot be read: nothing tells whose it is."""
    path = collection.path / CORRECTIONS
    if any(each.payload_digest in digests for each in read_corrections(collection.path)):
        kept = (each for each in read_corrections(collection.path) if each.payload_digest not in digests)
        stage.place(path).write_bytes(b"".join(map(line_of, kept)))


def forget_payloads(
    collection: Collection, stage: Stage, heirs: Mapping[str, Original | None], keys: Set[str], warcs: Iterable[Path]
) -> None:
    """The payloads seen: what was removed is not known any more, and what refers to it refers to its heir. `keys` are
    the index keys of addresses taken down, `warcs` the files that are rewritten."""
    if not collection.digests.exists():
        return
    target = stage.place(collection.digests)
    _copy(collection.digests, target)
    with closing(sqlite3.connect(target)) as db, db:
        shut_in(db)
        for removed_id, heir in heirs.items():
            if heir is None:
                for table in ("originals", "latest"):
                    db.execute(f"DELETE FROM {table} WHERE record_id = ?", (removed_id,))  # noqa: S608 - our own names
                continue
            values = (heir.record_id, heir.url, heir.date, removed_id)
            db.execute("UPDATE originals SET record_id = ?, url = ?, date = ? WHERE record_id = ?", values)
            db.execute("UPDATE latest SET record_id = ?, url = ?, date = ? WHERE record_id = ?", values)
        asked = [url for (url,) in db.execute("SELECT asked FROM latest") if url_key(url) in keys]
        db.executemany("DELETE FROM latest WHERE asked = ?", ((url,) for url in asked))
        for warc in warcs:
            _expect(db, "taken_in", warc)


def forget_texts(collection: Collection, stage: Stage, removed: Set[str], same_articles: Sequence[Path]) -> None:
    """The search index without the removed records. `same_articles` are records files that lost lines or moved
    captures and gained none: they need not be indexed again."""
    path = search_path(collection)
    if not path.exists():
        return
    target = stage.place(path)
    try:
        _copy(path, target)
        with closing(sqlite3.connect(target, isolation_level=None)) as db:
            shut_in(db)
            _forget(db, removed)
            for records in same_articles:
                _expect(db, "files", records)
            # Deleted rows leave their words behind until the index is merged and the file packed.
            db.execute("INSERT INTO texts (texts) VALUES ('optimize')")
            db.execute("VACUUM")
    except sqlite3.Error:
        # It is made anew from the records.
        target.unlink(missing_ok=True)
        stage.remove(path)


def _forget(db: sqlite3.Connection, removed: Set[str]) -> None:
    db.execute("BEGIN")
    for record_id in removed:
        db.execute("DELETE FROM texts WHERE rowid IN (SELECT number FROM articles WHERE id = ?)", (record_id,))
        db.execute("DELETE FROM articles WHERE id = ?", (record_id,))
    db.execute("COMMIT")


def _expect(db: sqlite3.Connection, table: str, old: Path) -> None:
    """A file that was known as it stood is so as it will stand, once `know_again` knows its new stamp."""
    values = (_EXPECTED, old.name, stamp_of(old.stat()))
    db.execute(f"UPDATE {table} SET stamp = ? WHERE name = ? AND stamp = ?", values)  # noqa: S608 - our own names


def know_again(collection: Collection) -> None:
    """Give the files that are in place now their stamps. Where that is not done, after a crash, they are read again."""
    for path, table, folder in (
        (collection.digests, "taken_in", collection.archive),
        (search_path(collection), "files", collection.records),
    ):
        if not path.exists():
            continue
        with closing(sqlite3.connect(path)) as db, db:
            shut_in(db)
            names = [name for (name,) in db.execute(f"SELECT name FROM {table} WHERE stamp = ?", (_EXPECTED,))]  # noqa: S608
            stamps = [(stamp_of((folder / name).stat()), name) for name in names if is_plain_name(name)]
            db.executemany(f"UPDATE {table} SET stamp = ? WHERE name = ?", stamps)  # noqa: S608 - our own names


def forget_repeats(collection: Collection, stage: Stage, excerpts: Mapping[str, int], sites: Iterable[str]) -> None:
    """Site memories without texts that stood on removed pages alone; those of sites taken down go. What stands on
    other articles too is theirs, and stays."""
    gone = set(sites)
    for path in sorted(collection.memory.rglob("*.json")):
        site = path.stem if path.parent == collection.memory else path.parent.name
        if site in gone:
            stage.remove(path)
        elif excerpts:
            _rewrite_memory(path, stage, excerpts)


def _rewrite_memory(path: Path, stage: Stage, excerpts: Mapping[str, int]) -> None:
    memory = SiteMemory.from_bytes(path.read_bytes(), str(path))
    texts = {key: fact for key, fact in memory.texts.items() if excerpts.get(fact.excerpt, 0) < fact.pages}
    if len(texts) == len(memory.texts):
        return
    fewer = SiteMemory(memory.site, memory.model, memory.articles, texts, memory.places, memory.latest)
    stamp, dash, _ = path.stem.partition("Z-")
    name = f"{stamp}Z-{fewer.digest.removeprefix('sha256:')[:16]}.json" if dash else path.name
    stage.place(path.with_name(name)).write_bytes(fewer.to_bytes())
    if name != path.name:
        stage.remove(path)


def _copy(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as db:
        db.execute("VACUUM INTO ?", (str(target),))
