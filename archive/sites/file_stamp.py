"""What tells cheaply whether a file has changed since it was read."""

import os

#: Time of the last change (nanoseconds), bytes, and inode.
Stamp = tuple[int, int, int]


def stamp_of(status: os.stat_result) -> Stamp:
    """The stamp of a file by its status. The time alone would not do: clocks of file systems may tick every 10 ms, and
    two versions may be written between two ticks."""
    return status.st_mtime_ns, status.st_size, status.st_ino
