"""What is wrong with the header of a record, which no digest covers: traces of damage in it."""

import re
from collections import Counter
from collections.abc import Iterator

from archive.warc.scan import Fields

#: The fields that a header has once at most: all of WARC 1.1, section 5, but WARC-Concurrent-To. Others are free.
_SINGLE = frozenset(
    "warc-type warc-record-id warc-date content-length content-type warc-block-digest warc-payload-digest "
    "warc-ip-address warc-refers-to warc-refers-to-target-uri warc-refers-to-date warc-target-uri warc-truncated "
    "warc-warcinfo-id warc-filename warc-profile warc-identified-payload-type warc-segment-number "
    "warc-segment-origin-id warc-segment-total-length".split()
)
#: All but tabs: line ends are gone, and folded lines joined.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NAME = re.compile(r"[!#-'*+.^-z|~A-Z0-9-]+")
#: Dates as the standard wants them, to any precision, and what other tools make of that; ids with brackets or without.
_FORMS = {
    "warc-date": re.compile(
        r"\d{4}(?:-?\d\d(?:-?\d\d(?:[T ]?\d\d(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?)?)?)?", re.I
    ),
    "warc-record-id": re.compile(r"<[^<>\s]+>|[^<>\s]+"),
}
_NAMES = re.compile(rf"(?:{_NAME.pattern}\n)*")


def header_faults(fields: Fields) -> Iterator[str]:
    """The traces of damage. Zeroing or deletion melts two headers into one, which then has fields of both."""
    # All names, and all values, at a time: one by one they took a tenth of the time of verifying.
    names = [name for name, _ in fields]
    joined = "".join([f"{name}\n" for name in names])
    if _CONTROLS.search(joined) or _CONTROLS.search("\n".join([value for _, value in fields])):
        yield "the header holds control characters"
    elif not _NAMES.fullmatch(joined):
        wrong = next(name for name in names if not _NAME.fullmatch(name))
        yield f"a line of the header names no field: {wrong[:80]!r}"
    lowered = joined.lower().split("\n")
    for name, (_, value) in zip(lowered, fields, strict=False):
        if name in _FORMS and not _FORMS[name].fullmatch(value):
            yield f"the header's {name} is none: {value[:80]!r}"
    if len(set(lowered)) < len(lowered):
        for name, count in Counter(lowered).items():
            if count > 1 and name in _SINGLE:
                yield f"the header has the field {name} {count} times"
