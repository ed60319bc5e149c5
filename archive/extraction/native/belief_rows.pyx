# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""What a first pass believes of the blocks around each: the loops of `beliefs_around` in `features/neighbours.py`.

Same numbers: sums run down the page in single precision, as numpy's do, and those of a window are divided in double.
"""

from libc.string cimport memset

import numpy as np

#: Labels that beliefs are of.
cdef enum:
    WIDEST = 64


def fill_rows(
    const float[:, ::1] beliefs,
    const float[::1] words,
    tuple beside,
    tuple wide,
    tuple alike,
    float[:, ::1] out,
):
    """Write the rows of all blocks: each part that `beliefs_around` names takes the next columns."""
    cdef Py_ssize_t width = beliefs.shape[1], at = 0
    if width > WIDEST or out.shape[1] != (5 + len(beside) + len(wide) + len(alike)) * width:
        raise ValueError(f"{width} beliefs of each block do not fill {out.shape[1]} columns")
    _copy(beliefs, 0, out, 0)
    for step in beside:
        at += width
        _copy(beliefs, step, out, at)
    sums = np.zeros((len(beliefs) + 1, width), np.float32)
    _look_back(beliefs, words, out, at + (1 + len(wide)) * width, sums)
    for reach in wide:
        at += width
        _mean_windows(sums, reach, out, at)
    at += 4 * width
    for means in alike:
        at += width
        _copy(means, 0, out, at)


cdef _copy(const float[:, ::1] values, Py_ssize_t step, float[:, ::1] out, Py_ssize_t first):
    """The rows `step` blocks later; those past the page's ends are -1."""
    cdef Py_ssize_t row, place, count = values.shape[0]
    for row in range(count):
        for place in range(values.shape[1]):
            out[row, first + place] = values[row + step, place] if 0 <= row + step < count else -1


cdef _look_back(
    const float[:, ::1] beliefs, const float[::1] words, float[:, ::1] out, Py_ssize_t first, float[:, ::1] sums
):
    """What stands before a block, the highest before it and behind it, and the page's shares; `sums` are those of all
    rows before each, from the first on."""
    cdef Py_ssize_t row, place, width = beliefs.shape[1], count = beliefs.shape[0]
    cdef float[WIDEST] total, running, highest
    cdef float all_words = 0, weighted, own
    memset(total, 0, sizeof(total))
    memset(running, 0, sizeof(running))
    memset(highest, 0, sizeof(highest))
    for row in range(count):
        all_words += words[row]
        for place in range(width):
            total[place] += beliefs[row, place] * words[row]
    for place in range(width):
        total[place] += <float>1e-6
    for row in range(count):
        for place in range(width):
            own = beliefs[row, place]
            weighted = own * words[row]
            running[place] += weighted
            sums[row + 1, place] = sums[row, place] + own
            out[row, first + place] = (running[place] - weighted) / total[place]
            out[row, first + width + place] = highest[place]
            out[row, first + 3 * width + place] = total[place] / (all_words + <float>1e-6)
            highest[place] = max(highest[place], own)
    memset(highest, 0, sizeof(highest))
    for row in range(count - 1, -1, -1):
        for place in range(width):
            out[row, first + 2 * width + place] = highest[place]
            highest[place] = max(highest[place], beliefs[row, place])


cdef _mean_windows(const float[:, ::1] sums, Py_ssize_t reach, float[:, ::1] out, Py_ssize_t first):
    """The mean of the rows of up to `reach` blocks to each side."""
    cdef Py_ssize_t row, place, low, high, count = out.shape[0]
    for row in range(count):
        low, high = max(row - reach, 0), min(row + reach + 1, count)
        for place in range(sums.shape[1]):
            out[row, first + place] = <float>(<double>(sums[high, place] - sums[low, place]) / (high - low))
