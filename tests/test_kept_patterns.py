"""Patterns whose code is kept for the next process."""

import marshal
import re
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive import kept_patterns as kept

PATTERNS: tuple[tuple[str | bytes, int], ...] = (
    (r"(?P<a>gull)s?|(tern)(?(a)x|y)", re.I),
    (rb"\xff[a-z]++(?<!q)", 0),
    ("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\U0001f600-\U0001f64f]", re.S),
    (r"(?mx) ^ \s*+ (?:\d{2,9}+) $ # a comment", 0),
    ("", 0),
)


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Path]]:
    """A process that has read no file by now; gives the place of the file."""
    file = tmp_path / "kept.patterns"
    monkeypatch.setattr(kept, "_FILE", str(file))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)

    def begin() -> Path:
        kept._read.cache_clear()
        re.purge()
        return file

    yield begin
    begin()


def _made() -> list[re.Pattern[str] | re.Pattern[bytes]]:
    with kept.kept_patterns():
        return [re.compile(pattern, flags) for pattern, flags in PATTERNS]


def _compiled() -> list[re.Pattern[str] | re.Pattern[bytes]]:
    re.purge()
    return [re.compile(pattern, flags) for pattern, flags in PATTERNS]


def test_the_next_process_compiles_nothing(begun: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    file = begun()
    first, itself = _made(), kept._compiler.compile
    assert file.exists()
    begun()
    with monkeypatch.context() as patch:
        patch.setattr(kept, "_compiled", None)
        second = _made()
    # Patterns are equal if their code is.
    assert first == second == _compiled()
    assert [(each.groups, dict(each.groupindex)) for each in first] == [
        (each.groups, dict(each.groupindex)) for each in second
    ]
    assert kept._compiler.compile is itself
    assert kept._compiler._sre is kept._engine
    assert list(file.parent.iterdir()) == [file]


def test_only_what_is_new_is_written(begun: Callable[[], Path]) -> None:
    file = begun()
    _made()
    written = file.stat().st_mtime_ns
    begun()
    _made()
    assert file.stat().st_mtime_ns == written
    with kept.kept_patterns():
        re.compile("skua")
    begun()
    assert set(kept._read()) == {*PATTERNS, ("skua", 0)}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no marshal",
        marshal.dumps(None),
        marshal.dumps((kept._MADE_BY, None)),
        marshal.dumps((kept._MADE_BY, {("", 0): (0, [99], 0, {}, (None,))})),
        marshal.dumps((kept._MADE_BY, {("", 0): ("x",)})),
        marshal.dumps((kept._MADE_BY, {(str(number), 0): (0, [1], 0, {}, (None,)) for number in range(2000)})),
        marshal.dumps(((0, "another Python"), {("", 0): (32, [1], 0, {}, (None,))})),
    ],
)
def test_what_is_no_code_of_ours_is_not_taken(begun: Callable[[], Path], content: bytes) -> None:
    file = begun()
    file.write_bytes(content)
    assert _made() == _compiled()
    begun()
    assert set(kept._read()) == set(PATTERNS)


def test_where_nothing_can_be_written_nothing_is(begun: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    file = begun()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "dont_write_bytecode", True)
        assert _made() == _compiled()
    begun()
    with monkeypatch.context() as patch:
        patch.setattr(kept, "_FILE", str(file / "none" / "kept"))
        assert _made() == _compiled()
    assert not list(file.parent.iterdir())


def test_a_pattern_that_is_none_is_refused_as_ever(begun: Callable[[], Path]) -> None:
    begun()
    with pytest.raises(re.error, match="unterminated"), kept.kept_patterns():
        re.compile("(gull")
    assert kept._compiler._sre is kept._engine
    assert not kept._read()


def test_threads_and_contexts_within_each_other_keep_the_code_of_each(begun: Callable[[], Path]) -> None:
    begun()
    texts = [rf"(gull{number}|tern){{{number + 1}}}" for number in range(200)]
    with kept.kept_patterns(), kept.kept_patterns():
        threads = [threading.Thread(target=lambda: [re.compile(text) for text in texts]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    begun()
    with kept.kept_patterns():
        found = [re.compile(text) for text in texts]
    re.purge()
    assert found == [re.compile(text) for text in texts]
    assert len(kept._read()) == 200
