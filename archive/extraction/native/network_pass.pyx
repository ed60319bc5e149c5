# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The network's pass over a page: what `Network` asks numpy for, block by block.

Same numbers: sums are of whole numbers, exact in any order; all else is done in single precision in numpy's order.
"""

from libc.math cimport lrint, sqrt
from libc.stdint cimport int8_t, int16_t, int32_t
from libc.string cimport memcpy, memset

import numpy as np

cdef extern from *:
    """
    /* Four sums at once wait less for each other. How wide the processor's registers are is asked when this is
       loaded: sums of whole numbers are the same either way. */
    #if defined(__x86_64__) && defined(__GLIBC__) && __GNUC__ >= 10 && !defined(__clang__)
    __attribute__((target_clones("avx2", "default")))
    #endif
    static void add_weighed(
        const int16_t* weights, Py_ssize_t inputs, const int16_t* steps, Py_ssize_t count,
        int32_t* sums, Py_ssize_t outputs)
    {
        for (Py_ssize_t output = 0; output < outputs; output += 4) {
            int32_t found[4] = {0, 0, 0, 0};
            const int16_t *one = weights + output * inputs, *two = one + inputs;
            const int16_t *three = two + inputs, *four = three + inputs;
            for (Py_ssize_t place = 0; place < count; place++) {
                found[0] += one[place] * steps[place];
                found[1] += two[place] * steps[place];
                found[2] += three[place] * steps[place];
                found[3] += four[place] * steps[place];
            }
            for (int place = 0; place < 4; place++)
                sums[output + place] += found[place];
        }
    }
    """
    void add_weighed(
        const int16_t* weights, Py_ssize_t inputs, const int16_t* steps, Py_ssize_t count,
        int32_t* sums, Py_ssize_t outputs) noexcept nogil

cdef enum:
    #: Numbers of a block, and steps of one number, up to which sums and steps are kept as they are here.
    WIDEST = 128
    FARTHEST = 32767
    #: Numbers that are known of a term.
    OF_TERM = 8
    #: Beside it, numbers of single precision are whole.
    WHOLE = 3 << 22


cdef class Weights:
    """A layer, its weights an output a row."""

    cdef const int16_t[:, ::1] weights
    cdef const float[::1] scales, base
    cdef float step, most
    cdef Py_ssize_t inputs, outputs

    def __init__(self, layer, Py_ssize_t most):
        self.weights = np.ascontiguousarray(layer.weights.T, np.int16)
        self.scales, self.base, self.step, self.most = layer.scales, layer.base, layer.step[0], most
        self.outputs, self.inputs = self.weights.shape[0], self.weights.shape[1]
        if most > FARTHEST or self.outputs > WIDEST or self.outputs % 4:
            raise ValueError(f"a layer of {self.inputs} inputs and {self.outputs} outputs has no room here")

    cdef void find_steps(self, const float* values, Py_ssize_t count, int16_t* out) noexcept nogil:
        """Values as whole numbers of steps."""
        cdef Py_ssize_t place
        cdef float value, step = self.step, most = self.most, least = -self.most
        for place in range(count):
            value = values[place] / step
            value = value if value < most else most
            value = value if value > least else least
            # The sum is rounded, halves to even.
            out[place] = <int16_t>(value + <float>WHOLE - <float>WHOLE)

    cdef void add(self, const int16_t* steps, Py_ssize_t first, Py_ssize_t count, int32_t* sums) noexcept nogil:
        """Add what `count` inputs weigh, from the `first` on, to the outputs' sums."""
        add_weighed(&self.weights[0, first], self.inputs, steps, count, sums, self.outputs)

    cdef void outputs_of(self, const int32_t* sums, float* out) noexcept nogil:
        """The outputs for sums of weighted steps."""
        cdef Py_ssize_t output
        for output in range(self.outputs):
            out[output] = <float>sums[output] * self.scales[output] + self.base[output]

    cdef void weigh(self, const float* values, float* out) noexcept nogil:
        """The outputs for one row of values."""
        cdef int16_t[WIDEST] steps
        cdef int32_t[WIDEST] sums
        self.find_steps(values, self.inputs, steps)
        memset(sums, 0, sizeof(sums))
        self.add(steps, 0, self.inputs, sums)
        self.outputs_of(sums, out)


