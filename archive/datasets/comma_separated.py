"""Lines of CSV that a spreadsheet shows and does not run.

A spreadsheet takes a cell that begins with one of a few characters for a formula, and a formula can send what is in
other cells away or start programs. Such text gets an apostrophe in front, as OWASP advises
(https://owasp.org/www-community/attacks/CSV_Injection); numbers are none of it. Texts always stand in quotation marks,
so that a semicolon or tab in one begins no cell where a spreadsheet separates by these.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

#: What begins a formula; the wide forms of Japanese and Chinese keyboards too. Apostrophes that stand before it already
#: get one more, so that taking one away always gives the text as it was.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def csv_line(values: Iterable[Any], *, raw: bool = False) -> bytes:
    """RFC 4180; lists and structures stand as JSON. `raw` leaves texts as they are."""
    return (",".join(_cell(value, raw=raw) for value in values) + "\r\n").encode("utf-8", "replace")


def _cell(value: Any, *, raw: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return str(value).lower()
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    shown = text if raw or not _FORMULA.match(text) else f"'{text}"
    return '"' + shown.replace('"', '""') + '"'
