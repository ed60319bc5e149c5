"""Digests and record ids as the standards write them."""

import hashlib
import uuid
from base64 import b32encode

from archive.warc.digest import agrees, sha1_digest
from archive.warc.writer import _new_id


def test_a_sha1_is_written_in_base_32():
    for content in (bytes([number]) * number for number in range(256)):
        expected = b32encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()
        assert sha1_digest(content) == f"sha1:{expected}"


def test_a_digest_of_a_view_is_that_of_its_bytes():
    assert sha1_digest(memoryview(b"head body")[5:]) == sha1_digest(b"body")


def test_a_digest_agrees_with_itself_in_both_bases():
    hashed = hashlib.sha1(b"body", usedforsecurity=False)
    assert agrees(sha1_digest(b"body"), hashed)
    assert agrees(f"sha1:{hashed.hexdigest()}", hashed)
    assert not agrees(sha1_digest(b"another"), hashed)


def test_record_ids_are_random_uuids():
    ids = [uuid.UUID(text := _new_id()) for _ in range(200)]
    assert {(each.version, each.variant) for each in ids} == {(4, uuid.RFC_4122)}
    assert len(set(ids)) == len(ids)
    assert str(uuid.UUID(text)) == text
