"""Whether it was for want of room that something failed."""

import errno
import sqlite3
from contextlib import closing

import pytest

from archive.room import is_out_of_room


def test_a_full_database_is_out_of_room() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA max_page_count = 2")
        database.execute("CREATE TABLE pages (body BLOB)")
        with pytest.raises(sqlite3.OperationalError) as raised:
            database.execute("INSERT INTO pages VALUES (zeroblob(100000))")
        assert is_out_of_room(raised.value)
        with pytest.raises(sqlite3.OperationalError) as raised:
            database.execute("SELECT nothing FROM nowhere")
        assert not is_out_of_room(raised.value)


def test_a_full_disk_is_out_of_room_whatever_came_of_it() -> None:
    error = ValueError("the file is torn")
    assert not is_out_of_room(error)
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert is_out_of_room(error)
    assert not is_out_of_room(OSError(errno.ENOENT, "No such file"))
    assert not is_out_of_room(None)
