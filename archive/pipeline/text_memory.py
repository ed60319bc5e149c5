"""Memory over plain text files of one source: what other scrapers left in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.errors import ConfigurationError
from archive.extraction.blocks import MAX_BLOCKS
from archive.extraction.features.plain import PlainText
from archive.extraction.memory.learning import SiteLearner
from archive.extraction.memory.recall import Observation, PageName, text_recall
from archive.extraction.memory.site_memory import SiteMemory
from archive.extraction.model import load_model
from archive.extraction.page_reading import MAX_BYTES
from archive.extraction.plain_text import label_text, paragraphs
from archive.pipeline.pool import ExtractionPool


@dataclass(frozen=True, slots=True)
class TextFile:
    """One file to learn from; `name` is its path in the folder."""

    path: Path
    name: str


def text_files(folder: Path) -> Sequence[TextFile]:
    """The text files of a folder and those below it, in the order of their names. Raises ConfigurationError if there
    are none."""
    found = [TextFile(path, path.relative_to(folder).as_posix()) for path in sorted(folder.rglob("*.txt"))]
    if not found:
        raise ConfigurationError(f"{folder}: no text files (*.txt) to learn from")
    return found


def learn_texts(folder: Path, files: Sequence[TextFile], advance: Callable[[], None]) -> SiteMemory:
    """What repeats in these files, learnt on all cores; a file that cannot be read teaches nothing."""
    learner = SiteLearner(SiteMemory(folder.resolve().name))
    with ExtractionPool(observation, lambda _file, _error: None) as pool:
        for seen in pool.map(files):
            if seen:
                learner.add(seen)
            advance()
    return learner.memory()


def observation(file: TextFile) -> Observation | None:
    """What one file tells; run in a worker process."""
    with file.path.open("rb") as content:
        text = content.read(MAX_BYTES).decode("utf-8-sig", "replace")
    parts = paragraphs(text)[:MAX_BLOCKS]
    if not parts:
        return None
    plain, model = PlainText.of(parts), load_model("text")
    recall = text_recall(SiteMemory(""), model.digest, PageName(file.name), plain)
    label_text(plain, model, recall)
    return recall.observation
