"""Single values of structured data in their usual form."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

_MAX_KEYWORDS = 60
#: Characters of the longest address that is taken for one. The standard library remembers those that it parsed.
_LONGEST_ADDRESS = 20_000


def turned(name: str) -> str:
    """`Doe, Jane`, as libraries write names, to `Jane Doe`."""
    last, given = (part.strip() for part in name.split(","))
    return f"{given} {last}"


def tag(value: str) -> str | None:
    """A BCP 47 tag in its usual case: `en-GB` for `en_gb`; names of languages are refused."""
    parts = value.strip().replace("_", "-").split("-")
    if not (parts[0].isalpha() and parts[0].isascii() and 2 <= len(parts[0]) <= 3):
        return None
    rest = [part.title() if len(part) == 4 else part.upper() for part in parts[1:3] if part.isalnum()]
    return "-".join([parts[0].lower(), *rest])


def listed(values: Iterable[str]) -> tuple[str, ...]:
    """Keywords one by one; a single text holds them between commas."""
    values = list(values)
    if len(values) == 1:
        values = values[0].replace("、", ",").replace(";", ",").split(",")
    return tuple(dict.fromkeys(word for value in values if (word := value.strip()) and len(word) <= 100))[
        :_MAX_KEYWORDS
    ]


def web_address(target: str, page_url: str) -> str | None:
    """The absolute http address of a link on a page; None where it is another one, broken, or absurdly long."""
    if len(target) > _LONGEST_ADDRESS:
        return None
    try:
        absolute = urljoin(page_url, target.strip())
    except ValueError:
        return None
    return absolute if absolute.startswith(("http://", "https://")) else None


def truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}.get(
        str(value).rsplit("/", 1)[-1].lower()
    )
