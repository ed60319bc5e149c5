"""How fast a long batch goes and how long it will still take."""

import time
from collections.abc import Callable

from archive.telling.terminal import counted

#: Seconds between two lines; a batch that takes no longer is not spoken of.
_BETWEEN = 60.0


class Pace:
    """Says so once a minute: on a terminal in front of the bar, in a log as a line."""

    def __init__(self, total: int, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._total, self._say, self._clock = total, say, clock
        self._began = self._said = clock()
        self._done = 0

    def advance(self) -> None:
        """One more is done."""
        self._done += 1
        now = self._clock()
        if now - self._said >= _BETWEEN and self._done < self._total:
            self._said = now
            seconds = now - self._began
            left = seconds / self._done * (self._total - self._done)
            rate = f"{self._done / seconds * 3600:.0f} an hour"
            self._say(f"{self._done} of {counted(self._total, 'WARC file')}, {rate}, {duration(left)} left")


def duration(seconds: float) -> str:
    """A time in words that are as exact as a guess can be: `2 h 10 min`."""
    minutes = max(1, round(seconds / 60))
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"
