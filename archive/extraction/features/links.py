"""Where a block's links lead: to authors, tags, networks to share on, legal pages, or other hosts."""

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from archive.extraction.remembered import LONGEST, remembered

# These two are looked for in lower-cased addresses: not to mind case takes the engine twice as long.
_AUTHOR_LINK = re.compile(
    r"/(?:authors?|by|profile|people|staff|auteurs?|autor(?:en|es)?|person|team|journalist\w*|contributors?|reporter|columnist\w*|redaktion|user|writers?|firmas?|autore?|bio)s?/",
)
_TAG_LINK = re.compile(r"/(?:tags?|topics?|category|categories|themen?|tema|section|keyword|subjects?|label|thema)/")
_SHARE_LINK = re.compile(
    r"(?:facebook\.com/(?:sharer|dialog|share)|(?:twitter|x)\.com/(?:intent|share|home)|api\.whatsapp|wa\.me|whatsapp:|t\.me/share|telegram\.me/share|linkedin\.com/(?:share|cws)|pinterest\.\w+/pin|reddit\.com/submit|addtoany|bsky\.app/intent|share\?|mailto:\?)",
    re.I,
)
_SOCIAL_LINK = re.compile(
    r"^https?://(?:www\.|m\.)?(?:facebook|twitter|x|instagram|youtube|linkedin|tiktok|pinterest|t|threads|bsky|mastodon|vk|ok|weibo)\.(?:com|me|net|app|social|ru|be)/",
    re.I,
)
_LEGAL_LINK = (
    "privacy terms legal cookie datenschutz impressum agb confidential privacidad condiciones mentions copyright "
    "disclaimer privat licence license gdpr imprint"
).split()
#: One of these stands in whatever _SHARE_LINK finds; looking for them costs a tenth.
_SHARE_HINTS = "share intent home dialog whatsapp wa.me cws pin submit addtoany mailto:?".split()

_NOWHERE = ("", "#")

NAMES = (
    "to_author to_tag to_share to_social to_legal to_mail to_phone to_page to_nowhere to_other_host link_depth".split()
)


def link_row(host: str, targets: tuple[str, ...]) -> tuple[float, ...]:
    """The features of NAMES for a block's link targets on a page of that host."""
    if not targets:
        return _NO_LINK
    short = sum(map(len, targets)) <= LONGEST
    return _remembered(host, targets) if short else _link_features(host, targets)


def _link_features(host: str, targets: Sequence[str]) -> tuple[float, ...]:
    """Features of link targets on a page of that host."""
    joined = " ".join(targets)
    lower = joined.lower()
    addresses = [target for target in targets if target.startswith(("http:", "https:", "//"))]
    hosts = [urlsplit_host(target) for target in addresses] if host else []
    paths = [target for target in targets if target.startswith(("/", "http"))]
    return (
        bool(_AUTHOR_LINK.search(lower)),
        bool(_TAG_LINK.search(lower)),
        bool([hint for hint in _SHARE_HINTS if hint in lower]) and bool(_SHARE_LINK.search(joined)),
        bool([target for target in targets if _SOCIAL_LINK.match(target)]),
        bool([word for word in _LEGAL_LINK if word in lower]),
        "mailto:" in joined,
        "tel:" in joined,
        "#" in joined and bool([target for target in targets if "#" in target and len(target) > 1]),
        bool([target for target in targets if target in _NOWHERE or target.startswith("javascript:")]),
        bool([found for found in hosts if found and not found.endswith(host)]),
        max([path.rstrip("/").count("/") + path.count("-") for path in paths], default=0),
    )


def urlsplit_host(target: str) -> str:
    """The host of a link, without `www.`; empty where there is none."""
    return _host_named("/".join(target.split("/", 3)[:3]))


def host_of(target: str) -> str:
    """The host of an address, without `www.`; empty where it has none or is broken."""
    try:
        return (urlsplit(target[:LONGEST]).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


#: By what stands before the path: a page links to few hosts.
_host_named = remembered(4096)(host_of)


_remembered = lru_cache(maxsize=16_384)(_link_features)
_NO_LINK = (0.0,) * len(NAMES)
