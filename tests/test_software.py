"""Which versions of other packages are installed."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from archive.software import installed_version


def _install(folder: Path, package: str, *versions: str) -> None:
    (folder / package).mkdir()
    (folder / package / "__init__.py").touch()
    for each in versions:
        told = folder / f"{package}-{each}.dist-info"
        told.mkdir()
        (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {each}\n")


def test_versions_are_those_of_the_standard_library() -> None:
    assert {name: installed_version(name) for name in ("trafilatura", "numpy")} == {
        name: version(name) for name in ("trafilatura", "numpy")
    }


def test_a_folder_left_over_does_not_decide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    _install(tmp_path, "gulls", "1.0", "2.0")
    _install(tmp_path, "terns", "3.1.post2")
    assert installed_version("gulls") == version("gulls")
    assert installed_version("terns") == "3.1.post2"


def test_what_is_not_there_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    _install(tmp_path, "skuas")
    for name in ("skuas", "nobody_packs_this"):
        with pytest.raises(PackageNotFoundError):
            installed_version(name)
