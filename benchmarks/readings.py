"""Labels that readers of this project gave to further pages of the corpus.

    python -m benchmarks.readings show PAGE...    a page's blocks with their numbers, for a reader
    python -m benchmarks.readings take FILE...    keep what a reader answered

An answer is a file of runs, one a line, that cover the page: `0-34 navigation`, `35 headline`, `36 ?` where the reader
cannot tell. It is named as its page, with `__` for the slash: `multi__CNBC_4.txt`.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.page_reading import visible_blocks
from archive.extraction.parsing import parse_page
from archive.labels import Label
from benchmarks.corpus import DEFAULT, Page, read_corpus
from benchmarks.reading import FILE, Labels, Reading, readings

_RUN = re.compile(r"(\d+)(?:-(\d+))? (\S+)")
#: Characters of a long block that a reader sees of its beginning and its end.
_FRONT, _BACK = 170, 45


class AnswerError(ValueError):
    """A reader's answer that does not fit its page."""


def parse_answer(answer: str, count: int) -> Labels:
    """A reader's runs as one label a block. Raises AnswerError unless they cover `count` blocks in order."""
    labels: Labels = []
    for line in filter(None, map(str.strip, answer.splitlines())):
        run = _RUN.fullmatch(line)
        if not run or int(run[1]) != len(labels):
            raise AnswerError(f"expected a run that begins at {len(labels)}, found {line!r}")
        try:
            label = None if run[3] == "?" else Label(run[3])
        except ValueError as error:
            raise AnswerError(str(error)) from error
        labels += [label] * (int(run[2] or run[1]) - len(labels) + 1)
    if len(labels) != count:
        raise AnswerError(f"the runs cover {len(labels)} of {count} blocks")
    return labels


def shown(page: Page) -> Iterator[str]:
    """A page as a reader sees it, a line a block: its number, `L` if it is a link, where it stands, and its text."""
    blocks = visible_blocks(parse_page(page.html))[0]
    yield f"PAGE {page.name}  URL {page.url}  BLOCKS 0-{len(blocks) - 1}"
    for number, block in enumerate(blocks):
        text = " ".join(block.text.split())
        if len(text) > _FRONT + 2 * _BACK:
            text = f"{text[:_FRONT]} ... {text[-_BACK:]}"
        yield f"{number}{' L' if _is_link(block) else ''} {_place(block.element)} | {text}"


def _is_link(block: TextBlock) -> bool:
    return block.links >= 0.8 * len(block.text)


def _place(element: etree._Element) -> str:
    """The innermost elements with their ids and classes."""
    around = [one for one in (element, *element.iterancestors()) if one.tag not in ("html", "body")][:4]
    return "<".join(f"{one.tag}[{' '.join((one.get('id', ''), one.get('class', ''))).strip()[:40]}]" for one in around)


def take(pages: dict[str, Page], answers: Sequence[Path], file: Path = FILE) -> None:
    """Add readers' answers to the file, or put them in the place of older ones. Raises AnswerError."""
    kept = dict(readings(file))
    for answer in answers:
        page = pages[answer.stem.replace("__", "/")]
        texts = [block.text for block in visible_blocks(parse_page(page.html))[0]]
        try:
            labels = parse_answer(answer.read_text(encoding="utf-8"), len(texts))
        except AnswerError as error:
            raise AnswerError(f"{answer}: {error}") from error
        kept[page.name] = Reading.of(page.name, texts, labels)
    file.write_text("".join(f"{kept[name].to_line()}\n" for name in sorted(kept)), encoding="utf-8")


def main() -> None:
    """The command."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("action", choices=("show", "take"))
    options.add_argument("names", nargs="+", metavar="PAGE|FILE")
    options.add_argument("--corpus", type=Path, default=DEFAULT)
    given = options.parse_args()
    pages = {page.name: page for page in read_corpus(given.corpus)}
    if given.action == "take":
        take(pages, [Path(name) for name in given.names])
        return
    for name in given.names:
        print(*shown(pages[name]), sep="\n")


if __name__ == "__main__":
    main()
