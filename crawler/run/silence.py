"""Hosts that do not answer: each is asked more and more rarely and left alone for the rest of a run in the end, so that
a dead server with a thousand URLs does not cost a thousand times the wait for one."""

from collections import Counter
from math import inf

#: Requests in a row without an answer that are put down to the page or the moment.
_FREE = 3
#: Seconds that a host is left alone after each further one; after the last it is left alone for the rest of the run.
#: Together they are as long as a run waits for one URL, and longer than a server takes to start again.
PAUSES = (2.0, 5.0, 10.0, 20.0, 30.0, 30.0)


class Silence:
    """Of the hosts of one run."""

    def __init__(self) -> None:
        self._rows: Counter[str] = Counter()

    def answered(self, host: str) -> None:
        """A host has said something."""
        if host in self._rows:
            del self._rows[host]

    def unanswered(self, host: str) -> float:
        """A request came to nothing: seconds that the host is to be left alone; infinite for the rest of the run."""
        self._rows[host] += 1
        further = self._rows[host] - _FREE
        if further > len(PAUSES):
            return inf
        return PAUSES[further - 1] if further > 0 else 0.0

    def in_a_row(self, host: str) -> int:
        """How many requests came to nothing."""
        return self._rows[host]
