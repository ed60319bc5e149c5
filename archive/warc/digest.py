"""Digests as WARC writes them: `sha1:` and base 32, and whatever else other tools write."""

import hashlib
import re
from base64 import b32encode, b64encode
from collections.abc import Iterable, Iterator
from typing import Any, Protocol


class Hash(Protocol):
    """What hashlib gives."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes in."""

    def digest(self) -> bytes:
        """The digest of all bytes so far."""


_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+")
_ALGORITHMS = {"sha1", "sha256", "sha384", "sha512", "md5"}
#: The base 32 symbol of each value from 0 to 31 (RFC 4648, section 6).
_SYMBOLS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".ljust(256)


def _spreading(symbols: int) -> Iterator[tuple[int, int, int]]:
    """The steps that give each of so many symbols of 5 bits a byte: every step moves the upper half of each group
    of symbols up to where it belongs. (Mask of the lower halves, mask of the upper ones, bits to move.)"""
    size = symbols
    while size > 1:
        half = size // 2
        lower = sum(((1 << 5 * half) - 1) << 8 * size * group for group in range(symbols // size))
        yield lower, lower << 5 * half, 3 * half
        size = half


#: For the 32 symbols of a SHA-1.
_SPREADING = tuple(_spreading(32))


def sha1_digest(content: bytes | memoryview) -> str:
    """The digest of these bytes as our records hold it."""
    return base32_sha1(hashlib.sha1(content, usedforsecurity=False))


def base32_sha1(hashed: Hash) -> str:
    """A finished SHA-1 as our records hold it."""
    # The library takes three times as long, which four digests make a noticeable part of a capture.
    bits = int.from_bytes(hashed.digest(), "big")
    for lower, upper, step in _SPREADING:
        bits = bits & lower | (bits & upper) << step
    return "sha1:" + bits.to_bytes(32, "big").translate(_SYMBOLS).decode("ascii")


def hash_of(stated: str | None) -> Any:
    """A new hash of the kind that a stated digest names; None for one that is not known."""
    kind = (stated or "").partition(":")[0].lower().replace("-", "")
    return hashlib.new(kind, usedforsecurity=False) if kind in _ALGORITHMS else None


def agrees(stated: str, hashed: Hash) -> bool:
    """Whether a stated digest is the one that was found, or in a form that cannot be told from another digest.

    Base 32 and 16 are what is in use. Base 64 is a form that no standard names: it is unknown, not wrong.
    """
    if stated.startswith("sha1:") and stated == base32_sha1(hashed):
        return True
    value, found = stated.partition(":")[2].strip(), hashed.digest()
    bare = value.rstrip("=")
    if bare.upper() == b32encode(found).decode("ascii").rstrip("=") or value.lower() == found.hex():
        return True
    return len(bare) == len(b64encode(found).rstrip(b"=")) and bool(_BASE64.fullmatch(bare))


class BlockDigest:
    """Compares the block of a record with the digest that its header states, as the block is read."""

    def __init__(self, stated: str | None) -> None:
        self.stated = stated
        self._hash = hash_of(stated)

    def through(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces."""
        for piece in pieces:
            if self._hash:
                self._hash.update(piece)
            yield piece

    @property
    def wrong(self) -> bool:
        """Whether what was read is not what the digest says; never for a digest that is not known."""
        return bool(self.stated and self._hash and not agrees(self.stated, self._hash))
