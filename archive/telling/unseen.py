"""Characters that nobody sees and that act: they steer terminals, turn the direction of what follows, or end lines.

Sources: ECMA-48 for control characters, Unicode Standard Annex 9 for direction, Unicode Technical Report 36 for the
rest. The two joiners, U+200C and U+200D, stay: Persian and emoji are spelled with them.

Nor can they steer or forge log lines, whoever writes the log. Handlers come from Scrapy, from `logging.basicConfig` and
from Python's last resort, and each brings a formatter of its own. What they format is a record: so it is the records
that are made harmless.
"""

import logging
import re
import traceback
from typing import Any

#: Tab and line feed are not among them. Half surrogate pairs are: UTF-8 has no form for them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


#: Marks that Hebrew and Arabic are written with. They turn nothing but a comma or a bracket beside them.
DIRECTION_MARKS = "\u061c\u200e\u200f"


def visible(text: str, keep: str = "") -> str:
    """Text in which such characters stand as `⟨U+202E⟩`, but for those to keep; lines and tabs stay."""
    return _UNSEEN.sub(lambda match: match[0] if match[0] in keep else f"⟨U+{ord(match[0]):04X}⟩", text)


def one_line(text: str) -> str:
    """The same on one line: line feeds and tabs stand as `⟨U+000A⟩` and `⟨U+0009⟩`."""
    return visible(text).replace("\n", "⟨U+000A⟩").replace("\t", "⟨U+0009⟩")


class HarmlessRecord(logging.LogRecord):
    """A message on one line; a traceback on lines of its own, set in, so that none looks like a message."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        if self.exc_info and self.exc_info[1] is not None:
            self.exc_text = _set_in("".join(traceback.format_exception(*self.exc_info)))
        if self.stack_info:
            self.stack_info = _set_in(self.stack_info)

    def getMessage(self) -> str:  # noqa: N802 - logging's name
        """The message with its values."""
        return one_line(super().getMessage())


def make_logs_harmless() -> None:
    """Let every log record of this process be one."""
    logging.setLogRecordFactory(HarmlessRecord)


def _set_in(text: str) -> str:
    return "\n".join(f"    {line}" for line in visible(text).rstrip("\n").split("\n"))
