"""`cleancopy takedown`: captures removed from a collection, with a tombstone and a log."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from archive.collection.derived import derived_from
from archive.collection.folder import Collection
from archive.collection.pending_takedown import Stage
from archive.collection.settings_file import load_settings
from archive.preservation.takedown import Execution
from archive.preservation.takedown_log import Takedown
from archive.preservation.takedown_order import Covered, Order
from archive.preservation.takedown_stories import with_whole_stories
from archive.preservation.takedown_survey import TakedownSurvey, survey
from archive.telling.terminal import out, progress, tell
from crawler.frontier.forgetting import forget

#: Captures, and other addresses, that a dry run lists.
_SHOWN = 100


def takedown(
    collection: Annotated[Path, typer.Argument(metavar="COLLECTION", help="Where the captures are.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; stands in the log and in the archive.")],
    url: Annotated[list[str] | None, typer.Option("--url", help="A page's address; may be given again.")] = None,
    site: Annotated[list[str] | None, typer.Option("--site", help="A whole site; may be given again.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it. Without this, only say what would be done.")] = False,
) -> None:
    """Remove captures from WARC files, index, records, search and frontier; they are not fetched again."""
    order = Order(urls=tuple(url or ()), sites=tuple(site or ()), reason=reason)
    order.check()
    opened = Collection(collection).require()
    with opened.repaired(tell) if yes else opened.read(tell):
        order = with_whole_stories(opened, order)
        covers = Covered([order], opened.sites)
        # A file that cannot be read could hold what is to go.
        for fault in opened.catch_up():
            raise fault
        found = survey(opened, covers)
        _show(found)
        _show_derived(opened, found)
        if not yes:
            tell("Nothing was removed: this was a dry run. Add --yes to do it; it cannot be undone.")
            return
        execution = Execution(opened, order, covers, found, datetime.now(UTC), tell=tell)
        with progress("Taking down", len(found.files), "WARC files") as bar:
            done = execution.carry_out(lambda stage: _forget(opened, stage, covers), bar.advance)
    _tell_done(done)


def _forget(collection: Collection, stage: Stage, covers: Covered) -> None:
    """In the collection's own frontier, and in the one that it shares with others."""
    forget(collection, stage, covers)
    if shared := load_settings(collection).frontier:
        from crawler.frontier.shared.forgetting import forget_shared  # noqa: PLC0415 - of the extra [postgres]

        forget_shared(shared, covers)


def _show(found: TakedownSurvey) -> None:
    for held in found.removed[:_SHOWN]:
        place = f"{held.filename} at byte {held.offset}"
        out.print(f"{held.date[:19]}  {held.type:>10}  {held.url}  {place}")
    if len(found.removed) > _SHOWN:
        out.print(f"... and {len(found.removed) - _SHOWN} more")
    kinds = Counter(held.type for held in found.removed)
    told = ", ".join(f"{count} {kind} record{'s'[: count - 1]}" for kind, count in kinds.most_common())
    out.print(f"To be removed: {told or 'no captures'}. WARC files to be rewritten: {len(found.files)}.")
    for path in found.torn:
        out.print(f"{path.name} is the tail of a torn file and holds some of it; the whole of it is removed.")
    for path in found.saved:
        out.print(f"{path.name}, saved beside its site file, holds some of it and is rewritten, too.")
    _show_site_files(found)
    if found.same_payload:
        out.print(f"The same content was captured at {len(found.same_payload)} other addresses, and stays there:")
        for url in sorted(found.same_payload)[:_SHOWN]:
            out.print(f"    {url}")


def _show_site_files(found: TakedownSurvey) -> None:
    for path, count in found.quoting.items():
        which = "1 test that quotes" if count == 1 else f"{count} tests that quote"
        out.print(f"sites/{path.name} has {which} it; removed, too.")
    if found.elsewhere:
        out.print("Not of the collection, and left as they are; these hold some of it, too:")
    for path in found.elsewhere:
        out.print(f"    {path}")


def _tell_done(done: Takedown) -> None:
    tell(f"Captures removed: {done.removed}, from WARC files: {len(done.warcs)}. takedowns.jsonl tells of it.")
    if done.promoted:
        tell(f"Captures of other addresses that hold a payload now that they only referred to: {len(done.promoted)}.")


def _show_derived(collection: Collection, found: TakedownSurvey) -> None:
    """What lies outside the collection is not touched."""
    stale = list(derived_from(collection.path, tell)) if found.removed else []
    if stale:
        out.print("Made of this collection before, and out of date then; make them again:")
    for made in stale:
        out.print(f"    {made.kind} {made.path} of {made.at:%Y-%m-%d}")
    if found.removed:
        out.print("Lists, feeds and other pages that quote a page stay; take them down by their own addresses.")
