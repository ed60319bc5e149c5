"""Which captures are the same article: its revisions and its other addresses count as one page."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from archive.extraction.memory.marks import text_key

#: Paragraphs that stand for a body: those with the smallest keys, so that two sketches choose alike.
SKETCH = 12
#: Words from which a paragraph says whose it is.
_LONG = 8
#: Words from which a title says whose it is.
_TITLE_WORDS = 3
#: The share of common paragraphs from which two bodies are the same article's, and with equal titles.
_SAME_BODY, _SAME_BODY_AND_TITLE = 0.7, 0.25


class KnownArticle(NamedTuple):
    """What tells an article from others: its address, its title's key and a sketch of its body's paragraphs."""

    url: str
    title: str = ""
    body: tuple[str, ...] = ()

    def is_same(self, other: "KnownArticle") -> bool:
        """Whether both are captures of one article: by their address, or by the share of common paragraphs, estimated
        from the smallest keys of both (bottom-k sketches, Broder 1997)."""
        if self.url and self.url == other.url:
            return True
        least = _SAME_BODY_AND_TITLE if self.title and self.title == other.title else _SAME_BODY
        smallest = sorted({*self.body, *other.body})[:SKETCH]
        common = set(self.body).intersection(other.body, smallest)
        return bool(smallest) and len(common) / len(smallest) >= least


def article_of(url: str, canonical: str | None, title: str | None, body: Iterable[tuple[str, int]]) -> KnownArticle:
    """An article from its page. `body` has the text key and the words of each block believed to be body."""
    words = (title or "").lower().split()
    keys = sorted({key for key, count in body if key and count >= _LONG})
    return KnownArticle(
        _address(canonical) or _address(url),
        text_key(words) if len(words) >= _TITLE_WORDS else "",
        tuple(keys[:SKETCH]),
    )


def _address(url: str | None) -> str:
    """An address without scheme and fragment; none for a site's home, which some sites call canonical everywhere."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    if len(parts.path) < 2 and not parts.query:
        return ""
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}" + (f"?{parts.query}" if parts.query else "")


class KnownArticles:
    """The articles that a memory was learnt from, in order, with an index to find a capture's own."""

    def __init__(self, articles: Iterable[KnownArticle] = ()) -> None:
        self._index: defaultdict[str, list[KnownArticle]] = defaultdict(list)
        self._all: list[KnownArticle] = []
        for article in articles:
            self.add(article)

    def __len__(self) -> int:
        return len(self._all)

    def latest(self, count: int) -> Sequence[KnownArticle]:
        """The articles added last."""
        return self._all[-count:]

    def add(self, article: KnownArticle) -> None:
        """Put an article in the index."""
        self._all.append(article)
        for handle in (article.url, *article.body):
            if handle:
                self._index[handle].append(article)

    def has(self, article: KnownArticle) -> bool:
        """Whether a capture of this article was added."""
        handles = (article.url, *article.body)
        return any(article.is_same(other) for handle in handles for other in self._index.get(handle, ())[:50])
