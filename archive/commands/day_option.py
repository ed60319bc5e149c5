"""An option that takes a day, such as `--since 2026-11-18`; Typer gives it as the midnight that it begins with."""

from datetime import date, datetime
from typing import Any

import typer


def day_option(name: str, what: str) -> Any:
    """The option with its help, for an annotation of `datetime | None`."""
    return typer.Option(name, formats=["%Y-%m-%d"], help=what)


def day_of(midnight: datetime | None) -> date | None:
    """The day that was given, if one was."""
    return midnight.date() if midnight else None
