"""Keys and signatures: what is signed is proven, what was changed is found, and who signed is told."""

import json
import stat
from base64 import b64decode
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from archive.errors import ConfigurationError
from archive.preservation.verify import verify
from archive.preservation.wacz import write_wacz
from archive.signing import PASSPHRASE, SignedData, new_key, read_key, signer_of
from tests.exchanges import NOON, write_collection

DIGEST = f"sha256:{sha256(b'a package').hexdigest()}"


@pytest.fixture(scope="module")
def keyfile(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "archive.key"
    new_key(path)
    return path


@pytest.fixture(scope="module")
def signed(keyfile, tmp_path_factory):
    folder = tmp_path_factory.mktemp("signed")
    collection = write_collection(folder / "harbour")
    write_wacz(collection, folder / "harbour.wacz", lambda _: None, NOON, read_key(keyfile))
    return folder / "harbour.wacz"


def looked_at(path: Path) -> tuple[list[str], list[str], set[str]]:
    faults: list[str] = []
    found = verify(path, lambda fault: faults.append(str(fault)))
    return faults, found.notes, {signer.fingerprint for signer in found.signers}


def changed(path: Path, target: Path, **new: object) -> Path:
    """The same package with other values in what datapackage-digest.json says of the signature."""
    with ZipFile(path) as old, ZipFile(target, "w") as made:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "datapackage-digest.json":
                fields = json.loads(content)
                fields["signedData"].update(new)
                content = json.dumps(fields).encode()
            made.writestr(info, content)
    return target


def test_a_key_is_for_its_owner_alone_and_never_overwritten(tmp_path):
    path = tmp_path / "mine.key"
    key = new_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key(path).fingerprint == key.fingerprint
    with pytest.raises(ConfigurationError, match="never overwritten"):
        new_key(path)
    path.chmod(0o640)
    with pytest.raises(ConfigurationError, match="may be read by others"):
        read_key(path)


def test_a_passphrase_locks_a_key(tmp_path, monkeypatch):
    monkeypatch.setenv(PASSPHRASE, "a fair wind")
    key = new_key(tmp_path / "locked.key")
    assert b"ENCRYPTED" in (tmp_path / "locked.key").read_bytes()
    assert read_key(tmp_path / "locked.key").fingerprint == key.fingerprint
    monkeypatch.setenv(PASSPHRASE, "a foul wind")
    with pytest.raises(ConfigurationError, match="is wrong"):
        read_key(tmp_path / "locked.key")
    monkeypatch.delenv(PASSPHRASE)
    with pytest.raises(ConfigurationError, match="needs the passphrase"):
        read_key(tmp_path / "locked.key")


def test_what_is_no_key_of_ours_is_refused(tmp_path):
    other = ec.generate_private_key(ec.SECP256R1())
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    for name, content in {"other.key": other.private_bytes(*form), "text.key": b"no key"}.items():
        path = tmp_path / name
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(ConfigurationError, match=r"cleancopy key new"):
            read_key(path)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_key(tmp_path / "missing.key")


def test_a_signature_has_the_anonymous_form_of_the_specification(keyfile):
    made = read_key(keyfile).sign(DIGEST, datetime(2026, 11, 21, 12, tzinfo=UTC)).plain()
    assert set(made) == {"hash", "created", "software", "version", "signature", "publicKey"}
    assert (made["hash"], made["created"], made["version"]) == (DIGEST, "2026-11-21T12:00:00Z", "0.1.0")
    # As WebCrypto writes them: two numbers of 48 bytes, over the digest's text.
    raw = b64decode(made["signature"])
    assert len(raw) == 96
    public = serialization.load_der_public_key(b64decode(made["publicKey"]))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    numbers = utils.encode_dss_signature(int.from_bytes(raw[:48], "big"), int.from_bytes(raw[48:], "big"))
    public.verify(numbers, DIGEST.encode(), ec.ECDSA(hashes.SHA256()))
    assert signer_of(SignedData.model_validate(made)).fingerprint == read_key(keyfile).fingerprint


def test_a_signed_package_names_its_signer(signed, keyfile):
    faults, notes, signers = looked_at(signed)
    assert (faults, signers) == ([], {read_key(keyfile).fingerprint})
    assert any(read_key(keyfile).fingerprint in note and "2026-11-21T12:00:00Z" in note for note in notes)


def test_a_package_without_a_signature_says_so(tmp_path):
    write_wacz(write_collection(tmp_path / "harbour"), tmp_path / "plain.wacz", lambda _: None, NOON)
    faults, notes, signers = looked_at(tmp_path / "plain.wacz")
    assert (faults, signers) == ([], set())
    assert "The package is not signed." in notes


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ({"signature": "AAAA" * 32}, "the signature is wrong"),
        ({"signature": "no base64!"}, "cannot be read"),
        ({"signature": 7}, "its signature cannot be read"),
        ({"publicKey": "AAAA"}, "cannot be read"),
        ({"publicKey": None}, "cannot be read"),
        ({"hash": DIGEST}, "the signature is wrong"),
        ({"created": "2020-01-01T00:00:00Z"}, "which is not when the package was made"),
    ],
)
def test_a_wrong_signature_is_a_fault(signed, tmp_path, new, said):
    faults, _, signers = looked_at(changed(signed, tmp_path / "wrong.wacz", **new))
    assert [said in fault for fault in faults] == [True], faults
    assert signers == set()


def test_a_signature_of_another_package_is_a_fault(signed, keyfile, tmp_path):
    other = read_key(keyfile).sign(DIGEST, NOON).plain()
    faults, _, signers = looked_at(changed(signed, tmp_path / "other.wacz", **other))
    assert ["of another datapackage.json" in fault for fault in faults] == [True]
    assert signers == set()


def test_users_sign_and_verify(cleancopy, tmp_path):
    write_collection(tmp_path / "harbour")
    made = cleancopy("key", "new", "my.key")
    assert (made.code, len(made.out.strip())) == (0, 64)
    assert cleancopy("key", "show", "my.key").out == made.out
    packed = cleancopy("wacz", "harbour", "--output", "harbour.wacz", "--sign", "my.key")
    assert (packed.code, made.out.strip() in packed.err) == (0, True)
    fingerprint = made.out.strip()
    assert cleancopy("verify", "harbour.wacz").code == 0
    assert cleancopy("verify", "harbour.wacz", "--key", fingerprint.upper()).code == 0
    refused = cleancopy("verify", "harbour.wacz", "--key", "0" * 64)
    assert (refused.code, f"signed by key {fingerprint}" in refused.out) == (1, True)
    assert cleancopy("verify", "harbour.wacz", "--key", "mine").code == 2
    cleancopy("wacz", "harbour", "--output", "plain.wacz")
    unsigned = cleancopy("verify", "plain.wacz", "--key", fingerprint)
    assert (unsigned.code, "has not signed it" in unsigned.out) == (1, True)
