"""A site's own Python function, which has the last word on a record.

    from archive.sites import extraction_hook

    @extraction_hook
    def add_section(record, tree):
        return record.model_copy(update={"section": tree.findtext(".//nav/b")})

The site file names it: `extract: my_package.my_module:add_section`. It is given the record that rules and model
made and the parsed page (an lxml element, not to be changed), and returns a record. `text` always follows from the
blocks. It must depend on its arguments alone, so that re-extraction gives the same record.

A collection may come from somebody else. So the site files that lie in one run no code until the user says so: by a
file of their own that names the same function (`--sites`), or by CLEANCOPY_HOOKS.
"""

import os
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from inspect import getsource
from typing import Any

from lxml import etree

from archive.article_text import text_of
from archive.errors import ConfigurationError
from archive.records import Record
from archive.telling.kinds import WarningKind

HookFunction = Callable[[Record, etree._Element], Record]
_MARK = "_is_extraction_hook"
#: The functions that the user lets run, with commas between them. In the environment, so that workers see it too.
HOOKS_VARIABLE = "CLEANCOPY_HOOKS"


def extraction_hook(function: HookFunction) -> HookFunction:
    """Marks a function as one that site files may name. Without the mark none is called: site files travel with
    collections, and must not be able to call anything at all."""
    setattr(function, _MARK, True)
    return function


def trust_hook(name: str) -> None:
    """Let this function run: a file that is the user's own names it."""
    if not is_trusted(name):
        os.environ[HOOKS_VARIABLE] = ",".join([*_trusted(), name])


def is_trusted(name: str) -> bool:
    """Whether the user lets this function run."""
    return name in _trusted()


def _trusted() -> list[str]:
    return [each.strip() for each in os.environ.get(HOOKS_VARIABLE, "").split(",") if each.strip()]


def load_hook(name: str) -> HookFunction:
    """The function `package.module:function`. Raises ConfigurationError with what is missing, and where the user has
    not let it run; nothing of it is imported then."""
    if not is_trusted(name):
        raise ConfigurationError(
            f"extract: {name}: a site file that lies in a collection names this Python function, and may be somebody "
            f"else's. If it is to run, give --sites with the folder of your own file, or set {HOOKS_VARIABLE}={name}"
        )
    return _loaded(name)


@lru_cache(maxsize=256)
def _loaded(name: str) -> HookFunction:
    module_name, _, function_name = name.partition(":")
    try:
        function: Any = getattr(import_module(module_name), function_name)
    except ImportError as error:
        raise ConfigurationError(f"extract: {name}: the module cannot be imported: {error}") from error
    except AttributeError as error:
        raise ConfigurationError(f"extract: {name}: the module {module_name} has no {function_name}") from error
    if not getattr(function, _MARK, False):
        raise ConfigurationError(f"extract: {name}: the function is not marked with @extraction_hook")
    return function  # type: ignore[no-any-return] # whatever bears the mark is one


def hook_digest(name: str) -> str:
    """The digest of a hook's module, so that a changed hook ages the records that it made."""
    return _digest_of(load_hook(name))


@lru_cache(maxsize=256)
def _digest_of(hook: HookFunction) -> str:
    return sha256(getsource(import_module(hook.__module__)).encode()).hexdigest()


def apply_hook(name: str | None, record: Record, tree: etree._Element) -> Record:
    """The record as the hook leaves it; where the hook fails, the record with a warning that says so."""
    if name is None:
        return record
    function = load_hook(name)
    try:
        given = function(record, tree)
        if not isinstance(given, Record):
            return _failed(record, f"hook: {name} returned {_kind(given)}: it must end with 'return record'")
        changed = Record.model_validate(given.model_dump())
    except Exception as error:  # noqa: BLE001 - a hook is foreign code, and one page must not end a crawl
        return _failed(record, f"hook: {name} failed: {type(error).__name__}: {error}")
    return changed.model_copy(update={"text": text_of(changed)})


def _kind(given: Any) -> str:
    return "nothing" if given is None else f"a {type(given).__name__} and no record"


def _failed(record: Record, warning: str) -> Record:
    made = record.extraction
    kinds = tuple(sorted({*made.warning_kinds, WarningKind.HOOK_FAILED}))
    extraction = made.model_copy(update={"warnings": (*made.warnings, warning), "warning_kinds": kinds})
    return record.model_copy(update={"extraction": extraction})
