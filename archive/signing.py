"""Signatures: a key of ours, and who signed what.

A signature is one of ECDSA with P-384 and SHA-256 over a digest written as text, `sha256:HEX`; it stands with its
public key in the anonymous form of WACZ Signing and Verification 0.1.0 (https://specs.webrecorder.net/wacz-auth/0.1.0/).
What such a form proves is that the holder of a key signed. Whose key that is, its fingerprint tells: the SHA-256 of the
public key (DER, SubjectPublicKeyInfo), which its owner publishes elsewhere.
"""

import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.x509 import load_pem_x509_certificate
from pydantic import BaseModel, ConfigDict, Field

from archive.errors import ConfigurationError
from archive.software import software_version

#: What holds the passphrase of a key.
PASSPHRASE = "CLEANCOPY_KEY_PASSPHRASE"  # noqa: S105 - its name alone
_VERSION = "0.1.0"
_HASH = ec.ECDSA(hashes.SHA256())
#: Bytes of each of a signature's two numbers.
_NUMBER = 48
#: Of permissions: what anybody else than the owner may do.
_OTHERS = 0o077


class SignedData(BaseModel):
    """A signature as it stands in a package or a log. Those of others hold more: of a domain, `domain` and
    `domainCert` (PEM) in place of the public key."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    hash: str
    created: str
    software: str = ""
    version: str = ""
    signature: str
    publicKey: str | None = None  # noqa: N815 - the specification's name
    domain: str | None = None
    domainCert: str | None = Field(default=None, max_length=100_000)  # noqa: N815 - the specification's name

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return self.model_dump(exclude_none=True)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed: the key's fingerprint (hex), and the domain that its certificate names, if there is one."""

    fingerprint: str
    domain: str | None = None

    def __str__(self) -> str:
        return f"key {self.fingerprint}" + (f" of a certificate for {self.domain}" if self.domain else "")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key."""

    private: ec.EllipticCurvePrivateKey

    @property
    def fingerprint(self) -> str:
        """What the public key is known by, as hex."""
        return _fingerprint(self.private.public_key())

    def sign(self, digest: str, moment: datetime) -> SignedData:
        """Sign a digest (`sha256:HEX`)."""
        numbers = utils.decode_dss_signature(self.private.sign(digest.encode(), _HASH))
        return SignedData(
            hash=digest,
            created=moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            software=f"cleancopy/{software_version()}",
            version=_VERSION,
            signature=b64encode(b"".join(number.to_bytes(_NUMBER, "big") for number in numbers)).decode(),
            publicKey=b64encode(_spki(self.private.public_key())).decode(),
        )


def new_key(path: Path) -> SigningKey:
    """Make a key and keep it in a new file that only its owner may read (mode 600), under the passphrase that the
    environment names, if it does. Raises ConfigurationError where a file is there or cannot be made."""
    key = SigningKey(ec.generate_private_key(ec.SECP384R1()))
    secret = _passphrase()
    guard = serialization.BestAvailableEncryption(secret) if secret else serialization.NoEncryption()
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.private.private_bytes(*form, guard))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise ConfigurationError(
            f"{path} is there already. A key is never overwritten: choose another file."
        ) from error
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from error
    return key


def read_key(path: Path) -> SigningKey:
    """The key that a file holds. Raises ConfigurationError where it cannot be read or used."""
    try:
        if path.stat().st_mode & _OTHERS:
            raise ConfigurationError(f"{path} may be read by others: `chmod 600 {path}`")
        key = serialization.load_pem_private_key(path.read_bytes(), _passphrase())
    except OSError as error:
        raise ConfigurationError(f"{path}: the key cannot be read: {error.strerror}") from error
    except TypeError as error:
        wanted = "needs the passphrase in" if _passphrase() is None else "has no passphrase; clear"
        raise ConfigurationError(f"{path} {wanted} {PASSPHRASE}.") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(
            f"{path} is no key that can be used, or {PASSPHRASE} is wrong. `cleancopy key new` makes one."
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP384R1):
        raise ConfigurationError(f"{path} is no key of P-384. `cleancopy key new` makes one.")
    return SigningKey(key)


def signer_of(signed: SignedData) -> Signer:
    """Who signed the digest that `signed` names. Raises ValueError, in a sentence, where the signature is wrong.

    Of a domain's certificate neither its chain nor its time stamp is looked at.
    """
    try:
        public = _public_key(signed)
        raw = b64decode(signed.signature, validate=True)
        if len(raw) == 2 * _NUMBER:
            raw = utils.encode_dss_signature(*(int.from_bytes(raw[at : at + _NUMBER], "big") for at in (0, _NUMBER)))
        public.verify(raw, signed.hash.encode(), _HASH)
    except InvalidSignature as error:
        raise ValueError("the signature is wrong") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("the signature, or its key, cannot be read") from error
    return Signer(_fingerprint(public), signed.domain)


def is_fingerprint(text: str) -> bool:
    """Whether this is how a key is known."""
    return len(text) == sha256().digest_size * 2 and all(letter in "0123456789abcdef" for letter in text)


def _public_key(signed: SignedData) -> ec.EllipticCurvePublicKey:
    if signed.publicKey:
        found = serialization.load_der_public_key(b64decode(signed.publicKey, validate=True))
    else:
        found = load_pem_x509_certificate((signed.domainCert or "").encode()).public_key()
    if not isinstance(found, ec.EllipticCurvePublicKey):
        raise ValueError("not of an elliptic curve")  # noqa: TRY004 - caught with the others
    return found


def _passphrase() -> bytes | None:
    return os.environb.get(PASSPHRASE.encode()) or None


def _spki(public: ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _fingerprint(public: ec.EllipticCurvePublicKey) -> str:
    return sha256(_spki(public)).hexdigest()
