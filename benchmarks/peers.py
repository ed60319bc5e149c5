"""Other programs' body text of a page, each asked in a process of its own with a time limit.

trafilatura is a dependency; the others are optional: `pip install readability-lxml newspaper4k resiliparse`. One that
is not installed is left out.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from archive.extraction.features.stop_words import LANGUAGES
from archive.pipeline.pool import ExtractionPool
from benchmarks.corpus import Page

#: Seconds a page may take; resiliparse never ends on some news pages.
TIME_LIMIT = 20.0


@dataclass(frozen=True, slots=True)
class Question:
    """One page for one program; `language` is a justext stop-list's name."""

    program: str
    html: str
    url: str
    language: str


def _trafilatura(given: Question) -> str | None:
    text: str | None = import_module("trafilatura").extract(given.html, include_comments=False)
    return text


def _precision(given: Question) -> str | None:
    trafilatura = import_module("trafilatura")
    text: str | None = trafilatura.extract(given.html, include_comments=False, favor_precision=True)
    return text


def _readability(given: Question) -> str:
    summary = import_module("readability").Document(given.html).summary()
    return _text_of(import_module("lxml.html").fromstring(summary))


def _text_of(tree: Any) -> str:
    """A tree's text, with white space between its elements."""
    return " ".join(tree.itertext())


def _newspaper(given: Question) -> str:
    article = import_module("newspaper").Article(given.url or "https://unknown.example/", fetch_images=False)
    article.download(input_html=given.html)
    article.parse()
    return str(article.text)


def _resiliparse(given: Question) -> str:
    plain = import_module("resiliparse.extract.html2text").extract_plain_text
    return str(plain(given.html, main_content=True, alt_texts=False, list_bullets=False))


def _justext(given: Question) -> str:
    justext = import_module("justext")
    found = justext.justext(given.html.encode(), justext.get_stoplist(given.language), encoding="utf-8")
    return "\n".join(paragraph.text for paragraph in found if not paragraph.is_boilerplate)


#: Each program's name in tables, the module that must be there, and how it is asked.
PROGRAMS: Mapping[str, tuple[str, Callable[[Question], str | None]]] = {
    "trafilatura": ("trafilatura", _trafilatura),
    "its precision mode": ("trafilatura", _precision),
    "readability-lxml": ("readability", _readability),
    "newspaper4k": ("newspaper", _newspaper),
    "resiliparse": ("resiliparse.extract.html2text", _resiliparse),
    "jusText": ("justext", _justext),
}


@dataclass(frozen=True, slots=True)
class Answers:
    """One program's texts by page name, its CPU milliseconds a page, and how many pages it failed or hung on; those
    have an empty text."""

    texts: Mapping[str, str]
    milliseconds: float
    lost: int


def stop_list(language: str | None) -> str:
    """The name of justext's stop list for a language code; English where it has none."""
    return LANGUAGES.get(language or "", "English")


def is_installed(program: str) -> bool:
    """Whether a program can be asked."""
    try:
        import_module(PROGRAMS[program][0])
    except ImportError:
        return False
    return True


def answer(question: Question) -> tuple[str, float]:
    """One program's text of one page and its CPU seconds; run in a worker process."""
    logging.disable(logging.CRITICAL)
    try:
        began = time.process_time()
        text = PROGRAMS[question.program][1](question)
        return text or "", time.process_time() - began
    finally:
        logging.disable(logging.NOTSET)


def ask(program: str, pages: Iterable[tuple[Page, str]]) -> Answers:
    """One program's text of each page; pages come with their stop list's name."""
    chosen = list(pages)
    questions = (Question(program, page.html, page.url, language) for page, language in chosen)
    with ExtractionPool[Question, tuple[str, float] | None](
        answer, lambda _question, _error: None, time_limit=TIME_LIMIT
    ) as pool:
        found = list(pool.map(questions))
    done = [one for one in found if one is not None]
    return Answers(
        {page.name: one[0] if one else "" for (page, _), one in zip(chosen, found, strict=True)},
        1000 * sum(seconds for _, seconds in done) / (len(done) or 1),
        len(found) - len(done),
    )
