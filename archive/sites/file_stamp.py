"""What tells cheaply whether a file has changed since it was read, as git's index does: size, time of the last change,
inode, and the time of the last change of any of these, which nobody can set back.

A file that was merely moved, or given other rights, seems changed: that costs reading it again, and no more. What a
stamp cannot tell is damage on the disk itself, which changes no time: `cleancopy verify` and fixity read the bytes.
"""

import os
from time import sleep, time_ns

Stamp = str

#: Nanoseconds between two ticks of a file system's clock on Linux: 1 to 10 ms, by how the kernel is built. FAT, whose
#: clock ticks every 2 s, is no place for a collection.
_TICK = 20_000_000


def stamp_of(status: os.stat_result) -> Stamp:
    """The stamp of a file by its status; to be taken before the file is read, never after.

    Two versions that are written between two ticks of the clock may look the same. Git calls such files racy and reads
    them again; here the tick is waited out, so that whatever is read next is the version that the stamp stands for, or
    one whose stamp will differ.
    """
    age = time_ns() - status.st_ctime_ns
    if abs(age) < _TICK:
        sleep((_TICK - age) / 1e9)
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ino} {status.st_ctime_ns}"
