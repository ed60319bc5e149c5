"""A takedown carried out: everything is made anew beside the collection, and then put in place at once."""

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.collection import custody
from archive.collection.derived import derived_from
from archive.collection.folder import Collection
from archive.collection.pending_takedown import Stage, discard, settle
from archive.errors import CollectionError
from archive.preservation.takedown_lines import Lines, new_lines
from archive.preservation.takedown_log import LOG, RemovedRecord, Rewritten, Takedown, write_log
from archive.preservation.takedown_order import Covered, Order
from archive.preservation.takedown_rewriting import Moved, Rewriting
from archive.preservation.takedown_site_files import without_tests
from archive.preservation.takedown_stores import (
    forget_corrections,
    forget_payloads,
    forget_repeats,
    forget_texts,
    know_again,
    rewrite_index,
)
from archive.preservation.takedown_survey import HeldCaptures, TakedownSurvey
from archive.preservation.tombstone import tombstone
from archive.warc.exchange_records import warc_date
from archive.warc.index import url_key
from archive.warc.sighting import Original

#: Others that keep something of captures in the collection, such as the crawler: makes new files for it.
Also = Callable[[Stage], None]


def _new_id() -> str:
    return str(uuid.uuid4())


@dataclass(slots=True)
class Execution:
    """One takedown on a collection that is locked. `now` is UTC."""

    collection: Collection
    order: Order
    covers: Covered
    survey: TakedownSurvey
    now: datetime
    new_id: Callable[[], str] = _new_id
    tell: Callable[[str], None] = lambda _: None

    def carry_out(self, also: Also = lambda _: None, progress: Callable[[], None] = lambda: None) -> Takedown:
        """Do it; `progress` is told of each WARC file. Raises CollectionError where it cannot be done; nothing has
        happened then."""
        try:
            stage = Stage(self.collection.path)
            takedown = self._make(stage, progress)
            also(stage)
            stage.decide()
        except (OSError, sqlite3.Error) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or error
            raise CollectionError(f"{self.collection.path}: {reason}; nothing was taken down") from error
        finally:
            discard(self.collection.path)
        settle(self.collection.path)
        with suppress(OSError, sqlite3.Error):
            know_again(self.collection)
        return takedown

    def _make(self, stage: Stage, progress: Callable[[], None]) -> Takedown:
        collection, survey = self.collection, self.survey
        rewriting = Rewriting(self.covers, survey, collection.warc_path, self._tombstone)
        files = [self._rewrite(rewriting, stage, collection.warc_path(name), progress) for name in survey.files]
        removed = [held for file in files for held in file.removed]
        ids = {held.record_id for held in removed}
        lines = Lines(collection, stage)
        same = [file.new.name for file in files if not self._rewrite_lines(lines, file, ids)]
        lines.follow(set(survey.files), {name: moved for file in files for name, moved in file.places.items()})
        rewrite_index(collection, stage, [file.new for file in files])
        self._forget(stage, ids, lines, same)
        for tail in survey.torn:
            stage.remove(tail)
        for saved in survey.saved:
            rewriting.rewrite(saved, stage.place(saved))
        for path in survey.quoting:
            stage.place(path).write_bytes(without_tests(path, self.covers))
        return self._log(stage, removed, [_rewritten(file.old, file.new) for file in files])

    def _rewrite(self, rewriting: Rewriting, stage: Stage, old: Path, progress: Callable[[], None]) -> "_File":
        new = stage.place(old)
        places, removed = rewriting.rewrite(old, new)
        progress()
        return _File(old, new, places, removed)

    def _rewrite_lines(self, lines: Lines, file: "_File", ids: set[str]) -> bool:
        """Whether there are new lines among them."""
        heirs = [moved for record_id, moved in file.places.items() if record_id in self.survey.promoted]
        made = new_lines(self.collection, file.new, heirs)
        lines.rewrite(file.new.name, file.places, ids, made)
        return bool(made)

    def _forget(self, stage: Stage, ids: set[str], lines: Lines, same: list[str]) -> None:
        collection, survey = self.collection, self.survey
        heirs: dict[str, Original | None] = dict.fromkeys(ids)
        for held in survey.leaning:
            if held.record_id in survey.promoted:
                heirs[survey.promoted[held.record_id].record_id] = held.original
        keys = {url_key(held.url) for held in survey.removed}
        forget_corrections(collection, stage, {held.payload_digest for held in survey.removed if held.payload_digest})
        forget_payloads(collection, stage, heirs, keys, map(collection.warc_path, survey.files))
        records = [collection.records_path(name) for name in same]
        forget_texts(collection, stage, ids, [path for path in records if path.exists()])
        forget_repeats(collection, stage, lines.excerpts, self.covers.sites)

    def _tombstone(self, held: HeldCaptures) -> bytes:
        return tombstone(held, self.new_id(), self.now, self.order.reason)

    def _log(self, stage: Stage, removed: list[HeldCaptures], rewritten: list[Rewritten]) -> Takedown:
        at = warc_date(self.now)
        takedown = Takedown(
            at=at,
            order=self.order,
            removed=len(removed),
            promoted=tuple(sorted(self.survey.promoted)),
            warcs=tuple(rewritten),
            stale=tuple(made.path for made in derived_from(self.collection.path)) if removed else (),
        )
        path = self.collection.path / LOG
        write_log(path, stage.place(path), [takedown, *_removed(removed, at)])
        self._note(stage, takedown)
        return takedown

    def _note(self, stage: Stage, takedown: Takedown) -> None:
        """A new log of the collection, which takes the old one's place when the takedown has happened."""
        old = self.collection.path / custody.LOG
        new = stage.place(old)
        new.write_bytes(old.read_bytes() if old.exists() else b"")
        warcs = {each.filename: custody.File(size=each.size_after, sha256=each.sha256_after) for each in takedown.warcs}
        gone = {tail.name: None for tail in self.survey.torn}
        noted = custody.Noted(custody.Action.TAKEDOWN, {"removed": takedown.removed}, {**warcs, **gone}, self.now)
        custody.add(self.collection, new, noted, self.tell)


@dataclass(frozen=True, slots=True)
class _File:
    """One WARC, rewritten."""

    old: Path
    new: Path
    places: dict[str, Moved]
    removed: list[HeldCaptures]


def _removed(removed: list[HeldCaptures], at: str) -> Iterator[RemovedRecord]:
    for held in removed:
        yield RemovedRecord(
            at=at,
            record_id=held.record_id,
            type=held.type,
            url=held.url,
            date=held.date,
            payload_digest=held.payload_digest,
            filename=held.filename,
        )


def _rewritten(old: Path, new: Path) -> Rewritten:
    before, after = custody.state_of(old), custody.state_of(new)
    return Rewritten(
        filename=old.name,
        size_before=before.size,
        sha256_before=before.sha256,
        size_after=after.size,
        sha256_after=after.sha256,
    )
