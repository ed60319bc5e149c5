"""What functions made of short texts, remembered for the next time.

Caches that count their entries alone have no bound in bytes: a page may be one title of a million characters, and four
thousand such pages would fill the memory. What is made of a long text is made anew; such texts hardly ever come again.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

_P = ParamSpec("_P")
_T = TypeVar("_T")

#: Characters of a text up to which what is made of it is remembered.
LONGEST = 500


def remembered(most: int) -> Callable[[Callable[Concatenate[str, _P], _T]], Callable[Concatenate[str, _P], _T]]:
    """A pure function of a text that remembers what it made of the last `most` short ones."""

    def deciding(function: Callable[Concatenate[str, _P], _T]) -> Callable[Concatenate[str, _P], _T]:
        of_short = cast("Callable[Concatenate[str, _P], _T]", lru_cache(most)(function))

        @wraps(function)
        def made(text: str, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
            return of_short(text, *args, **kwargs) if len(text) <= LONGEST else function(text, *args, **kwargs)

        return made

    return deciding
