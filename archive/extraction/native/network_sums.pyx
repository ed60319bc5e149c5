# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""What the network gathers before it multiplies: sums of terms, means of groups. All sums are whole numbers,
exact in any order."""

from libc.math cimport rint, sqrt
from libc.stdint cimport int8_t, int32_t
from libc.string cimport memset

#: Columns up to which sums are kept on the stack.
cdef enum:
    WIDEST = 64


def sum_terms(
    const int8_t[:, ::1] rows, const Py_ssize_t[::1] numbers, const Py_ssize_t[::1] sizes, float[:, ::1] out
):
    """The sum of each block's terms' rows, by the square root of their number."""
    cdef Py_ssize_t block, term, column, width = rows.shape[1], at = 0
    cdef int32_t[WIDEST] sums
    cdef double root
    if width > WIDEST:
        raise ValueError(f"a term has {width} numbers; at most {WIDEST} are summed")
    for block in range(sizes.shape[0]):
        memset(sums, 0, sizeof(sums))
        for term in range(at, at + sizes[block]):
            for column in range(width):
                sums[column] += rows[numbers[term], column]
        at += sizes[block]
        root = sqrt(<double>sizes[block])
        for column in range(width):
            out[block, column] = <float>(sums[column] / root)


def mean_groups(
    const float[:, ::1] steps, const Py_ssize_t[::1] of, const Py_ssize_t[::1] sizes, double[:, ::1] sums,
    float[:, ::1] out
):
    """The mean over each group, in whole steps; `of` is the group of each row, `sums` are zeros."""
    cdef Py_ssize_t row, column, group
    for row in range(steps.shape[0]):
        for column in range(steps.shape[1]):
            sums[of[row], column] += steps[row, column]
    for group in range(sizes.shape[0]):
        for column in range(steps.shape[1]):
            out[group, column] = <float>rint(sums[group, column] / sizes[group])
