"""`cleancopy key`: the key that packages and the log of a collection are signed with."""

from pathlib import Path
from typing import Annotated

import typer

from archive.signing import new_key, read_key
from archive.telling.terminal import out, tell


def new(
    path: Annotated[Path, typer.Argument(metavar="KEYFILE", help="Where to keep it; must not be there yet.")],
) -> None:
    """Make a key (P-384) that only you may read. CLEANCOPY_KEY_PASSPHRASE in the environment locks it."""
    key = new_key(path)
    tell(f"{path} is your key: keep it, and a copy of it, where nobody else can read it.")
    tell("Publish its fingerprint where others can trust it:")
    out.print(key.fingerprint)


def show(path: Annotated[Path, typer.Argument(metavar="KEYFILE", help="A key that `cleancopy key new` made.")]) -> None:
    """Print a key's fingerprint, by which signatures name it."""
    out.print(read_key(path).fingerprint)
