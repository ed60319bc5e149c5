"""The kinds of values that stand in a site file, each with the check that a maintainer needs.

Every message says what was expected; where the value stands is added by `archive.sites.problems`.
"""

import re
import string
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from archive.errors import ConfigurationError
from archive.sites.host_names import host_name
from archive.sites.logins import REFUSAL, has_login
from archive.sites.patterns import compile_pattern
from archive.sites.selectors import compile_selector

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_DURATION = re.compile(r"([1-9]\d{0,3})([mhdw])")
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_HOOK = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")


def is_web_url(value: str) -> bool:
    """Whether a text is an http or https URL with a host, and with a port that can be one."""
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _web_url(value: str) -> str:
    if not is_web_url(value):
        raise ValueError("expected an http or https URL")
    return _no_login(value)


def _no_login(value: str) -> str:
    if has_login(value):
        raise ValueError(REFUSAL)
    return value


def _place(value: str) -> str:
    if not is_web_url(value) and not re.match(r"/(?!/)", value):
        raise ValueError("expected an http or https URL, or a path that begins with /")
    return _no_login(value)


def _date_template(value: str) -> str:
    _place(value)
    try:
        fields = [(name, form) for _, name, form, _ in string.Formatter().parse(value) if name is not None]
    except ValueError as error:
        raise ValueError(f"expected a URL with a date such as {{date:%Y/%m/%d}}: {error}") from error
    if not fields or any(name != "date" or "%" not in (form or "") for name, form in fields):
        raise ValueError("expected a URL with a date in it such as {date:%Y/%m/%d}, and no other braces")
    return value


def _pattern(value: str) -> str:
    try:
        compile_pattern(value)
    except ValueError as error:
        raise ValueError(f"expected a regular expression: {error}") from error
    return value


def _selector(value: str) -> str:
    try:
        compile_selector(value)
    except ConfigurationError as error:
        raise ValueError(f"expected a CSS or XPath selector: {error}") from error
    return value


def _language(value: Any) -> Any:
    if value is False:
        raise ValueError("expected a language; YAML reads a bare no as false: write 'no' in quotes")
    if isinstance(value, str) and not _LANGUAGE.fullmatch(value):
        raise ValueError("expected a language tag such as 'de' or 'pt-BR'")
    return value


def _stamp(value: Any) -> Any:
    """YAML reads a bare 2026-11-18 as a date. With a time it would lose the source's own way to write it."""
    if isinstance(value, datetime):
        raise ValueError("expected a time in quotes, as it stands in the record")  # noqa: TRY004 - pydantic catches it
    return value.isoformat() if isinstance(value, date) else value


def _country(value: Any) -> Any:
    if value is False:
        raise ValueError("expected a country; YAML reads a bare NO as false: write 'NO' in quotes")
    if isinstance(value, str) and not _COUNTRY.fullmatch(value):
        raise ValueError("expected a country as two capitals such as 'DE' (ISO 3166-1)")
    return value


def _host(value: str) -> str:
    try:
        name = host_name(value)
    except ValueError:
        name = ""
    if not name or value != value.lower() or name.startswith("www."):
        raise ValueError("expected a host name in small letters, without www. and without https://")
    return name


def _duration(value: str) -> str:
    if not _DURATION.fullmatch(value):
        raise ValueError("expected a time such as 30m, 1h, 7d or 4w")
    return value


def _increasing(values: tuple[str, ...]) -> tuple[str, ...]:
    times = [seconds_of(value) for value in values]
    if any(later <= earlier for earlier, later in pairwise(times)):
        raise ValueError("expected times since the first capture, each longer than the one before it")
    return values


def seconds_of(duration: str) -> int:
    """`30m`, `1h`, `7d` or `4w` in seconds."""
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise ValueError(f"not a duration: {duration!r}")
    return int(match[1]) * _SECONDS[match[2]]


def _hook(value: str) -> str:
    if value != TRAFILATURA and not _HOOK.fullmatch(value):
        raise ValueError(f"expected package.module:function, or {TRAFILATURA}")
    return value


def _day(value: Any) -> Any:
    """A number would be taken for seconds, a time for its day."""
    if isinstance(value, datetime):
        raise ValueError("expected a date such as 2026-11-24, without a time")  # noqa: TRY004 - pydantic catches it
    if not isinstance(value, date) and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("expected a date such as 2026-11-24")
    return value


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _shaped(pattern: str) -> Any:
    """What the JSON Schema says of a text's form; what is said to people comes from the checks above."""
    schema: dict[str, Any] = {"pattern": pattern}
    return Field(json_schema_extra=schema)


#: In the place of a function: trafilatura's own verdict on what is body.
TRAFILATURA = "trafilatura"
#: A single text where a list may stand.
Listed = BeforeValidator(_as_list, json_schema_input_type=str | list[str])

WebUrl = Annotated[str, AfterValidator(_web_url), _shaped("^https?://[^/]")]
#: A URL, or a path on the site's home.
Place = Annotated[str, AfterValidator(_place), _shaped("^(https?://[^/]|/(?!/))")]
Places = Annotated[tuple[Place, ...], BeforeValidator(_as_list, json_schema_input_type=Place | list[Place])]
DateTemplate = Annotated[str, AfterValidator(_date_template), _shaped(r"^(https?://[^/]|/(?!/)).*\{date:[^{}]*%")]
Pattern = Annotated[str, AfterValidator(_pattern)]
Patterns = Annotated[tuple[Pattern, ...], Listed]
Selector = Annotated[str, AfterValidator(_selector)]
Selectors = Annotated[tuple[Selector, ...], Listed]
Texts = Annotated[tuple[str, ...], Listed]
Language = Annotated[str, BeforeValidator(_language), _shaped("^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Country = Annotated[str, BeforeValidator(_country), _shaped("^[A-Z]{2}$")]
#: A date or time as records have it, or its beginning.
Stamp = Annotated[str, BeforeValidator(_stamp, json_schema_input_type=str)]
Host = Annotated[str, AfterValidator(_host), _shaped(r"^(?!www\.)(?!\.)(?!.*\.\.)[^A-Z/:\s]+$")]
#: 30m, 1h, 7d or 4w; `seconds_of` says how long that is.
Duration = Annotated[str, AfterValidator(_duration), _shaped(r"^[1-9]\d{0,3}[mhdw]$")]
Revisits = Annotated[
    tuple[Duration, ...],
    BeforeValidator(_as_list, json_schema_input_type=Duration | list[Duration]),
    AfterValidator(_increasing),
]
Hook = Annotated[str, AfterValidator(_hook), _shaped(r"^(trafilatura|[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*)$")]
#: A day as YAML has it, or in quotes. Numbers and words are none of the others' values, though Python would take them.
Day = Annotated[date, BeforeValidator(_day), _shaped(r"^\d{4}-\d\d-\d\d$")]
Truth = Annotated[bool, Field(strict=True)]
Number = Annotated[float, Field(strict=True)]
Count = Annotated[int, Field(strict=True)]
