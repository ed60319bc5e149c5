"""The memory of one site: what repeats on its pages, as a file that a person can read.

JSON with one text, place or article a line, sorted, so that versions can be compared line by line. Its SHA-256 names
it in the records that it took part in.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple, Self

import numpy as np

from archive.errors import ConfigurationError
from archive.extraction.features.neighbours import Matrix
from archive.extraction.memory.article import KnownArticle, KnownArticles
from archive.extraction.model import LABELS
from archive.labels import Label

#: Articles from which a memory is of use.
USEFUL = 3
_FORMAT = 1
_ABOUT = (
    "What repeats on this site's pages. texts: on how many articles (pages) a text stands and how far the model "
    "believes each label of it. places: the same for places in the template, with their blocks and how many of them "
    "repeat a text from elsewhere. Learnt by cleancopy; `cleancopy learn` makes it anew."
)
#: Beliefs below this are not worth a reader's time.
_LEAST_BELIEF = np.float32(0.02)


class MemoryFact(NamedTuple):
    """What is known of one text or place. `pages` counts articles, `blocks` blocks, `distinct` different texts among
    them; `beliefs` is the mean of what the model believed, in the order of LABELS."""

    pages: int
    beliefs: Matrix
    excerpt: str = ""
    place: str = ""
    blocks: int = 0
    distinct: int = 0

    def label(self) -> Label:
        """The label believed most."""
        return LABELS[int(np.argmax(self.beliefs))]


@dataclass(frozen=True)
class SiteMemory:
    """What is known of one site's pages. `articles` counts those that it was learnt from; `latest` are the last."""

    site: str
    model: str = ""
    articles: int = 0
    texts: Mapping[str, MemoryFact] = field(default_factory=dict)
    places: Mapping[str, MemoryFact] = field(default_factory=dict)
    latest: Sequence[KnownArticle] = ()

    @property
    def is_useful(self) -> bool:
        """Whether enough articles were seen to say anything."""
        return self.articles >= USEFUL

    @cached_property
    def learnt_from(self) -> KnownArticles:
        """The last articles, to find a capture among them."""
        return KnownArticles(self.latest)

    @cached_property
    def digest(self) -> str:
        """`sha256:` of the file."""
        return "sha256:" + sha256(self.to_bytes()).hexdigest()

    def to_bytes(self) -> bytes:
        """The file's content."""
        return self._content

    @cached_property
    def _content(self) -> bytes:
        # A crawl asks for it three times: for the latest memory, for a version, and for the name of that.
        head = {"about": _ABOUT, "format": _FORMAT, "site": self.site, "model": self.model, "articles": self.articles}
        lines = [f" {_json(key)}: {_json(value)}" for key, value in head.items()]
        lines.append(_list("texts", [_text_line(key, fact) for key, fact in _by_pages(self.texts)]))
        lines.append(_list("places", [_place_line(key, fact) for key, fact in _by_pages(self.places)]))
        lines.append(_list("learnt_from", [_article_line(article) for article in self.latest]))
        return ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8", "replace")

    @classmethod
    def from_bytes(cls, content: bytes, name: str) -> Self:
        """Read a file's content. Raises ConfigurationError, naming the file, if it is not a memory."""
        try:
            given = json.loads(content)
            if given["format"] != _FORMAT:
                raise ConfigurationError(
                    f"{name}: a site memory of format {given['format']!r}; this version reads {_FORMAT}. "
                    "Make it anew with 'cleancopy learn'."
                )
            memory = cls(
                site=str(given["site"]),
                model=str(given["model"]),
                articles=_count(given["articles"]),
                texts={line["key"]: _text_of(line) for line in given["texts"]},
                places={line["place"]: _place_of(line) for line in given["places"]},
                latest=[_article_of(line) for line in given["learnt_from"]],
            )
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise ConfigurationError(f"{name}: not a site memory: {type(error).__name__}: {error}") from error
        # The digest is the file's, also where a person has edited it.
        memory.__dict__["digest"] = "sha256:" + sha256(content).hexdigest()
        return memory


def _by_pages(facts: Mapping[str, MemoryFact]) -> list[tuple[str, MemoryFact]]:
    return sorted(facts.items(), key=lambda item: (-item[1].pages, item[1].place, item[1].excerpt, item[0]))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _list(name: str, lines: Sequence[str]) -> str:
    return f" {_json(name)}: [" + ",".join(f"\n  {line}" for line in lines) + "\n ]"


def as_written(beliefs: Matrix) -> Matrix:
    """Beliefs as a file holds them, so that a memory is the same before it is written and after."""
    rounded: Matrix = np.array([round(float(belief), 2) for belief in beliefs], np.float32)
    rounded[rounded < _LEAST_BELIEF] = 0
    return rounded


def _beliefs(fact: MemoryFact) -> dict[str, float]:
    pairs = [(round(float(belief), 2), label) for belief, label in zip(fact.beliefs, LABELS, strict=True) if belief]
    return {label.value: belief for belief, label in sorted(pairs, key=lambda pair: (-pair[0], pair[1]))}


def _text_line(key: str, fact: MemoryFact) -> str:
    return _json({"pages": fact.pages, "labels": _beliefs(fact), "text": fact.excerpt, "place": fact.place, "key": key})


def _text_of(line: Mapping[str, Any]) -> MemoryFact:
    return MemoryFact(_count(line["pages"]), _vector(line["labels"]), str(line["text"]), str(line["place"]))


def _place_line(key: str, fact: MemoryFact) -> str:
    repeats = fact.blocks - fact.distinct
    return _json(
        {"pages": fact.pages, "labels": _beliefs(fact), "blocks": fact.blocks, "repeats": repeats, "place": key}
    )


def _place_of(line: Mapping[str, Any]) -> MemoryFact:
    blocks, repeats = _count(line["blocks"]), _count(line["repeats"])
    return MemoryFact(_count(line["pages"]), _vector(line["labels"]), blocks=blocks, distinct=blocks - repeats)


def _count(given: Any) -> int:
    if type(given) is not int or not 0 <= given < 1 << 53:
        raise ValueError(f"{given!r} is no count")
    return given


def _article_line(article: KnownArticle) -> str:
    return _json({"url": article.url, "title": article.title, "body": " ".join(article.body)})


def _article_of(line: Mapping[str, Any]) -> KnownArticle:
    return KnownArticle(str(line["url"]), str(line["title"]), tuple(str(line["body"]).split()))


def _vector(labels: Mapping[str, Any]) -> Matrix:
    beliefs = np.zeros(len(LABELS), np.float32)
    for label, belief in labels.items():
        if not 0 <= float(belief) <= 1:
            raise ValueError(f"{belief!r} is no belief: one is between 0 and 1")
        beliefs[LABELS.index(Label(label))] = float(belief)
    return beliefs
