"""`cleancopy schedule install`: what the machine needs to keep a schedule running."""

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from archive.commands.options import CollectionArgument
from archive.commands.schedule import scheduled_collection
from archive.errors import ConfigurationError
from archive.operations.service_units import crontab, kubernetes, systemd_unit
from archive.sites import SITES_VARIABLE
from archive.telling.terminal import put

#: What of the environment a crawl depends on, and is written into units.
_KEPT = (SITES_VARIABLE, "CLEANCOPY_CONTACT")


def install(
    path: CollectionArgument,
    systemd: Annotated[bool, typer.Option("--systemd", help="A service for systemd.")] = False,
    user: Annotated[bool, typer.Option("--user", help="With --systemd: for a user's own, without root.")] = False,
    cron: Annotated[bool, typer.Option("--cron", help="Lines for a crontab.")] = False,
    for_kubernetes: Annotated[bool, typer.Option("--kubernetes", help="A volume and a deployment.")] = False,
    image: Annotated[
        str | None, typer.Option("--image", help="With --kubernetes: a container image that has cleancopy.")
    ] = None,
    storage: Annotated[str, typer.Option("--storage", help="With --kubernetes: the volume's size.")] = "100Gi",
) -> None:
    """Print a unit that keeps the schedule running, with limits and restarts; where it goes stands in it."""
    if systemd + cron + for_kubernetes != 1:
        raise ConfigurationError("Give one of --systemd, --cron and --kubernetes.")
    collection = scheduled_collection(path).path.resolve()
    environment = {name: _absolute(name, os.environ[name]) for name in _KEPT if os.environ.get(name)}
    command = [*_program(), "schedule", "run", str(collection)]
    if systemd:
        text = systemd_unit(command, collection, environment, owner=None if user else _owner(collection))
    elif cron:
        text = crontab(command, collection, environment)
    elif image is None:
        raise ConfigurationError("--kubernetes needs --image: a container image that has cleancopy.")
    else:
        text = kubernetes(image, collection, {k: v for k, v in environment.items() if k != SITES_VARIABLE}, storage)
    put(text)


def _owner(collection: Path) -> str:
    try:
        return collection.owner()
    except KeyError:  # a user that is known by number alone
        return str(collection.stat().st_uid)


def _absolute(name: str, value: str) -> str:
    if name != SITES_VARIABLE:
        return value
    return os.pathsep.join(str(Path(folder).resolve()) for folder in value.split(os.pathsep) if folder)


def _program() -> list[str]:
    """The command that runs now, as a service can start it: with its whole path."""
    beside = Path(sys.executable).with_name("cleancopy")
    found = str(beside) if beside.is_file() else shutil.which("cleancopy")
    return [found] if found else [sys.executable, "-m", "crawler"]