cdef class Pass:
    """A network, ready to be asked about pages."""

    cdef const Py_ssize_t[::1] features, runs
    cdef const float[::1] thresholds
    cdef const int16_t[:, ::1] answers
    cdef dict layers, rows
    cdef Py_ssize_t width

    def __init__(self, network, dict most_steps):
        """`most_steps` has that of each layer's inputs."""
        self.features, self.thresholds = network.features, network.thresholds
        # Where questions of another feature begin.
        self.runs = np.flatnonzero(np.diff(network.features, prepend=-1, append=-1))
        self.layers = {name: Weights(layer, most_steps[name]) for name, layer in network.layers.items()}
        self.answers = network.layers["asked"].weights.astype(np.int16)
        self.rows = {"words": network.word_rows, "names": network.name_rows}
        self.width = self.answers.shape[1]

    def scores(self, of, reaches):
        """As `Network.scores` has them."""
        cdef Weights out = self.layers["out"]
        state = np.empty((len(of.words), self.width), np.float32)
        found = np.empty((len(of.words), out.outputs), np.float32)
        self._answer(np.ascontiguousarray(of.matrix), state)
        for name, terms in (("words", of.terms), ("names", of.names)):
            if terms is not None:
                self._add_terms(self.layers[name], self.rows[name], terms.numbers, terms.sizes, state)
        self._add_page(self.layers["page"], of.words, state)
        for number, reach in enumerate(reaches):
            self._look_around(self.layers[f"around{number}"], self.layers[f"made{number}"], reach, of.groups, state)
        self._finish(out, state, found)
        return found

    cdef _answer(self, const float[:, ::1] matrix, float[:, ::1] state):
        """What the questions' answers weigh. Most features of a block are those of the one before: where the answers
        to what is asked of the others differ, it is added to the sums, or taken away."""
        cdef Weights asked = self.layers["asked"]
        cdef Py_ssize_t row, run, question
        cdef const Py_ssize_t* runs = &self.runs[0]
        cdef const Py_ssize_t* features = &self.features[0]
        cdef const float* values
        cdef float value, earlier
        cdef int32_t[WIDEST] sums
        # Nothing is more than a threshold before the first block.
        cdef const float[::1] nothing = np.full(matrix.shape[1], -np.inf, np.float32)
        cdef const float* before = &nothing[0]
        memset(sums, 0, sizeof(sums))
        with nogil:
            for row in range(matrix.shape[0]):
                values = &matrix[row, 0]
                for run in range(self.runs.shape[0] - 1):
                    value, earlier = values[features[runs[run]]], before[features[runs[run]]]
                    if value == earlier:
                        continue
                    for question in range(runs[run], runs[run + 1]):
                        if (value > self.thresholds[question]) != (earlier > self.thresholds[question]):
                            _add_row(&self.answers[question, 0], value > self.thresholds[question], sums, self.width)
                asked.outputs_of(sums, &state[row, 0])
                before = values

    cdef _add_terms(
        self,
        Weights layer,
        const int8_t[:, ::1] rows,
        const Py_ssize_t[::1] numbers,
        const Py_ssize_t[::1] sizes,
        float[:, ::1] state,
    ):
        """Add what the layer makes of each block's terms: of the sum of their rows, by the root of their number."""
        cdef Py_ssize_t block, term, place, at = 0
        cdef int32_t[WIDEST] sums
        cdef float[WIDEST] means, made
        cdef double root
        cdef const int8_t* row
        if rows.shape[1] != OF_TERM:
            raise ValueError(f"terms of {rows.shape[1]} numbers, not {OF_TERM}")
        with nogil:
            for block in range(sizes.shape[0]):
                memset(sums, 0, sizeof(sums))
                for term in range(at, at + sizes[block]):
                    row = &rows[numbers[term], 0]
                    for place in range(OF_TERM):
                        sums[place] += row[place]
                at += sizes[block]
                root = sqrt(<double>sizes[block])
                for place in range(layer.inputs):
                    means[place] = <float>(sums[place] / root)
                layer.weigh(means, made)
                for place in range(self.width):
                    state[block, place] += made[place]

    cdef _add_page(self, Weights layer, const float[::1] words, float[:, ::1] state):
        """Cut off what each block says by itself, and add what the layer makes of the mean over all words, in whole
        steps."""
        cdef Py_ssize_t row, place
        cdef double[WIDEST] sums
        cdef int16_t[WIDEST] steps
        cdef int32_t[WIDEST] weighed
        cdef float[WIDEST] made
        cdef double total = 0
        memset(sums, 0, sizeof(sums))
        memset(weighed, 0, sizeof(weighed))
        with nogil:
            for row in range(state.shape[0]):
                _cut_off(&state[row, 0], self.width)
                layer.find_steps(&state[row, 0], self.width, steps)
                total += <double>words[row] + 1
                for place in range(self.width):
                    sums[place] += (<double>words[row] + 1) * steps[place]
            for place in range(self.width):
                steps[place] = <int16_t>lrint(sums[place] / total)
            layer.add(steps, 0, self.width, weighed)
            layer.outputs_of(weighed, made)
            for row in range(state.shape[0]):
                for place in range(self.width):
                    state[row, place] += made[place]
                _cut_off(&state[row, 0], self.width)

    cdef _look_around(self, Weights around, Weights made_of, Py_ssize_t reach, groups, float[:, ::1] state):
        """Add what is made of each block, those `reach` before and behind it, and the means of its groups."""
        cdef Py_ssize_t row, place, at, side, count = state.shape[0]
        cdef int16_t[:, ::1] steps = np.empty((count, self.width), np.int16)
        cdef int32_t[:, ::1] sums = np.zeros((count, self.width), np.int32)
        cdef int16_t[3 * WIDEST] seen
        cdef float[WIDEST] found, made
        for row in range(count):
            around.find_steps(&state[row, 0], self.width, &steps[row, 0])
        for place, group in enumerate(groups):
            _add_means(around, (3 + place) * self.width, group, np.bincount(group), steps, sums)
        with nogil:
            for row in range(count):
                for side in range(3):
                    at = row + (side - 1) * reach
                    if 0 <= at < count:
                        memcpy(seen + side * self.width, &steps[at, 0], self.width * sizeof(int16_t))
                    else:
                        memset(seen + side * self.width, 0, self.width * sizeof(int16_t))
                around.add(seen, 0, 3 * self.width, &sums[row, 0])
                around.outputs_of(&sums[row, 0], found)
                _cut_off(found, self.width)
                made_of.weigh(found, made)
                for place in range(self.width):
                    state[row, place] += made[place]

    cdef _finish(self, Weights layer, float[:, ::1] state, float[:, ::1] found):
        cdef Py_ssize_t row
        with nogil:
            for row in range(state.shape[0]):
                _cut_off(&state[row, 0], self.width)
                layer.weigh(&state[row, 0], &found[row, 0])


