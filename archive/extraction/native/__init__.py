"""Compiled kernels for the few loops that cost most; the Python beside each is its reference and its stand-in.

They are Cython, built when the package is installed where there is a compiler (see hatch_build.py). Whoever has a
kernel asks for it once, with `compiled`. With CLEANCOPY_PURE=1 in the environment none is used. The results are the
same to the byte: tests compare both.
"""

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

#: The variable that turns the kernels off, unless it is empty or 0.
PURE = "CLEANCOPY_PURE"


def compiled(kernel: str) -> ModuleType | None:
    """The compiled module of that name; None where it was not built, is not wanted, or was built for another lxml."""
    # Bits are read as bytes, the lowest first.
    if os.environ.get(PURE, "0") not in ("", "0") or sys.byteorder != "little":
        return None
    name = f"{__name__}.{kernel}"
    try:
        return import_module(name) if find_spec(name) else None
    except (ImportError, TypeError, ValueError):
        return None
