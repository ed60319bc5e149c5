"""The documentation as a site: it builds strictly, says every command and key, and its examples run."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

import crawler.cli  # noqa: F401 - adds the commands that fetch
from archive.cli import app
from archive.collection.settings import settings_schema
from archive.records import record_schema
from archive.sites import site_schema
from documentation.keys import schema_page
from tests.reader import examples
from tests.scripted import PATIENCE, environment

PROGRAM = Path(__file__).parents[1]
#: Who runs the fenced examples of a document.
RUN_BY = {
    "README.md": "test_readme.py",
    "docs/add-a-site.md": "test_add_a_site.py",
    "docs/containers.md": "test_containers.py",
    "docs/many-machines.md": "test_many_machines.py",
    "docs/python.md": "test_documentation.py",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site. Strictly: a link or an anchor that leads nowhere, and a page that no menu has, stop it."""
    folder = tmp_path_factory.mktemp("docs")
    environ = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(PROGRAM)}
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder)],
        cwd=PROGRAM, env=environ, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def text_of_page(built: Path, name: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", (built / name).read_text()))


def commands(of: Any, words: str) -> Iterator[tuple[str, Any]]:
    yield words, of
    if isinstance(of, TyperGroup):
        context = typer.Context(of)
        for name in of.list_commands(context):
            yield from commands(of.get_command(context, name), f"{words} {name}")


def test_every_command_and_option_is_said(built: Path) -> None:
    said = text_of_page(built, "commands.html")
    for words, command in commands(get_command(app), "cleancopy"):
        assert f"Usage: {words} " in said
        for option in (option for param in command.params for option in param.opts if option.startswith("--")):
            assert option in said, f"{words} {option}"


@pytest.mark.parametrize(
    ("page", "schema"),
    [("site-file.html", site_schema()), ("collection.html", settings_schema()), ("record.html", record_schema())],
)
def test_every_key_is_said_with_its_meaning(built: Path, page: str, schema: dict[str, Any]) -> None:
    html = (built / page).read_text()
    for part in (schema, *schema["$defs"].values()):
        for key in part.get("properties", {}):
            assert f"<code>{key}</code>" in html, key
    for name in schema["$defs"]:
        assert f'id="{name.lower()}"' in html, name


def test_a_schema_that_says_all_there_is_to_say() -> None:
    part = {"enum": ["a", "b"], "description": "One | other."}
    schema = {
        "properties": {
            "one": {"$ref": "#/$defs/Part", "description": "Which."},
            "many": {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}], "default": None},
            "count": {"type": "integer", "default": 3},
            "named": {"type": "object", "additionalProperties": {"type": "boolean"}},
            "fixed": {"const": "x"},
            "free": {},
        },
        "$defs": {"Part": part},
    }
    page = schema_page("Things", "What they are.", schema)
    assert "| `one` | [Part](#part) |  | Which. |" in page
    assert "| `many` | list of text or null |  |  |" in page
    assert "| `count` | whole number | `3` |  |" in page
    assert "| `named` | mapping to `true` or `false` |  |  |" in page
    assert "| `fixed` | `x` |  |  |" in page
    assert "| `free` | anything |  |  |" in page
    assert "## Part { #part }\n\nOne \\| other.\n\nOne of `a`, `b`." in page


def test_the_python_reference_comes_from_docstrings(built: Path) -> None:
    said = text_of_page(built, "python.html")
    assert "The record of one page held in memory." in said
    assert "Stream the records of one file." in said


def test_the_site_asks_nothing_of_other_hosts(built: Path) -> None:
    for page in built.rglob("*.html"):
        asked = re.findall(
            r'<(?:script|img|iframe)[^>]+src="(https?:[^"]+)|<link[^>]+href="(https?:[^"]+)', page.read_text()
        )
        assert not asked, page


def test_every_example_has_a_test_that_runs_it() -> None:
    documents = [PROGRAM / "README.md", *(PROGRAM / "docs").glob("*.md")]
    fenced = {path.relative_to(PROGRAM).as_posix() for path in documents if "```" in path.read_text()}
    assert fenced == set(RUN_BY)
    for document, test in RUN_BY.items():
        assert Path(document).name in (PROGRAM / "tests" / test).read_text(), test


def test_the_python_examples() -> None:
    for example in examples((PROGRAM / "docs" / "python.md").read_text(), "python"):
        ran = subprocess.run(
            [sys.executable, "-c", example],
            env=environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        assert "Ferry leaves early" in ran.stdout
