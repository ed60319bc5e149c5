"""The wheel and the source distribution, installed where nothing else is."""

import compileall
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from archive.software import VERSION

PROGRAM = Path(__file__).parents[1]
PAGE = PROGRAM / "crawler/demo/site/business/2026/11/20/kelp-farms-investors.html"
#: Scrapy, trafilatura, warcio and PyYAML with what they need are 59 packages; Typer and Pydantic bring eleven more. The
#: most bytes are numpy's, Babel's (for courlan), Twisted's and cryptography's.
MOST_PACKAGES, MOST_BYTES = 88, 235_000_000
#: Without kernels, which take a minute to compile and make a wheel for one processor.
_ENVIRONMENT = {"PATH": "/usr/bin", "CLEANCOPY_PURE": "1"}
#: What is installed by extras alone.
OPTIONAL = frozenset(
    "pyarrow duckdb pywb playwright s3fs prometheus_client lightgbm torch rensa pandas "
    "distributed datatrove psycopg starlette uvicorn".split()
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both files, built without a network and without isolation."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-d", str(folder), cwd=PROGRAM)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what the wheel says it needs, no more: linked from where the tests run."""
    home = tmp_path_factory.mktemp("empty") / "env"
    venv.create(home, symlinks=True, with_pip=False)
    site = next(home.glob("lib/python3*/site-packages"))
    with zipfile.ZipFile(wheel(built)) as packed:
        packed.extractall(site)
    for needed in closure(Distribution.at(site / f"cleancopy-{VERSION}.dist-info")):
        for place in tops(needed):
            if not (site / place).exists():
                (site / place).symlink_to(Path(str(needed.locate_file(place))).resolve())
    compileall.compile_dir(site / "archive", quiet=1)
    return home / "bin" / "python"


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=120, env=_ENVIRONMENT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def wheel(folder: Path) -> Path:
    return folder / f"cleancopy-{VERSION}-py3-none-any.whl"


def closure(root: Distribution) -> list[Distribution]:
    """The distributions that a plain install brings besides this one."""
    found: dict[str, Distribution] = {}
    waiting = [(root, "")]
    asked: set[tuple[str, str]] = set()
    while waiting:
        of, extra = waiting.pop()
        for line in of.requires or ():
            needed = Requirement(line)
            if needed.marker and not needed.marker.evaluate({"extra": extra}):
                continue
            name = canonicalize_name(needed.name)
            found[name] = distribution(needed.name)
            for wanted in {"", *needed.extras} - {one for at, one in asked if at == name}:
                asked.add((name, wanted))
                waiting.append((found[name], wanted))
    return list(found.values())


def tops(of: Distribution) -> Iterator[str]:
    """What of a distribution lies in site-packages itself."""
    yield from {file.parts[0] for file in of.files or () if file.parts[0] not in ("..", "__pycache__")}


def test_both_files_hold_what_is_needed(built: Path) -> None:
    with zipfile.ZipFile(wheel(built)) as packed:
        names = set(packed.namelist())
        entry = packed.read(f"cleancopy-{VERSION}.dist-info/entry_points.txt").decode()
    folders = {str(Path(name).parent) for name in names}
    # `pipx run cleancopy` and `uvx cleancopy` begin the program that has the package's name.
    assert "cleancopy = crawler.__main__:main" in entry
    assert {"archive/py.typed", "crawler/py.typed", "archive/extraction/models/page.md"} <= names
    assert {"archive/_configs/sites", "archive/_configs/systems", "archive/_configs/skeletons"} <= folders
    assert not [name for name in names if name.startswith(("tests", "benchmarks"))]
    with tarfile.open(built / f"cleancopy-{VERSION}.tar.gz") as packed:
        sources = {name.partition("/")[2] for name in packed.getnames()}
    assert {"tests/test_release.py", "requirements.txt", "Makefile", "configs/site.schema.json"} <= sources


def test_a_wheel_of_the_source_distribution_is_the_same(built: Path, tmp_path: Path) -> None:
    with tarfile.open(built / f"cleancopy-{VERSION}.tar.gz") as packed:
        packed.extractall(tmp_path, filter="data")
    run(
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "-t",
        "wheel",
        "-d",
        str(tmp_path),
        cwd=tmp_path / f"cleancopy-{VERSION}",
    )
    ours, theirs = (zipfile.ZipFile(wheel(folder)) for folder in (built, tmp_path))
    assert {one.filename: one.CRC for one in ours.infolist()} == {one.filename: one.CRC for one in theirs.infolist()}


def test_the_program_runs_where_nothing_else_is(installed: Path, tmp_path: Path) -> None:
    program = installed.parent / "cleancopy"
    program.write_text(f"#!{installed}\nfrom crawler.__main__ import main\nmain()\n")
    program.chmod(0o755)
    assert run(str(program), "--version", cwd=tmp_path) == f"cleancopy {VERSION}\n"
    assert "kelp" in run(str(program), "clean", str(PAGE), cwd=tmp_path)
    assert "Usage: cleancopy crawl" in run(str(program), "crawl", "--help", cwd=tmp_path)
    assert "berliner-zeitung" in run(str(program), "site", "list", cwd=tmp_path)


def test_every_command_loads_where_no_extra_is_and_nothing_else_is_missing(installed: Path, tmp_path: Path) -> None:
    code = (
        "import archive, crawler.cli, importlib, pkgutil\n"
        "from archive.commands.table import COMMANDS, KEY_COMMANDS, SCHEDULE_COMMANDS, SITE_COMMANDS\n"
        "for group in (COMMANDS, KEY_COMMANDS, SCHEDULE_COMMANDS, SITE_COMMANDS):\n"
        "    for command in group.values(): pkgutil.resolve_name(command.place)\n"
        "print(archive.__file__)\n"
        "for package in (archive, crawler):\n"
        "    for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        try: module.name.endswith('__main__') or importlib.import_module(module.name)\n"
        "        except ModuleNotFoundError as error: print(error.name)\n"
    )
    where, *missing = run(str(installed), "-c", code, cwd=tmp_path).split()
    assert where.startswith(str(installed.parents[1]))
    assert {name.partition(".")[0] for name in missing} <= OPTIONAL


def test_a_plain_install_stays_as_small_as_it_is(installed: Path) -> None:
    site = next(installed.parents[1].glob("lib/python3*/site-packages"))
    needed = closure(Distribution.at(site / f"cleancopy-{VERSION}.dist-info"))
    sizes = {
        of.name: sum(Path(str(of.locate_file(file))).stat().st_size for file in of.files or () if file.suffix != ".pyc")
        for of in needed
    }
    assert len(needed) + 1 <= MOST_PACKAGES, sorted(sizes)
    assert sum(sizes.values()) <= MOST_BYTES, sorted((size, name) for name, size in sizes.items())
