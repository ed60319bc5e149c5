"""Telling a site's own name from other names."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from archive.extraction.metadata.text import skeleton
from archive.extraction.remembered import remembered

_DROPPED = (
    "redaktion", "redaction", "redaccion", "redacao", "redazione", "redactie", "newsroom", "staff", "editorial",
    "team", "online", "digital", "news", "nachrichten", "gmbh", "the", "die", "der", "das", "le", "la", "el", "com",
    "web", "haber", "zeitung", "newspaper", "desk", "www",
)  # fmt: skip
_SECOND_LEVEL = frozenset("co com org net gov ac edu or ne go".split())


def host_name(url: str) -> str:
    """The name a site has in its URL: `example` for https://www.example.co.uk/page, or an empty text."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    labels = host.split(".")
    while len(labels) > 1 and ((len(labels) > 2 and labels[-2] in _SECOND_LEVEL) or labels[-1] == labels[-2]):
        labels.pop(-2)
    return labels[-2] if len(labels) > 1 else host


@remembered(4096)
def _core(name: str) -> str:
    """What stays of a name without the words that sites add to theirs."""
    bare = skeleton(name)
    head = name.lower().split(".")[0] if "." in name and " " not in name.strip() else ""
    for word in _DROPPED:
        shorter = bare.removeprefix(word).removesuffix(word)
        bare = shorter if len(shorter) > 2 else bare
    return skeleton(head) if len(head) > 2 else bare


def is_site_name(name: str, sites: Iterable[str]) -> bool:
    """Whether a name is one of the site's own: equal, or equal but for words such as online or newsroom."""
    bare, core = skeleton(name), _core(name)
    for site in sites:
        other, other_core = skeleton(site), _core(site)
        if not other or not bare:
            continue
        if bare == other or core == other_core:
            return True
        if len(other_core) > 4 and core.startswith(other_core) and len(core) - len(other_core) <= 6:
            return True
    return False
