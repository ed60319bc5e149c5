"""Frontiers of earlier versions: what their sentences meant. Nothing else reads them."""

import re
import sqlite3

from archive.collection.failure import Failed, FailureKind

_TRIES = re.compile(r" \(\d+ tries\)$")
#: Each sentence that was written for a failure; a group named `detail` or `status` is kept.
_SENTENCES = {
    r"the host name is not known": FailureKind.DNS,
    r"the server (?P<detail>refused|closed) the connection": FailureKind.CONNECTION,
    r"the server did not answer in time": FailureKind.TIMEOUT,
    r"the server sent less than it promised": FailureKind.CUT,
    r"the page is larger than the limit.*": FailureKind.TOO_LARGE,
    r"robots\.txt forbids it": FailureKind.ROBOTS,
    r"robots\.txt cannot be read \((?P<detail>.*?)\).*": FailureKind.ROBOTS_UNREADABLE,
    r"(?P<detail>RequestRefusedError: a capture is not made through a proxy.*)": FailureKind.PROXY,
    r"(?P<detail>RequestRefusedError: .*)": FailureKind.PRIVATE_ADDRESS,
    r"redirected to (?P<detail>.*), which is not http or https": FailureKind.REDIRECT,
    r"redirected in a loop, to (?P<detail>.*)": FailureKind.REDIRECT_LOOP,
    r"redirected more than \d+ times, last to (?P<detail>.*)": FailureKind.REDIRECT_LIMIT,
    r"a test for robots came instead of the page \(HTTP (?P<status>\d+)\)": FailureKind.CAPTCHA,
    r"a consent wall came instead of the page \(HTTP (?P<status>\d+)\)": FailureKind.CONSENT_WALL,
    r"a refusal came instead of the page \(HTTP (?P<status>\d+)\)": FailureKind.REFUSED,
    r"reading it failed: (?P<detail>.*)": FailureKind.UNREADABLE,
    r"taken down": FailureKind.TAKEN_DOWN,
}
_PATTERNS = [(re.compile(rf"\A{pattern}\Z", re.DOTALL), kind) for pattern, kind in _SENTENCES.items()]
_STATUS = re.compile(r"HTTP (\d+)")


def meant(reason: str, status: int | None) -> Failed:
    """What the sentence of an earlier version says."""
    said = _TRIES.sub("", reason)
    for pattern, kind in _PATTERNS:
        if match := pattern.match(said):
            found = match.groupdict()
            return Failed(kind, int(found["status"]) if "status" in found else status, found.get("detail"))
    if match := _STATUS.fullmatch(said):
        return Failed.of_status(int(match[1]))
    return Failed(FailureKind.OTHER, status, said)


def keep_kinds(db: sqlite3.Connection) -> None:
    """Give each row of the table `frontier` the kind of the reason that it has in `frontier_before`."""
    reasons = db.execute("SELECT id, reason, status FROM frontier_before WHERE reason IS NOT NULL")
    found = ((number, meant(reason, status)) for number, reason, status in reasons)
    db.executemany(
        "UPDATE frontier SET kind = ?, status = ?, detail = ? WHERE id = ?",
        ((failed.kind.value, failed.status, failed.detail, number) for number, failed in found),
    )
