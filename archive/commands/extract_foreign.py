"""`cleancopy extract` on WARC files that are in no collection."""

from collections import Counter
from pathlib import Path

from archive.datasets.foreign_records import check_targets, extract_source, new_pool, records_path
from archive.datasets.warc_sources import WarcSource
from archive.errors import WarcError
from archive.pipeline.web import Web
from archive.terminal import progress, tell


def extract_foreign(
    warcs: list[WarcSource], output: Path | None, web: Web | None, *, allow_private: bool, every: bool
) -> int:
    """The number of sources that could not be read, or not to their end."""
    check_targets(warcs, output)
    if output:
        output.mkdir(parents=True, exist_ok=True)
    faults = 0
    sizes = [warc.size for warc in warcs]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    with new_pool() as pool, progress("Extracting", total, "bytes") as bar:
        for warc in warcs:
            path = records_path(warc, output)
            try:
                with warc.open(web, allow_private=allow_private) as opened:
                    done = extract_source(opened, path, pool, bar.advance, every=every)
            except WarcError as error:
                faults += 1
                tell(str(error))
                continue
            faults += bool(done.faults)
            for fault in done.faults:
                tell(str(fault))
            records = "1 record is" if done.records == 1 else f"{done.records} records are"
            tell(f"{warc.location}: {done.incomplete or f'{records} in {path}'}{_left_out(done.left_out)}.")
            if +done.doubts:
                said = ", ".join(f"{count} with {what}" for what, count in (+done.doubts).most_common())
                tell(f"{warc.location}: WARC records that seem damaged: {said}. `cleancopy verify` says which.")
    return faults


def _left_out(reasons: Counter[str]) -> str:
    if not reasons:
        return ""
    said = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return f"; {reasons.total()} other responses: {said}"
