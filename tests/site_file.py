"""A site file as a test writes it."""

from pathlib import Path

import pytest

from archive.errors import ConfigurationError
from archive.sites import load_site


def write(folder: Path, content: str, name: str = "gull.example.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def problem(folder: Path, content: str, name: str = "gull.example.yaml") -> str:
    """What is said of a wrong file, without the folder's name."""
    path = write(folder, content, name)
    with pytest.raises(ConfigurationError) as caught:
        load_site(path)
    return str(caught.value).replace(f"{folder}/", "")
