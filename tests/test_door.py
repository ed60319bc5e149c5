"""Text from outside on its way to a terminal, a pipe or a log."""

import ast
import io
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from rich.table import Table
from rich.text import Text

from archive.telling.door import Door
from archive.telling.unseen import HarmlessRecord, one_line, visible

HOSTILE = "a\x1b]0;pwned\x07b\x9b2Jc\u202ed\u2067e\u2028f\ufeffg\U000e0041h\x7fi\x00[red]j[/red] :warning: [link=file:///x]k[/link]"
#: What must never reach a terminal.
ACTING = [chr(code) for code in [*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), 0x2028, 0x2029]]
ACTING += [chr(code) for code in [0x200E, 0x200F, 0x061C, 0xFEFF, 0xE0041, *range(0x2066, 0x206A)]]
PROGRAM = Path(__file__).parents[1]


def acting(text: str) -> list[str]:
    return [f"{ord(character):04X}" for character in text if character in ACTING]


def printed(what: object, *, terminal: bool = False) -> str:
    file = io.StringIO()
    Door(file=file, force_terminal=terminal, color_system=None, width=4000).print(what)
    return file.getvalue()


@pytest.mark.parametrize("character", ACTING)
def test_a_character_that_acts_is_shown_by_its_number(character: str) -> None:
    assert visible(f"a{character}b") == f"a⟨U+{ord(character):04X}⟩b"


def test_what_people_write_stays() -> None:
    text = "می\u200cخواهم 👩\u200d🔬 שלום naïve\tcafé\n"
    assert visible(text) == text
    assert one_line(text) == "می\u200cخواهم 👩\u200d🔬 שלום naïve⟨U+0009⟩café⟨U+000A⟩"


@pytest.mark.parametrize("terminal", [False, True])
def test_a_sentence_comes_out_harmless_and_its_markup_is_not_read(terminal: bool) -> None:
    shown = printed(HOSTILE, terminal=terminal)
    assert not acting(shown)
    assert "a⟨U+001B⟩]0;pwned⟨U+0007⟩b⟨U+009B⟩2Jc⟨U+202E⟩d" in shown
    assert "[red]j[/red] :warning: [link=file:///x]k[/link]" in shown


def test_styled_text_and_tables_come_out_harmless() -> None:
    table = Table("site", title=HOSTILE)
    table.add_row(HOSTILE)
    table.add_row(Text(HOSTILE))
    for what in (Text(HOSTILE, "bold"), table):
        shown = printed(what)
        assert not acting(shown)
        assert "c⟨U+202E⟩d⟨U+2067⟩e" in shown
        assert "[red]j[/red]" in shown


def test_a_style_stays_with_its_words_around_a_character_that_is_shown() -> None:
    file = io.StringIO()
    console = Door(file=file, force_terminal=True, color_system="standard")
    console.print(Text("plain ").append("r\u202ed", "red").append(" plain"))
    joined = file.getvalue().replace("\x1b[0m\x1b[31m", "")
    assert joined == "plain \x1b[31mr⟨U+202E⟩d\x1b[0m plain\n"


def logged(message: str, *values: object, error: Exception | None = None) -> str:
    record = HarmlessRecord("x", logging.ERROR, __file__, 1, message, values, error and (type(error), error, None))
    return logging.Formatter("%(levelname)s: %(message)s").format(record)


def test_a_log_line_cannot_be_forged_or_steer_a_terminal() -> None:
    assert logged("reading %s failed", "x\nERROR: all is well\x1b[2J") == (
        "ERROR: reading x⟨U+000A⟩ERROR: all is well⟨U+001B⟩[2J failed"
    )
    with_error = logged("failed", error=ValueError(f"x\nERROR: all is well{HOSTILE}"))
    assert not acting(with_error)
    assert with_error.splitlines()[0] == "ERROR: failed"
    assert all(line.startswith("    ") for line in with_error.splitlines()[1:])


def test_libraries_that_log_without_a_handler_are_harmless_too() -> None:
    script = (
        "import logging\nfrom archive.telling.unseen import make_logs_harmless\nmake_logs_harmless()\n"
        "logging.getLogger('library').warning('bad date: %s', 'x\\x1b[2J\\nWARNING forged')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PROGRAM)
    assert done.stderr == "bad date: x⟨U+001B⟩[2J⟨U+000A⟩WARNING forged\n"


def cleancopy(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "crawler", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROGRAM, errors="surrogateescape")


@pytest.mark.parametrize(
    "arguments",
    [
        ["no\x1bsuch\u202ecommand"],
        ["--no\x1bsuch\u202eoption"],
        ["clean", "--no\x1bsuch\u202eoption"],
        ["clean", "no\x1bsuch\u202efile"],
        ["clean", "--format", "no\x1bsuch\u202eformat", "x"],
        ["verify", "no\x1bsuch\u202efile"],
        ["site", "explain", "no\x1bsuch\u202efile"],
        ["export", "no\x1bsuch\u202efile", "--output", "x"],
    ],
)
def test_an_argument_that_is_refused_is_told_of_harmlessly(arguments: list[str]) -> None:
    done = cleancopy(*arguments)
    assert done.returncode != 0
    assert done.stderr
    assert not acting(done.stdout + done.stderr)


def test_a_crash_is_told_of_harmlessly() -> None:
    script = (
        "import sys\nfrom archive.telling.terminal import tell_crash\nsys.excepthook = tell_crash\n"
        "raise ValueError('x\\x1b[2J\\nforged')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=PROGRAM)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-2:] == ["  ValueError: x⟨U+001B⟩[2J", "  forged"]


#: The door itself.
DOOR = "archive/telling/terminal.py"
ANYWHERE = {"echo", "secho", "Console", "StreamHandler", "print_exc"}
STREAMS = ("sys.stdout.write", "sys.stdout.buffer.write", "sys.stderr.", "sys.__std")


def other_ways(source: str) -> list[str]:
    """Calls that print by another way than the door: `print`, `typer.echo`, `Console`, `sys.stderr.write`."""
    calls = (ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [call for call in calls if call == "print" or call.split(".")[-1] in ANYWHERE or call.startswith(STREAMS)]


def test_no_module_prints_by_another_way() -> None:
    known = ("sys.stdout.writelines", "sys.stderr.write", "typer.echo", "print", "rich.console.Console")
    assert other_ways("\n".join(f"{call}(x)" for call in (*known, "out.print"))) == list(known)
    modules = [path for folder in ("archive", "crawler") for path in sorted((PROGRAM / folder).rglob("*.py"))]
    named = {path.relative_to(PROGRAM).as_posix(): other_ways(path.read_text("utf-8")) for path in modules}
    found = {name: calls for name, calls in named.items() if calls and name != DOOR}
    # To the process that keeps the schedule, which reads JSON there.
    assert found == {"crawler/schedule/worker.py": ["sys.stdout.buffer.write"]}
