"""Regular expressions compiled once for all processes: their code is kept in `__pycache__`, as that of modules is.

To compile some three hundred takes a tenth of the time in which a process cleans its first page. What is kept is what
Python's own compiler made of each. Where the file cannot be read or written, or is another Python's, and where this
Python works in another way, patterns are compiled as ever.
"""

import marshal
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from importlib.util import cache_from_source
from threading import RLock
from typing import Any

_Code = tuple[Any, ...]

_compiler: Any = import_module("re._compiler")
_engine: Any = import_module("_sre")
_compiled = _compiler.compile
_FILE = cache_from_source(__file__).removesuffix("pyc") + "patterns"
#: Whose code it is: another Python's engine would read it as something else.
_MADE_BY = (_engine.MAGIC, sys.version)
#: From so many on, most are of earlier versions of this program.
_MOST = 2000
_compiling = RLock()


@contextmanager
def kept_patterns() -> Iterator[None]:
    """Patterns that are compiled in this are taken from the file, and put there if it lacks them. Load modules in it,
    and do nothing that makes patterns of what others wrote."""
    known, before = len(_read()), _compiler.compile
    _compiler.compile = _kept
    try:
        yield
    finally:
        _compiler.compile = before
        if len(_read()) > known and not sys.dont_write_bytecode:
            _write(_read())


def _kept(pattern: str | bytes, flags: int = 0) -> Any:
    """What `re` calls in the place of its compiler."""
    if code := _read().get((pattern, flags)):
        with suppress(RuntimeError, TypeError):
            return _engine.compile(pattern, *code)
    with _compiling:
        before, listening = _compiler._sre, _Listening(pattern)
        _compiler._sre = listening
        try:
            made = _compiled(pattern, flags)
        finally:
            _compiler._sre = before
    if listening.code:
        _read()[pattern, flags] = listening.code
    return made


class _Listening:
    """The engine, which remembers the code that it is given for a pattern."""

    def __init__(self, pattern: str | bytes) -> None:
        self._pattern = pattern
        self.code: _Code | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(_engine, name)

    def compile(self, pattern: str | bytes, *code: Any) -> Any:
        """As the compiler calls it. Another thread's pattern goes by."""
        if pattern is self._pattern and type(pattern) in (str, bytes):
            # Some of the numbers have names, which cannot be written.
            self.code = tuple(list(map(int, part)) if isinstance(part, list) else part for part in code)
        return _engine.compile(pattern, *code)


@cache
def _read() -> dict[tuple[str | bytes, int], _Code]:
    """The code of each pattern and its flags, as the file and this process have it."""
    # What a damaged file is, one of these says.
    with suppress(OSError, EOFError, ValueError, TypeError), open(_FILE, "rb") as file:  # noqa: PTH123 - before pathlib is loaded
        made_by, code = marshal.loads(file.read())  # noqa: S302 - to be trusted as the code of modules beside it is
        if made_by == _MADE_BY and len(code) < _MOST:
            return dict(code)
    return {}


def _write(code: dict[tuple[str | bytes, int], _Code]) -> None:
    """Of two processes that write it at once, each writes a whole file, and the last one's stays."""
    new = f"{_FILE}.{os.getpid()}"
    with suppress(OSError, ValueError):
        with open(new, "wb") as file:  # noqa: PTH123
            file.write(marshal.dumps((_MADE_BY, dict(code))))
        os.replace(new, _FILE)  # noqa: PTH105
