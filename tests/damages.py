"""What can happen to the files of a collection, and what verifying must say of it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archive.collection.folder import Collection
from archive.warc.record import read_warc

# What is done to a collection, and what must be said of it.
Damage = Callable[[Collection], None]
DAMAGES: dict[str, tuple[Damage, list[str]]] = {}


def first_warc(collection: Collection) -> Path:
    return collection.complete_warcs()[0]


def first_records(collection: Collection) -> Path:
    return collection.records_path(first_warc(collection).name)


def damage(*said: str) -> Callable[[Damage], Damage]:
    def named(function: Damage) -> Damage:
        DAMAGES[function.__name__] = (function, list(said))
        return function

    return named


def change(path: Path, function: Callable[[bytes], bytes]) -> None:
    path.write_bytes(function(path.read_bytes()))


def with_line(path: Path, number: int, function: Callable[[dict[str, Any]], object]) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    fields = json.loads(lines[number])
    function(fields)
    lines[number] = json.dumps(fields).encode() + b"\n"
    path.write_bytes(b"".join(lines))


@damage("is broken", "the record that it stands beside is not there", "is of no article", "is of no record in")
def flip_in_a_response(collection: Collection) -> None:
    record = next(record for record in read_warc(first_warc(collection)) if record.url.endswith("/plain.html"))
    flip(first_warc(collection), record.offset + record.length // 2)


@damage("the header of the gzip member is not as it was written")
def flip_in_a_gzip_header(collection: Collection) -> None:
    flip(first_warc(collection), list(read_warc(first_warc(collection)))[3].offset + 5)


@damage("is cut short", "is of no record in")
def cut_file(collection: Collection) -> None:
    change(collection.complete_warcs()[-1], lambda content: content[:-2000])


@damage("is no gzip member")
def garbage_behind(collection: Collection) -> None:
    change(first_warc(collection), lambda content: content + bytes(100) + b"x")


@damage("has no record")
def missing_record(collection: Collection) -> None:
    change(first_records(collection), lambda content: b"".join(content.splitlines(keepends=True)[1:]))


@damage("the file is missing, and")
def missing_records(collection: Collection) -> None:
    first_records(collection).unlink()


@damage("is of no article")
def orphan_record(collection: Collection) -> None:
    line = first_records(collection).read_bytes().splitlines(keepends=True)[0]
    fields = json.loads(line)
    fields["warc"]["offset"] += 1
    change(first_records(collection), lambda content: content + json.dumps(fields).encode() + b"\n")


@damage("the WARC that these records are made of is not there")
def orphan_records(collection: Collection) -> None:
    (collection.records / "stray.jsonl").write_bytes(first_records(collection).read_bytes())


@damage("line 2", "this is no record", "has no record")
def broken_record(collection: Collection) -> None:
    lines = first_records(collection).read_bytes().splitlines(keepends=True)
    first_records(collection).write_bytes(b"".join([lines[0], lines[1][:50] + b"\n", *lines[2:]]))


@damage("warc.payload_digest is sha1:X, but the capture's is sha1:")
def other_digest(collection: Collection) -> None:
    with_line(first_records(collection), 0, lambda fields: fields["warc"].update(payload_digest="sha1:X"))


@damage("id is 1, but the capture's is 0000")
def other_id(collection: Collection) -> None:
    with_line(first_records(collection), 0, lambda fields: fields.update(id="1"))


@damage("is not in the index")
def missing_line(collection: Collection) -> None:
    change(collection.index, lambda content: b"".join(content.splitlines(keepends=True)[1:]))


@damage("is of no record in", "is not in the index")
def changed_line(collection: Collection) -> None:
    change(collection.index, lambda content: content.replace(b'"status": "404"', b'"status": "200"'))


@damage("is not in order")
def unsorted_index(collection: Collection) -> None:
    change(collection.index, lambda content: b"".join(reversed(content.splitlines(keepends=True))))


@damage("name gone.warc.gz, which is not there")
def stray_line(collection: Collection) -> None:
    change(collection.index, lambda content: content + b'zzz 20261121120000 {"filename": "gone.warc.gz"}\n')


@damage("this is no line of an index")
def nonsense_in_index(collection: Collection) -> None:
    change(collection.index, lambda content: content + b"zzz\n")


@damage("is not in the index")
def missing_index(collection: Collection) -> None:
    collection.index.unlink()


@damage(
    "the revisit refers to a record that is not there", "which is not there", "the WARC that these records are made of"
)
def missing_warc(collection: Collection) -> None:
    first_warc(collection).unlink()


@damage("the record has the id of an earlier one")
def file_twice(collection: Collection) -> None:
    shutil.copy(first_warc(collection), collection.archive / "copy.warc.gz")


@damage("the record that it stands beside is not there")
def missing_response(collection: Collection) -> None:
    path = first_warc(collection)
    gone = next(record for record in read_warc(path) if record.type == "response")
    change(path, lambda content: content[: gone.offset] + content[gone.offset + gone.length :])


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 0x55
    path.write_bytes(bytes(content))
