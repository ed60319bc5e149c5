"""The little statistics that judgements rest on. A site is compared with itself, and its days are few."""

from collections.abc import Sequence
from math import exp, lgamma
from statistics import median

#: How many pages a site's past counts for at most: pages of one day are alike, so that many of them say less.
_WEIGHT = 30


def surprise(hits: int, of: int, share: float) -> float:
    """How likely at least so many hits are by chance, where the past had this share of them.

    The tail of a beta-binomial: the share is known as well as 30 pages would tell it (Jeffreys prior).
    """
    scale = min(1.0, _WEIGHT / of) if of else 1.0
    hits, of = round(hits * scale), round(of * scale)
    a, b = share * _WEIGHT + 0.5, (1 - share) * _WEIGHT + 0.5
    return sum(exp(_log_choose(of, k) + _log_beta(k + a, of - k + b) - _log_beta(a, b)) for k in range(hits, of + 1))


def _log_choose(of: int, k: int) -> float:
    return lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def lower_quartile(values: Sequence[float]) -> float:
    """The value that a quarter of them are below; 0 for none."""
    return sorted(values)[(len(values) - 1) // 4] if values else 0.0


def spread(values: Sequence[float]) -> float:
    """A standard deviation that single outliers do not move: 1.4826 times the median distance from the median."""
    middle = median(values)
    return 1.4826 * median(abs(value - middle) for value in values)
