"""Log lines that text from the web can neither steer nor forge, whoever writes the log.

Handlers come from Scrapy, from `logging.basicConfig` and from Python's last resort, and each brings a formatter of its
own. What they format is a record: so it is the records that are made harmless.
"""

import logging
import traceback
from typing import Any

from archive.telling.unseen import one_line, visible


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
