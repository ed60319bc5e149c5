"""What a process of cleancopy's own does without. A program that imports cleancopy keeps what it has."""

import os

_THREADS = "OPENBLAS_NUM_THREADS"


def start_lean() -> None:
    """Call this before numpy and Pydantic are imported."""
    # Sums are small and take one thread: numpy would start one for each core, which costs a tenth of a second.
    os.environ.setdefault(_THREADS, "1")
    # Pydantic looks through all that is installed for plugins, a thirtieth of a second: none shall change our records.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def has_one_thread() -> bool:
    """Whether numpy multiplies in one thread."""
    return os.environ.get(_THREADS) == "1"
