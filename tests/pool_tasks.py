"""What tests ask of worker processes, which import it by name."""

import os
import sys
import time

from archive.errors import PageError


def work(task: str) -> str:
    """Do what the task's name says to the process."""
    if task == "hang":
        time.sleep(600)
    if task == "die":
        os._exit(11)
    if task == "starve":
        bytearray(8_000_000_000)
    if task == "raise":
        raise ValueError("odd page")
    if task == "loaded":
        return str("archive.extraction.extract" in sys.modules)
    return f"{task} done by {os.getpid()}"


def lost(task: str, error: PageError) -> str:
    """What stands for a lost task."""
    return f"{task} lost: {error}"
