"""What a page states about its rights: a licence, or only who holds them.

Pages write "2025 Harbour Press Ltd" where a licence should stand. A notice of copyright allows nothing: it must not be
taken for a licence.
"""

import re
from functools import cache

from archive.extraction.metadata.fact_text import web_address

#: Characters of a name; what is longer is the text of a licence, or something else.
_LONGEST = 200


def licence_of(text: str, page_url: str) -> str | None:
    """The address of a licence, absolute, or the name of a known one; None for what is neither."""
    text = text.strip()
    if text.lower().startswith(("http:", "https:", "//", "/", "./", "../", "www.")):
        return web_address(f"https://{text}" if text.lower().startswith("www.") else text, page_url)
    return text if len(text) <= _LONGEST and _named().search(text) and not _reserved().search(text) else None


def is_notice(text: str) -> bool:
    """Whether a text says who holds the rights."""
    return _notice().search(text) is not None


@cache
def _named() -> re.Pattern[str]:
    """Licences by their names, as people write them: Creative Commons, public domain, those of GNU, of open data and of
    governments, and of software whose texts are news too."""
    # Made for pages that state something: it takes a hundredth of the time in which a first page is cleaned.
    return re.compile(
        r"cc[ _-]?0|cc[ _-](?:by|zero|pdm?)\b|creative[ _-]?commons|public[ _-]domain|(?:gnu )?free documentation"
        r"|\b(?:gfdl|odbl|odc[ -]by|pddl|wtfpl)\b|open (?:government|data|database|parliament)[ a-z]{0,20} licen[cs]e"
        r"|\bogl[ -]?(?:uk)?[ -]?v?[123]|datenlizenz deutschland|\bdl-de/|licence ouverte|open licen[cs]e|\betalab-"
        r"|norwegian licence for open|\bnlod\b|\biodl\b|free art licen[cs]e|licence art libre"
        r"|attribution[ -]share ?alike|\b(?:mit|apache|bsd|gpl|lgpl|agpl|mpl|eupl)(?: licen[cs]e|-[0-9])",
        re.IGNORECASE,
    )


@cache
def _reserved() -> re.Pattern[str]:
    """In a text that says so all is reserved, whatever else it says."""
    return re.compile(r"rights[ _]reserved|alle rechte vorbehalten|tous droits", re.IGNORECASE)


@cache
def _notice() -> re.Pattern[str]:
    return re.compile(
        r"©|\(c\)|copyright|rights[ _]reserved|alle rechte|droits|derechos|diritti|direitos", re.IGNORECASE
    )
