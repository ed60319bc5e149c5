"""The small plots of a data card, as SVG files that are the same bytes for the same numbers."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np

from archive.datasets.selection import Array
from archive.research.svg_plots import stacked_file

#: More sites than these would not be told apart.
_SITES = 6
_EPOCH = date(1970, 1, 1).toordinal()


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
    counts = {site: np.histogram(days, edges)[0].tolist() for site, days in shown.items()}
    ends = [(0.0, first), (1.0, last)] if last > first else [(0.5, first)]
    ticks = [(place, date.fromordinal(_EPOCH + day).isoformat()) for place, day in ends]
    what = "Articles a day" if step == 1 else f"Articles in {step} days"
    path.write_text(stacked_file(np.linspace(0, 1, len(edges)).tolist(), counts, ticks, what), "utf-8")


def lengths_plot(path: Path, words: Array) -> None:
    """Articles by length in words, on a logarithmic scale."""
    most = max(10, int(words.max()) + 1)
    edges = np.unique(np.geomspace(1, most, 40).round())
    counts = np.histogram(np.maximum(words, 1), edges)[0].tolist()
    powers = [10**power for power in range(len(str(most))) if 10**power <= most]
    ticks = [(float(np.log(power) / np.log(most)), f"{power:,} word{'s' * (power > 1)}") for power in powers]
    places = (np.log(edges) / np.log(most)).tolist()
    path.write_text(stacked_file(places, {"articles": counts}, ticks, "Articles by length in words"), "utf-8")


def bars_plot(path: Path, counts: Mapping[str, int], what: str) -> None:
    """Articles by the values of one field, most frequent first."""
    shown = dict(list(counts.items())[:20])
    edges = np.linspace(0, 1, len(shown) + 1).tolist()
    ticks = [((place + 0.5) / len(shown), name) for place, name in enumerate(shown)]
    path.write_text(stacked_file(edges, {what: list(shown.values())}, ticks, f"Articles by {what}"), "utf-8")
