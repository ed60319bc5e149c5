"""The lists of words, by file: YAML for people, and `words.json` of all for the program, made of it by `make words`.

Reading YAML takes a tenth of a second of every process, a hundred times what reading JSON takes.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
MADE = FOLDER / "words.json"


@cache
def word_files() -> dict[str, Any]:
    """What each file holds, by its place in this folder without its suffix: `metadata/words/en`."""
    content: dict[str, Any] = json.loads(MADE.read_bytes())
    return content


def made_of_yaml() -> str:
    """The text of `words.json` by the files as they are now: a line each, so that changes are seen by file."""
    import yaml  # noqa: PLC0415 - the program reads none

    lines = [
        f'"{path.relative_to(FOLDER).with_suffix("")}": '
        + json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), ensure_ascii=False)
        for path in sorted(FOLDER.rglob("*.yaml"))
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    MADE.write_text(made_of_yaml(), encoding="utf-8")
