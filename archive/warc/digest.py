"""Digests as WARC writes them: `sha1:` and base 32, and whatever else other tools write."""

import hashlib
from base64 import b32encode
from typing import Any, Protocol


class Hash(Protocol):
    """What hashlib gives."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes in."""

    def digest(self) -> bytes:
        """The digest of all bytes so far."""


_ALGORITHMS = {"sha1", "sha256", "sha384", "sha512", "md5"}


def sha1_digest(content: bytes) -> str:
    """The digest of these bytes as our records hold it."""
    return base32_sha1(hashlib.sha1(content, usedforsecurity=False))


def base32_sha1(hashed: Hash) -> str:
    """A finished SHA-1 as our records hold it."""
    return "sha1:" + b32encode(hashed.digest()).decode("ascii")


def hash_of(stated: str | None) -> Any:
    """A new hash of the kind that a stated digest names; None for one that is not known."""
    kind = (stated or "").partition(":")[0].lower().replace("-", "")
    return hashlib.new(kind, usedforsecurity=False) if kind in _ALGORITHMS else None


def agrees(stated: str, hashed: Hash) -> bool:
    """Whether a stated digest, in base 32 or 16, is the one that was found."""
    value = stated.partition(":")[2].strip()
    found = hashed.digest()
    return value.upper().rstrip("=") == b32encode(found).decode("ascii").rstrip("=") or value.lower() == found.hex()
