"""Copies that come to a stop: full disks, disks and servers that are not there, a kill."""

import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.collection.copy_settings import Copy
from archive.collection.folder import Collection
from archive.errors import CollectionError
from archive.preservation.copying import copy_collection
from archive.preservation.fixity import open_fixity
from archive.preservation.store import CopyError
from archive.preservation.store_opening import open_store
from tests.copied import NOW, WARC, both, check, copy, courier, ignore, large_file, place_for, s3_server, settle
from tests.scripted import command, environment


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with s3_server() as client:
        yield client


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Copy:
    return place_for(request, tmp_path)


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return courier(tmp_path)


def test_a_directory_that_is_gone_is_not_made_again(collection: Collection, tmp_path: Path) -> None:
    place = Copy(to=str(tmp_path / "disk" / "copy"))
    (tmp_path / "disk").mkdir()
    copy(collection, place)
    shutil.rmtree(tmp_path / "disk" / "copy")
    _, done = copy(collection, place)
    assert done.stopped == f"{place.to}: the copy is not there. Is the disk mounted?"
    assert check(collection, place) == [f"{place.to}: the copy is not there. Is the disk mounted?"]


def test_one_copy_that_fails_does_not_stop_the_others(collection: Collection, tmp_path: Path) -> None:
    places = [Copy(to="/nowhere/at/all"), Copy(to=str(tmp_path / "copy"))]
    _, done = copy_collection(collection, places, NOW, tell=lambda _: None, progress=ignore)
    assert [one.stopped is None for one in done] == [False, True]
    with open_fixity(collection) as fixity:
        assert list(fixity.copy_faults()) == ["/nowhere/at/all"]
        assert fixity.last_copied(places[1].to) == NOW


def test_an_unreachable_server_and_a_missing_bucket_are_told(
    collection: Collection, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CopyError, match=r"s3://nobody/x: it cannot be reached: there is no such bucket or object"):
        open_store(Copy(to="s3://nobody/x"))
    # Port 9 (discard) of loopback: nobody listens.
    with pytest.raises(CopyError, match=r"it cannot be reached: .*127\.0\.0\.1:9") as caught:
        open_store(Copy(to="s3://bucket/x", endpoint="http://127.0.0.1:9"))
    assert "very-secret" not in str(caught.value)


def test_two_cannot_copy_at_once(collection: Collection, tmp_path: Path) -> None:
    from archive.preservation.copy_staging import staging

    with staging(collection), pytest.raises(CollectionError, match="Wait for that to end"):
        copy(collection, Copy(to=str(tmp_path / "copy")))


#: `cleancopy`, killed once it has read 48 MB of the file below.
KILLED = """
import os, signal
from archive.preservation import directory_store as directory
from archive.preservation import s3_store as s3
from archive.preservation.file_digests import CHUNK, chunks_of

def read(source, digest):
    for number, chunk in enumerate(chunks_of(source, digest)):
        if source.name.startswith("large") and number * CHUNK == 48 << 20:
            os.kill(os.getpid(), signal.SIGKILL)
        yield chunk

directory.chunks_of = s3.chunks_of = read
from crawler.cli import main
main()
"""


@both
def test_a_copy_killed_in_the_middle_goes_on(
    collection: Collection, place: Copy, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("s3") if place.to.startswith("s3") else None
    large = large_file(collection, 64 << 20)
    collection.settings.write_text(f"copies: ['{place.to}']\n")

    def under_way() -> bool:
        if server is not None:
            return bool(server.list_multipart_uploads(Bucket="bucket").get("Uploads"))
        return bool(list(Path(place.to).rglob("large*.open")))

    killed = subprocess.run(
        [sys.executable, "-c", KILLED, "copy", collection.path],
        env=environment(), stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert under_way()
    assert "archive/large.warc.gz.torn-1" not in dict(open_store(place).sizes())

    faults, done = copy(collection, place)
    assert faults == []
    assert 0 < done.files < done.held, "what was copied before is not copied again"
    assert not under_way()
    assert dict(open_store(place).sizes())["archive/large.warc.gz.torn-1"] == large.stat().st_size
    assert check(collection, place) == []


def copied_by_files_of(most: int, collection: Collection, place: Path) -> subprocess.CompletedProcess[str]:
    """What `cleancopy copy` says where no file may have more bytes than that, as on a full disk."""
    collection.settings.write_text(f"copies: ['{place}']\n")
    return subprocess.run(
        command("copy", collection.path),
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )


def test_a_full_disk_stops_the_copy_with_a_sentence(collection: Collection, tmp_path: Path) -> None:
    large_file(collection, 3_000_000)
    full = copied_by_files_of(1_000_000, collection, tmp_path / "copy")
    assert full.returncode == 1
    assert "archive/large.warc.gz.torn-1 cannot be written: File too large" in full.stderr
    assert "The same command goes on" in full.stderr
    assert not list(tmp_path.joinpath("copy").rglob("*.open"))
    assert copy(collection, Copy(to=str(tmp_path / "copy")))[0] == []


def test_a_full_disk_under_the_collection_is_told(collection: Collection, tmp_path: Path) -> None:
    full = copied_by_files_of(20_000, collection, tmp_path / "copy")
    assert full.returncode == 1
    assert "Traceback" not in full.stderr
    assert "cannot be used" in full.stderr


def test_a_file_that_the_disk_no_longer_gives_is_told_and_the_others_are_copied(
    collection: Collection, tmp_path: Path
) -> None:
    # A folder's bytes cannot be read, as those of a broken sector cannot.
    place = Copy(to=str(tmp_path / "copy"))
    settle(collection)
    copy(collection, place)
    (collection.path / WARC).unlink()
    (collection.path / WARC).mkdir()
    assert check(collection, place) == [
        f"{WARC}: it cannot be read: Is a directory; {place.to} had it whole when last read"
    ]
    (collection.sites / "gull.example.yaml").write_text("name: Gull\n")
    assert copy(collection, place)[1].files == 1


def test_a_server_that_goes_away_in_the_middle_is_told_and_the_copy_goes_on_later(
    collection: Collection, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.server import ThreadedMotoServer

    servers = [ThreadedMotoServer("127.0.0.1", 0, verbose=False)]
    servers[0].start()
    address = servers[0].get_host_and_port()
    place = Copy(to="s3://other/courier", endpoint=f"http://{address[0]}:{address[1]}")
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    s3.create_bucket(Bucket="other")  # moto keeps one state for all servers of a process

    def stop(_: int) -> None:
        while servers:
            servers.pop().stop()

    _, (done,) = copy_collection(collection, [place], NOW, tell=lambda _: None, progress=stop)
    assert done.files == 1
    assert done.stopped is not None
    assert done.stopped.startswith("s3://other/courier: archive/")
    assert "cannot be" in done.stopped
    elsewhere = Copy(to=place.to, endpoint=s3.meta.endpoint_url)
    _, (again,) = copy_collection(collection, [elsewhere], NOW, tell=lambda _: None, progress=ignore)
    assert again.stopped is None
    assert again.files == again.held - 1
