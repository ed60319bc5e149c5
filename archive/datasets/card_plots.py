"""The small plots of a data card, as SVG files that are the same bytes for the same numbers."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from archive.datasets.selection import Array

#: Without these, identifiers in the SVG would be random, and letters drawn as outlines.
_FIXED: Any = {
    "svg.hashsalt": "cleancopy",
    "svg.fonttype": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_WIDTH, _HEIGHT = 8.0, 2.6
#: More sites than these would not be told apart.
_SITES = 6


def days_plot(path: Path, sites: Mapping[str, Array]) -> None:
    """Articles by day of publication, stacked by site. `sites` holds days since 1970 of each site's articles, the
    largest site first."""
    shown = dict(list(sites.items())[:_SITES])
    if len(sites) > _SITES:
        shown["other sites"] = np.concatenate(list(sites.values())[_SITES:])
    every = np.concatenate(list(shown.values()))
    first, last = int(every.min()), int(every.max())
    step = max(1, (last - first + 1) // 120)
    edges = np.arange(first, last + step + 1, step)
    with _figure(path) as axes:
        base = np.zeros(len(edges) - 1)
        for site, days in shown.items():
            top = base + np.histogram(days, edges)[0]
            axes.stairs(top, edges, baseline=base, fill=True, label=site)
            base = top
        ticks = np.linspace(first, last, min(5, last - first + 1)).astype(int)
        axes.set_xticks(ticks + step / 2, [date.fromordinal(719_163 + int(tick)).isoformat() for tick in ticks])
        axes.set_ylabel("articles" if step == 1 else f"articles in {step} days")
        axes.legend(fontsize=7, frameon=False)


def lengths_plot(path: Path, words: Array) -> None:
    """Articles by length in words, on a logarithmic scale."""
    edges = np.unique(np.geomspace(1, max(10, int(words.max()) + 1), 40).round())
    with _figure(path) as axes:
        axes.stairs(np.histogram(np.maximum(words, 1), edges)[0], edges, fill=True)
        axes.set_xscale("log")
        axes.set_xlabel("words")
        axes.set_ylabel("articles")


def bars_plot(path: Path, counts: Mapping[str, int], what: str) -> None:
    """Articles by the values of one field, most frequent first."""
    names: Sequence[str] = list(counts)[:20]
    with _figure(path) as axes:
        axes.bar(range(len(names)), [counts[name] for name in names])
        axes.set_xticks(range(len(names)), names)
        axes.set_xlabel(what)
        axes.set_ylabel("articles")


@contextmanager
def _figure(path: Path) -> Iterator[Axes]:
    """A pair of axes, saved to `path` at the end."""
    with mpl.rc_context(_FIXED):
        drawn = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
        yield drawn.subplots()
        drawn.savefig(path, format="svg", metadata={"Date": None, "Creator": "cleancopy"})
