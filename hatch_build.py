"""Compiles the kernels of archive/extraction/native when the package is built or installed.

Nobody has to have a compiler: what cannot be compiled is left out, and its Python stands in. With CLEANCOPY_PURE=1 in
the environment nothing is compiled.
"""

import os
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_FOLDER = Path("archive", "extraction", "native")
#: Products and sums stay apart, as numpy has them: joined, they would be rounded once and not twice.
_FLAGS = ["-O3", "-g0", "-ffp-contract=off", "-fno-math-errno"]


class Kernels(BuildHookInterface[Any]):
    """Adds the compiled kernels to a wheel; an editable installation finds them beside their sources."""

    def initialize(self, _version: str, build_data: dict[str, Any]) -> None:
        """Compile before the wheel is put together."""
        wanted = os.environ.get("CLEANCOPY_PURE", "0") in ("", "0")
        built = self._compiled(Path(self.root)) if wanted else []
        if built:
            build_data["artifacts"] += [f"/{path.relative_to(self.root).as_posix()}" for path in built]
            build_data |= {"pure_python": False, "infer_tag": True}

    def _compiled(self, root: Path) -> list[Path]:
        """Compile; return what there is of kernels for this interpreter."""
        # Installing asks for the metadata first and then for the wheel.
        if not _is_current(root):
            for old in _found(root):
                old.unlink()
            try:
                _compile(root)
            except Exception as error:  # noqa: BLE001 - whatever is missing or broken, the package works without
                self.app.display_warning(f"cleancopy will work more slowly, without compiled kernels: {error}")
        return _found(root)


def _sources(root: Path) -> list[Path]:
    return sorted((root / _FOLDER).glob("*.pyx"))


def _found(root: Path) -> list[Path]:
    return sorted((root / _FOLDER).glob(f"*{EXTENSION_SUFFIXES[0]}"))


def _is_current(root: Path) -> bool:
    """Whether all kernels are there, each newer than what it was made of."""
    found = _found(root)
    made_of = [path.stat().st_mtime for path in (*_sources(root), *(root / _FOLDER).glob("*.pxd"), Path(__file__))]
    return len(found) == len(_sources(root)) and all(path.stat().st_mtime > max(made_of) for path in found)


def _compile(root: Path) -> None:
    # Only who compiles needs these.
    import lxml  # noqa: PLC0415
    from Cython.Build import cythonize  # noqa: PLC0415
    from setuptools import Distribution, Extension  # noqa: PLC0415

    package = ".".join(_FOLDER.parts)
    with TemporaryDirectory() as temporary:
        kernels = [
            Extension(
                f"{package}.{source.stem}",
                [str(source)],
                include_dirs=lxml.get_include(),  # type: ignore[attr-defined] # the stubs lack it
                extra_compile_args=_FLAGS,
                optional=True,
            )
            for source in _sources(root)
        ]
        modules = cythonize(kernels, build_dir=temporary, quiet=True)
        command = Distribution({"name": "cleancopy", "ext_modules": modules}).get_command_obj("build_ext")
        command.build_lib, command.build_temp = str(root), temporary
        command.parallel = os.cpu_count()
        command.ensure_finalized()
        command.run()
