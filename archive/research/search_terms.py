"""What is searched for, and how a text is indexed so that it is found."""

import re

from archive.errors import ConfigurationError

#: Scripts that set no spaces: every character is indexed as a word, and a run of them searched as a phrase.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_EACH = re.compile(f"([{_UNSPACED}])")
_AROUND = re.compile(f" ?(\x02?[{_UNSPACED}]\x03?) ?")
_TERM = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_LETTER = re.compile(r"\w")


def spaced(text: str) -> str:
    """A text as it is indexed."""
    return _EACH.sub(r" \1 ", text) if _EACH.search(text) else text


def unspaced(text: str) -> str:
    """A piece of an indexed text as people read it."""
    return _AROUND.sub(r"\1", text)


def fts_query(query: str) -> str:
    """What FTS5 understands (https://www.sqlite.org/fts5.html, section 3).

    All words must be there; `"..."` is a phrase, `word*` a beginning, `-word` must not be there, OR joins the words
    beside it. Raises ConfigurationError where there is nothing to look for.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    alternative = False
    for minus, phrase, word in _TERM.findall(query):
        if word == "OR" and not minus:
            alternative = bool(wanted)
            continue
        term = _term(phrase or word, bool(word))
        if term is None:
            continue
        if minus:
            unwanted.append(term)
        elif alternative:
            wanted[-1] += f" OR {term}"
        else:
            wanted.append(term)
        alternative = False
    if not wanted:
        raise ConfigurationError(f"the query {query!r} has no word to look for")
    found = " AND ".join(f"({terms})" for terms in wanted)
    return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found


def _term(text: str, may_be_prefix: bool) -> str | None:
    star = "*" if may_be_prefix and text.endswith("*") else ""
    bare = " ".join(spaced(text.removesuffix(star)).split()).replace('"', " ")
    return f'"{bare}"{star}' if _LETTER.search(bare) else None
