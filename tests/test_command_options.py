"""Options that several commands take."""

from datetime import date, datetime
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from archive.commands.options import day_of, day_option


def dated(*options: str) -> str:
    app = typer.Typer()

    @app.command()
    def show(
        since: Annotated[datetime | None, day_option("--since", "From.")] = None,
        until: Annotated[datetime | None, day_option("--until", "To.")] = None,
    ) -> None:
        typer.echo(f"{day_of(since)} {day_of(until)}")

    return CliRunner().invoke(app, options, env={"COLUMNS": "300", "NO_COLOR": "1"}).output


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-2", date(2025, 2, 1), date(2025, 2, 28)),
        ("2026-11-18", date(2026, 11, 18), date(2026, 11, 18)),
    ],
)
def test_a_day_may_be_a_month_or_a_year(said: str, first: date, last: date) -> None:
    assert dated("--since", said, "--until", said).strip() == f"{first} {last}"


@pytest.mark.parametrize("said", ["2026-13", "2026-02-30", "yesterday", "26", "0000", "2026-11-18T08:00", ""])
def test_what_is_no_day_is_named(said: str) -> None:
    shown = dated("--until", said)
    assert f"{said!r} is no day: expected a day (2026-11-18), a month (2026-11) or a year (2026)" in shown
