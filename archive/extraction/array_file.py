"""Named arrays as the bytes of an .npz file (numpy's arrays in a zip): data, not code."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def to_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The file. Equal arrays give equal bytes, on any machine: it holds no time and is not compressed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as entries:
        for name, array in arrays.items():
            # A name alone would be stamped with the time.
            with entries.open(zipfile.ZipInfo(f"{name}.npy"), "w") as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)
    return file.getvalue()


def from_bytes(content: bytes, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """The arrays of these names. Raises ValueError if they are not there."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in names}
    except (KeyError, TypeError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"no file of the arrays {', '.join(names)}: {error}") from error
