"""Extraction reports nothing to anybody: what people read is nobody's business."""

import subprocess
import sys
from pathlib import Path

from tests.scripted import environment

_EXTRACT = """
from archive import extract
assert extract("<h1>The bridge</h1><p>The council voted to close the bridge.</p>").blocks
"""


def test_extraction_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    here = Path(__file__).parent.parent
    subprocess.run([sys.executable, "-c", _EXTRACT], cwd=here, env=environment() | home, check=True)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []
