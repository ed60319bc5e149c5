"""Functions that have the last word on a record of their site."""

import sys
from pathlib import Path
from typing import Any

import pytest

from archive.extraction.extract import extract
from archive.sites import extraction_hook, load_site
from tests.site_file import write


@extraction_hook
def shout(record: Any, tree: Any) -> Any:
    """A hook for the test below."""
    title = tree.findtext(".//title")
    blocks = tuple(block.model_copy(update={"text": block.text.upper()}) for block in record.blocks)
    return record.model_copy(update={"title": title, "blocks": blocks, "text": "not from the blocks"})


@extraction_hook
def stumble(record: Any, tree: Any) -> Any:
    """A hook that fails."""
    raise KeyError("gull")


@extraction_hook
def forget(record: Any, tree: Any) -> Any:
    """A hook that returns nothing."""
    record.model_copy(update={"title": tree.findtext(".//title")})


PAGE = "<html><title>Gulls</title><body><article><p>They came in from the sea at dawn, loud and hungry.</p></article>"


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Any:
    """This module under a name that site files can give."""
    monkeypatch.setitem(sys.modules, "gull_hooks", sys.modules[__name__])
    monkeypatch.setattr(shout, "__module__", "gull_hooks")


def test_a_hook_has_the_last_word(tmp_path: Path, hooks: None) -> None:
    site = load_site(write(tmp_path, "layouts: [{body: article}]\nextract: gull_hooks:shout"))
    record = extract(PAGE, "https://gull.example/a", site=site)
    assert record.title == "Gulls"
    assert record.text == "THEY CAME IN FROM THE SEA AT DAWN, LOUD AND HUNGRY."
    assert record.extraction.config_digest != load_site(write(tmp_path, "layouts: [{body: article}]")).digest()


def test_a_hook_that_fails_leaves_the_record_and_a_warning(
    tmp_path: Path, hooks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stumble, "__module__", "gull_hooks")
    site = load_site(write(tmp_path, "layouts: [{body: article}]\nextract: gull_hooks:stumble"))
    record = extract(PAGE, "https://gull.example/a", site=site)
    assert record.text.startswith("They came")
    assert record.extraction.warnings[-1] == "hook: gull_hooks:stumble failed: KeyError: 'gull'"


def test_a_hook_that_returns_nothing_is_told_so(tmp_path: Path, hooks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forget, "__module__", "gull_hooks")
    site = load_site(write(tmp_path, "layouts: [{body: article}]\nextract: gull_hooks:forget"))
    record = extract(PAGE, "https://gull.example/a", site=site)
    assert "hook: gull_hooks:forget returned nothing: it must end with 'return record'" in record.extraction.warnings
    assert record.text
