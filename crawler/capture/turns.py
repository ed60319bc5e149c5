"""When a host may be asked next: one request at a time, and the next one a gap after the last one's answer has come.

A server notes a request between the moment at which it was sent and the one at which its answer is there. So however
slowly one travels and however fast the next, no two that are kept apart like this are closer by the server's clock.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, Self

#: Hosts that are remembered, and seconds after which one may be forgotten: no gap is longer.
_MOST, _LONG_AGO = 10_000, 86_400.0


class Turns:
    """Of one process, whatever crawlers it has."""

    def __init__(self) -> None:
        self._turns: dict[str, asyncio.Lock] = {}
        self._last: dict[str, float] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Scrapy copies its settings; the turns are those of all."""
        return self

    @asynccontextmanager
    async def turn(self, host: str, gap: Callable[[], float]) -> AsyncIterator[None]:
        """Wait until this host may be asked; whatever the block does, it counts as an answer. `gap` says how many
        seconds are kept now; where it says none, any number of requests may be under way."""
        if not gap():
            try:
                yield
            finally:
                self._last[host] = monotonic()
            return
        async with self._turns.setdefault(host, asyncio.Lock()):
            while (left := self._last.get(host, -_LONG_AGO) + gap() - monotonic()) > 0:
                await asyncio.sleep(left)
            try:
                yield
            finally:
                self._last[host] = monotonic()
        self._forget()

    def _forget(self) -> None:
        """What was asked long ago; nobody waits for it."""
        if len(self._last) > _MOST:
            old = monotonic() - _LONG_AGO
            for host in [host for host, last in self._last.items() if last < old]:
                del self._last[host]
                self._turns.pop(host, None)
