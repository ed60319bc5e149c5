"""What a site's file may have sent with each request. What is secret never stands in the file: it names the environment
variable, or the file outside of every collection, that holds it.

No message quotes a value, since a password may have been written where none belongs.
"""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from archive.sites.strict import Strict

_NAME = re.compile(r"[!#$%&'*+.^`|~\w-]+", re.A)
#: A site file may be somebody else's, and may have anything that it names sent to its own site: so it reaches only what
#: was put there for site files. No other variable of ours begins so.
_VARIABLE = re.compile(r"CLEANCOPY_SITE_[A-Za-z0-9_]+")
_FILE = re.compile(r"~?/(?:.*/)?\.?cleancopy-[\w.-]+", re.A)
#: Words in a header's name that say that its value opens doors.
_SECRET = re.compile(
    r"cookie|auth|token|secret|passw|credential|session|signature|bearer|jwt|csrf|xsrf|api-?key|(?:^|-)(?:key|pass|sid)(?:-|$)",
    re.I,
)
_SECRET_VALUE = re.compile(r"(?:basic|bearer|digest|token)\s+\S", re.I)
_FORMS = (
    "{env: CLEANCOPY_SITE_NAME}, an environment variable whose name begins so, or {file: /PATH/cleancopy-NAME}, a file "
    "outside of the collection whose name begins with cleancopy- or .cleancopy-,"
)


class Secret(Strict):
    """Where a secret value is: in an environment variable, or in a file outside of the collection."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    env: str | None = Field(default=None, json_schema_extra={"pattern": "^CLEANCOPY_SITE_[A-Za-z0-9_]+$"})
    """The environment variable that holds it; its name begins with CLEANCOPY_SITE_."""
    file: str | None = Field(default=None, json_schema_extra={"pattern": r"^~?/(.*/)?\.?cleancopy-[\w.-]+$"})
    """The file that holds it, by its whole path or one that begins with ~/; its name begins with cleancopy-."""


def _headers(headers: Any) -> Any:
    if not isinstance(headers, dict):
        raise ValueError("expected keys and values such as Accept-Language: de")  # noqa: TRY004 - pydantic catches it
    for name, value in headers.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"expected a header name such as Accept-Language, not {name!r}")
        if isinstance(value, str):
            _check_literal(name, value)
        else:
            _check_secret(name, value)
    return headers


def _check_literal(name: str, value: str) -> None:
    if _SECRET.search(name) or _SECRET_VALUE.match(value):
        raise ValueError(f"{name} is secret and must not stand in the file: expected {_FORMS} that holds it")
    if not value.isprintable():
        raise ValueError(f"expected the value of {name} on one line")


def _cookies(cookies: Any) -> Any:
    if not isinstance(cookies, dict):
        raise ValueError(  # noqa: TRY004 - pydantic catches it
            "expected keys and values such as session: {env: CLEANCOPY_SITE_NAME}"
        )
    for name, value in cookies.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"expected a cookie's name, not {name!r}")
        if isinstance(value, str):
            raise ValueError(  # noqa: TRY004 - pydantic catches it
                f"{name} may be secret and must not stand in the file: expected {_FORMS} that holds it"
            )
        _check_secret(name, value)
    return cookies


def _check_secret(name: str, value: Any) -> None:
    if isinstance(value, Secret):
        return
    kind, place = next(iter(value.items()), ("", "")) if isinstance(value, dict) and len(value) == 1 else ("", "")
    if kind == "env" and isinstance(place, str) and _VARIABLE.fullmatch(place):
        return
    if kind == "file" and isinstance(place, str) and _FILE.fullmatch(place):
        return
    raise ValueError(f"{name}: expected {_FORMS}")


Headers = Annotated[dict[str, str | Secret], BeforeValidator(_headers, json_schema_input_type=dict[str, str | Secret])]
Cookies = Annotated[dict[str, Secret], BeforeValidator(_cookies, json_schema_input_type=dict[str, Secret])]
