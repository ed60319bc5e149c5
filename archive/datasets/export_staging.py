"""A data set appears under its name whole or not at all: it is made beside its place and then renamed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from archive.datasets.manifest import MANIFEST, read_manifest
from archive.errors import CollectionError, ConfigurationError
from archive.whole_file import sync


@contextmanager
def staged(output: Path) -> Iterator[Path]:
    """A new folder that takes the place of `output` when all went well, and vanishes otherwise.

    Raises ConfigurationError where something lies at `output` that is not an older export and nothing else, and
    CollectionError where nothing can be written.
    """
    output = output.absolute()
    _may_replace(output)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix=f".{output.name}.", suffix=".open", dir=output.parent))
    except OSError as error:
        raise CollectionError(f"{output} cannot be written: {error.strerror}") from error
    try:
        yield folder
        _settle(folder, output)
    except OSError as error:
        raise CollectionError(f"{output}: {error.strerror or error}; nothing of this data set was kept") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _may_replace(output: Path) -> None:
    if not output.exists() or (output.is_dir() and not any(output.iterdir())):
        return
    if not (output / MANIFEST).is_file():
        raise ConfigurationError(f"{output} is there already and is no data set of ours. Choose another --output.")
    ours = {output / name for name in (*(file.path for file in read_manifest(output).files), MANIFEST)}
    strange = [path for path in sorted(output.rglob("*")) if path.is_file() and path not in ours]
    if strange:
        raise ConfigurationError(
            f"{output} holds an older data set and also {strange[0].relative_to(output)}, which would be lost. "
            "Move that away, or choose another --output."
        )


def _settle(folder: Path, output: Path) -> None:
    """Make the folder durable and exchange it for what is there."""
    for path in folder.rglob("*"):
        sync(path)
    folder.chmod(0o755)
    aside = folder.with_name(folder.name.removesuffix(".open") + ".old")
    if output.exists():
        output.rename(aside)
    folder.rename(output)
    sync(output.parent)
    shutil.rmtree(aside, ignore_errors=True)