cdef inline void _add_row(const int16_t* row, bint is_more, int32_t* sums, Py_ssize_t width) noexcept nogil:
    """Add a row to the sums, or take it away."""
    cdef Py_ssize_t place
    if is_more:
        for place in range(width):
            sums[place] += row[place]
    else:
        for place in range(width):
            sums[place] -= row[place]


cdef void _cut_off(float* values, Py_ssize_t count) noexcept nogil:
    """Take what is below nothing for nothing."""
    cdef Py_ssize_t place
    for place in range(count):
        values[place] = values[place] if values[place] > 0 else 0


cdef _add_means(
    Weights layer,
    Py_ssize_t first,
    const Py_ssize_t[::1] group,
    const Py_ssize_t[::1] sizes,
    int16_t[:, ::1] steps,
    int32_t[:, ::1] sums,
):
    """Add to the sums of each block what the mean of its group weighs, in whole steps; its inputs are those from the
    `first` on."""
    cdef Py_ssize_t row, place, number, width = steps.shape[1]
    cdef int32_t[:, ::1] totals = np.zeros((len(sizes), width), np.int32)
    cdef int32_t[:, ::1] weighed = np.zeros((len(sizes), width), np.int32)
    cdef int16_t[WIDEST] means
    with nogil:
        for row in range(group.shape[0]):
            for place in range(width):
                totals[group[row], place] += steps[row, place]
        for number in range(sizes.shape[0]):
            for place in range(width):
                means[place] = <int16_t>lrint(<double>totals[number, place] / sizes[number])
            layer.add(means, first, width, &weighed[number, 0])
        for row in range(group.shape[0]):
            for place in range(width):
                sums[row, place] += weighed[group[row], place]
