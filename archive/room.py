"""Whether it was for want of room on the disk that something failed, whichever library says so."""

import errno

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
#: SQLite's (https://www.sqlite.org/rescode.html#full). Its module would take a tenth of the time that help takes.
_SQLITE_FULL = 13
#: What people are told.
NO_ROOM = "There is no room left on the disk. Free some and start the same command again."


def is_out_of_room(error: BaseException | None) -> bool:
    """Whether an error, or what it came from, says that a disk or a quota is full."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return True
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == _SQLITE_FULL:
            return True
        error = error.__cause__ or error.__context__
    return False
