"""What a process of cleancopy's own does without. A program that imports cleancopy keeps what it has."""

import os


def start_lean() -> None:
    """Call this before numpy and Pydantic are imported."""
    # Sums are small and take one thread: numpy would start one for each core, which costs a tenth of a second.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Pydantic looks through all that is installed for plugins, a thirtieth of a second: none shall change our records.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
