"""Which captures of one URL go into a data set.

A page that did not come whole is asked for again: captures of one URL are revisions of an article, and tries at it.
"""

import numpy as np

from archive.datasets.export_choices import Lesser, Revisions
from archive.datasets.filters import Filters
from archive.datasets.selection import RANKS, Array, Selection

#: Microseconds between tries at one page, at most: the crawl asks again within hours, and a site that is read daily
#: shows another revision then.
_APART = 86_400_000_000
#: Stands for a time that is not known: far from all others, and near enough for differences.
_NEVER = -(2**62)


def number_revisions(selection: Selection, filters: Filters) -> None:
    """Leave out the tries at a page that a better capture stands for, and number the others of each URL by time
    (`revision`, `revisions`)."""
    values = selection.values
    order, starts = _by_url(selection)
    if not filters.includes(Lesser.TRIES):
        outdone = order[_outdone(values["date_crawled_utc"][order], values["rank"][order], starts)]
        selection.kept[outdone] = False
        selection.left_out[Lesser.TRIES] += len(outdone)
        order, starts = _by_url(selection)
    lengths = np.diff(np.append(starts, len(order)))
    number = np.arange(len(order)) - np.repeat(starts, lengths) + 1
    for name, found in (("revision", number), ("revisions", np.repeat(lengths, lengths))):
        values[name] = np.zeros(len(selection.kept), np.int32)
        values[name][order] = found


def choose_revisions(selection: Selection, revisions: Revisions, filters: Filters) -> None:
    """Keep those of each URL that are asked for: all, or the first or last of the best ones."""
    if revisions is Revisions.ALL:
        return
    order, starts = _by_url(selection)
    number = selection.values["revision"][order]
    ranked = not filters.includes(Lesser.TRIES)
    ranks = selection.values["rank"][order] if ranked else np.zeros(len(order), np.int8)
    by_time = number if revisions is Revisions.FIRST else -number
    urls = np.repeat(starts, np.diff(np.append(starts, len(order))))
    best = np.lexsort((by_time, ranks, urls))[starts]
    selection.kept[order] = False
    selection.kept[order[best]] = True


def _by_url(selection: Selection) -> tuple[Array, Array]:
    """The positions of the kept records by URL and time, and where each URL begins among them."""
    positions = selection.positions()
    values = selection.values
    keys = [values[name][positions] for name in ("date_crawled_utc", "url_1", "url_0")]
    order = positions[np.lexsort((positions, *keys))]
    urls = np.stack([values["url_0"][order], values["url_1"][order]])
    differs = (urls[:, 1:] != urls[:, :-1]).any(axis=0)
    return order, np.flatnonzero(np.concatenate([[True], differs])) if len(order) else order


def _outdone(times: Array, ranks: Array, starts: Array) -> Array:
    """Which captures, in the order of `_by_url`, have a better one of the same URL within a day."""
    count = len(times)
    times = np.maximum(times, _NEVER)
    lengths = np.diff(np.append(starts, count))
    first, end = np.repeat(starts, lengths), np.repeat(starts + lengths, lengths)
    places = np.arange(count)
    found = np.zeros(count, bool)
    for rank in range(1, len(RANKS)):
        better = ranks < rank
        before = np.maximum.accumulate(np.where(better, places, -1))
        after = np.minimum.accumulate(np.where(better, places, count)[::-1])[::-1]
        near = (before >= first) & (times - times[before] <= _APART)
        near |= (after < end) & (times[np.minimum(after, count - 1)] - times <= _APART)
        found |= near & (ranks == rank)
    return found
