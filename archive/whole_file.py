"""Text files that are written whole or not at all."""

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Put a text in place of a file once all of it is on disk (UTF-8). Raises OSError; the old one then stays."""
    unfinished = path.with_name(path.name + ".open")
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
