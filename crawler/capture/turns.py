"""When a host may be asked next: one request at a time, and the next one a gap after the last one's answer has come.

A server notes a request between the moment at which it was sent and the one at which its answer is there. So however
slowly one travels and however fast the next, no two that are kept apart like this are closer by the server's clock.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from time import monotonic
from typing import Any, Self, TypeVar

#: Hosts that are remembered, and seconds after which one may be forgotten: no gap is longer.
_MOST, _LONG_AGO = 10_000, 86_400.0
T = TypeVar("T")


class Turns:
    """Of one process, whatever crawlers it has."""

    def __init__(self) -> None:
        self._turns: dict[str, asyncio.Lock] = {}
        self._last: dict[str, float] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Scrapy copies its settings; the turns are those of all."""
        return self

    async def take(self, host: str, gap: Callable[[], float], ask: Callable[[], Awaitable[T]]) -> T:
        """Wait until this host may be asked, and ask; whatever comes of that counts as an answer. `gap` says how many
        seconds are kept now; where it says none, any number of requests may be under way."""
        async with self._turns.setdefault(host, asyncio.Lock()) if gap() else nullcontext():
            while (left := self._last.get(host, -_LONG_AGO) + gap() - monotonic()) > 0:
                await asyncio.sleep(left)
            try:
                return await ask()
            finally:
                # Whoever was asked longest ago stands first.
                self._last.pop(host, None)
                self._last[host] = monotonic()
                self._forget()

    def _forget(self) -> None:
        """What was asked long ago; nobody waits for it."""
        long_ago = monotonic() - _LONG_AGO
        while len(self._last) > _MOST and self._last[host := next(iter(self._last))] < long_ago:
            del self._last[host]
            self._turns.pop(host, None)
