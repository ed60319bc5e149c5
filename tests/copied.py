"""A collection and its copies: in a directory, and on an S3 server."""

import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from archive.collection.copy_settings import Copy
from archive.collection.folder import Collection
from archive.preservation.copy_checking import verify_copies
from archive.preservation.copying import Copied, copy_collection
from archive.preservation.store_opening import open_store
from archive.sites.file_stamp import stamp_of
from archive.warc.fault import Fault
from crawler.frontier.table import Frontier
from tests.shots import demo_shots, make_collection

NOW = 1_800_000_000.0
WARC = "archive/cleancopy-20261120120000000-00001.warc.gz"
RECORDS = "records/cleancopy-20261120120000000-00001.jsonl"


@contextmanager
def s3_server() -> Iterator[Any]:
    """A client of an S3 server on loopback; its address and made-up credentials stand in the environment."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        import boto3

        client = boto3.client("s3")
        client.create_bucket(Bucket="bucket")
        yield client
        client.close()
    server.stop()


def place_for(request: pytest.FixtureRequest, tmp_path: Path) -> Copy:
    """An empty place for a copy: a directory, or a prefix of its own on the server."""
    if request.param == "directory":
        return Copy(to=str(tmp_path / "copy"))
    request.getfixturevalue("s3")
    return Copy(to=f"s3://bucket/{tmp_path.name}")


both = pytest.mark.parametrize("place", ["directory", "s3"], indirect=True)
directory = pytest.mark.parametrize("place", ["directory"], indirect=True)


def courier(folder: Path) -> Collection:
    """Two WARC files with records, an index and a frontier."""
    made = make_collection(folder / "courier", demo_shots()[:2], demo_shots()[2:4])
    frontier = Frontier(made.state)
    frontier.account("some.warc.gz")
    frontier.commit()
    frontier.close()
    (made.path / "collection.yaml").write_text("verify: 30d\n")
    (made.memory).mkdir()
    (made.memory / "courier.example.txt").write_text("what repeats\n")
    index(made)
    return made


def index(made: Collection) -> None:
    with made.lock():
        made.catch_up()


def copy(collection: Collection, place: Copy, now: float = NOW, *, repair: bool = False) -> tuple[list[str], Copied]:
    faults: list[Fault] = []
    _, (done,) = copy_collection(collection, [place], now, tell=faults.append, progress=ignore, repair=repair)
    return [str(fault) for fault in faults], done


def check(collection: Collection, *places: Copy, now: float = NOW) -> list[str]:
    faults: list[Fault] = []
    found = verify_copies(collection, places, now, faults.append, ignore)
    assert found.faults == len(faults)
    return [str(fault) for fault in faults]


def ignore(_: int) -> None:
    pass


def fetch(place: Copy, name: str) -> bytes:
    return b"".join(open_store(place).chunks(name))


def put(place: Copy, s3: Any, name: str, content: bytes | None) -> None:
    """Change or remove a file in a copy behind our back."""
    if place.to.startswith("/"):
        path = Path(place.to) / name
        path.unlink() if content is None else path.write_bytes(content)
        return
    key = {"Bucket": "bucket", "Key": f"{place.to.removeprefix('s3://bucket/')}/{name}"}
    s3.delete_object(**key) if content is None else s3.put_object(Body=content, **key)


def flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def damage(path: Path) -> None:
    """Flip a bit as a disk does it: the file's times stay. The one that cannot be set back is what is known of it."""
    replace_unseen(path, flip(path.read_bytes()))
    fixity = path.parent.parent / "fixity.sqlite"
    if fixity.exists():
        with closing(sqlite3.connect(fixity)) as db, db:
            name = f"{path.parent.name}/{path.name}"
            db.execute("UPDATE stamps SET stamp = ? WHERE name = ?", (stamp_of(path.stat()), name))


def replace_unseen(path: Path, content: bytes) -> None:
    """Put other content of the same size into a file, and set its time back."""
    stat = path.stat()
    assert len(content) == stat.st_size
    path.write_bytes(content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def settle(collection: Collection) -> None:
    """Let all files be an hour old: what has just been written is looked at again."""
    for path in collection.path.rglob("*"):
        stat = path.stat()
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns - 3_600_000_000_000))


def large_file(collection: Collection, size: int) -> Path:
    """A file that takes a while to copy; the digests of a torn end are not looked into."""
    path = collection.archive / "large.warc.gz.torn-1"
    path.write_bytes(random.Random(1).randbytes(size))
    return path
