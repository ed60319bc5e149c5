"""What stands around a block: the blocks next to it, the box and the section that hold it, their heading.

Blocks come in runs, and alike ones stand together. What a block is often shows in what stands beside it: the link under
"Our games" is promotion, the paragraph under "3 comments" is a comment.
"""

from collections.abc import Sequence
from itertools import pairwise
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from archive.extraction.blocks import TextBlock
from archive.extraction.cues import CUED, markup_groups
from archive.extraction.features.elements import Ancestors
from archive.extraction.features.terms import Numbers, Terms
from archive.extraction.native import compiled

Matrix = NDArray[np.float32]
Column = NDArray[Any]

_beliefs, _tree, _sums = compiled("belief_rows"), compiled("page_elements"), compiled("section_sums")
#: How far a block looks to each side.
REACH = (1, 2, 3)
#: The blocks beside it whose beliefs it sees, and how far the windows reach whose mean it sees.
_BESIDE, _WIDE = (-1, 1, -2, 2, -3, 3, -5, 5), (4, 10)
#: Blocks from which an element is a box.
_BOX = 4
#: The share of a page's words up to which an element is a section: menus, sidebars, footers, not the article.
_SECTION = 0.25
#: Blocks behind a heading that may still belong to it.
_FOLLOWING = 40

_LEVELS = {tag: level for level, tag in enumerate("h1 h2 h3 h4 h5 h6 legend summary".split())}
_GROUP_NAMES = "blocks words links sentences dated place start".split()
SECTION_NAMES = [
    f"{kind}_{name}"
    for kind in ("box", "section")
    for name in (
        *_GROUP_NAMES,
        *(f"cue_{label}" for label in CUED),
        *(f"first_{label}" for label in CUED),
        *(f"named_{group}" for group in markup_groups()),
    )
] + ["under_distance", "under_level", *(f"under_{label}" for label in CUED)]


class Features(NamedTuple):
    """What a model sees of a page or text, one row a block: the numbers, the count of words, and for each way of
    grouping the blocks (by the box around them, by the section, by their place in the template) the group's number.
    `terms` are the blocks' words, `names` what the markup names around them; plain texts have no names."""

    matrix: Matrix
    words: Matrix
    groups: tuple[Numbers, ...] = ()
    terms: Terms | None = None
    names: Terms | None = None


def shifted(matrix: Matrix, step: int) -> Matrix:
    """The rows `step` blocks later (earlier if negative); rows past the page's ends are -1."""
    out = np.full_like(matrix, -1.0)
    if step > 0:
        out[:-step] = matrix[step:]
    else:
        out[-step:] = matrix[:step]
    return out


def around(matrix: Matrix, columns: Sequence[int]) -> Matrix:
    """The chosen columns of the blocks around each block; past the page's ends all is -1."""
    chosen = matrix[:, list(columns)]
    out = np.full((len(matrix), 2 * len(REACH), len(columns)), -1, np.float32)
    for place, step in enumerate(REACH):
        out[step:, 2 * place] = chosen[:-step]
        out[:-step, 2 * place + 1] = chosen[step:]
    return out.reshape(len(matrix), -1)


def beliefs_around(of: Features, beliefs: Matrix) -> Matrix:
    """A first pass's label probabilities as features: of the block, of those around it, summed over all words before
    and after it, the highest before it on the page, and the mean of each of its groups."""
    alike = tuple(group_mean(beliefs, group) for group in of.groups)
    if _beliefs:
        parts = 5 + len(_BESIDE) + len(_WIDE) + len(alike)
        rows = np.empty((len(beliefs), parts * beliefs.shape[1]), np.float32)
        _beliefs.fill_rows(np.ascontiguousarray(beliefs), of.words, _BESIDE, _WIDE, alike, rows)
        return rows
    weighted = beliefs * of.words[:, None]
    total = weighted.sum(axis=0, keepdims=True) + 1e-6
    before = (np.cumsum(weighted, axis=0) - weighted) / total
    highest = np.vstack([np.zeros((1, beliefs.shape[1]), np.float32), np.maximum.accumulate(beliefs, axis=0)[:-1]])
    following = np.maximum.accumulate(beliefs[::-1], axis=0)[::-1]
    after = np.vstack([following[1:], np.zeros((1, beliefs.shape[1]), np.float32)])
    share = np.repeat(total / (of.words.sum() + 1e-6), len(beliefs), axis=0)
    beside = [shifted(beliefs, step) for step in _BESIDE]
    wide = [window(beliefs, reach) for reach in _WIDE]
    return np.hstack([beliefs, *beside, *wide, before, highest, after, share, *alike]).astype(np.float32)


def group_sums(values: Matrix, group: Numbers) -> tuple[Matrix, Numbers, Numbers]:
    """The sums of the rows of each group, how many each has, and its first; `group` is the number of each row's, and no
    group is empty. Rows are added in numpy's own order, which a kernel keeps."""
    sizes = np.bincount(group)
    order, starts = np.argsort(group, kind="stable"), np.cumsum(sizes) - sizes
    return np.add.reduceat(values[order], starts, axis=0), sizes, order[starts]


def group_mean(beliefs: Matrix, group: Numbers) -> Matrix:
    """The mean of the rows of each block's group."""
    sums, sizes, _ = group_sums(beliefs, group)
    mean: Matrix = (sums / sizes[:, None])[group].astype(np.float32)
    return mean


def window(beliefs: Matrix, reach: int) -> Matrix:
    """The mean of the rows of up to `reach` blocks to each side."""
    padded = np.vstack([np.zeros((1, beliefs.shape[1]), np.float32), np.cumsum(beliefs, axis=0)])
    count = len(beliefs)
    low = np.maximum(np.arange(count) - reach, 0)
    high = np.minimum(np.arange(count) + reach + 1, count)
    mean: Matrix = ((padded[high] - padded[low]) / (high - low)[:, None]).astype(np.float32)
    return mean


class Sections(NamedTuple):
    """The number of each block's box and section, counted from 0, and the numbers of the elements that these are."""

    box: Numbers
    section: Numbers
    box_elements: Numbers
    section_elements: Numbers


def sections_of(ancestors: Ancestors, words: Matrix) -> Sections:
    """The box (the innermost element of at least four blocks) and the section (the outermost one of at most a quarter
    of the page's words) around each block. `words` counts each block's."""
    boxes, parts = np.empty_like(ancestors.parents), np.empty_like(ancestors.parents)
    sized = _tree.sections if _tree else _sections
    sized(ancestors.parents, ancestors.own, words.astype(np.intp), _BOX, _SECTION, boxes, parts)
    box_elements, box = np.unique(boxes[ancestors.own], return_inverse=True)
    section_elements, section = np.unique(parts[ancestors.own], return_inverse=True)
    return Sections(box, section, box_elements, section_elements)


def _sections(
    parents: Numbers, own: Numbers, words: Numbers, least: int, share: float, boxes: Numbers, parts: Numbers
) -> None:
    """Write down the box and the section around each element."""
    counts, sums = (np.bincount(own, each, minlength=len(parents)) for each in (None, words))
    for number in range(len(parents) - 1, 0, -1):
        counts[parents[number]] += counts[number]
        sums[parents[number]] += sums[number]
    boxes[0] = parts[0] = 0
    for number in range(1, len(parents)):
        above = parents[number]
        boxes[number] = number if counts[number] >= least else boxes[above]
        parts[number] = parts[above] if above and sums[above] <= share * sums[0] else number


def section_rows(blocks: Sequence[TextBlock], said: Matrix, of: Sections, names: Numbers) -> Matrix:
    """The features of SECTION_NAMES, one row a block. `said` has a block's words, link characters, characters, whether
    it ends a sentence, whether it holds a date, and its cues. `names` has the groups of each element's names (bits)."""
    if _sums:
        return _summed(_sums, blocks, said, of, names)
    found = [
        _group_rows(of.box, names[of.box_elements], said),
        _group_rows(of.section, names[of.section_elements], said),
        _under(blocks, said[:, 5:], of.section),
    ]
    return np.hstack(found).astype(np.float32)


def _summed(kernel: ModuleType, blocks: Sequence[TextBlock], said: Matrix, of: Sections, names: Numbers) -> Matrix:
    """The same by a kernel."""
    cues, groups, rows = said.shape[1] - 5, len(markup_groups()), np.empty((len(said), len(SECTION_NAMES)), np.float32)
    ends = np.cumsum([0, *2 * [len(_GROUP_NAMES) + 2 * cues + groups], 2 + cues])
    box, section, under = (rows[:, start:end] for start, end in pairwise(ends))
    for part, number, elements in ((box, of.box, of.box_elements), (section, of.section, of.section_elements)):
        kernel.group_rows(number, names[elements], groups, said, part)
        # Not every library of C has the same logarithms as numpy.
        part[:, 1] = np.log1p(part[:, 1])
    kernel.under_rows(list(blocks), of.section, said, _FOLLOWING, under)
    return rows


def _group_rows(of: Numbers, bits: Numbers, said: Matrix) -> Matrix:
    sums, size, first = group_sums(said, of)
    named = bits[:, None] >> np.arange(len(markup_groups())) & 1
    rows = np.column_stack(
        [
            size,
            np.log1p(sums[:, 0]),
            sums[:, 1] / np.maximum(sums[:, 2], 1),
            sums[:, 3:5] / size[:, None],
        ]
    )
    place = np.column_stack([np.arange(len(of)) - first[of], first[of] / len(of)])
    return np.hstack([rows[of], place, (sums[:, 5:] / size[:, None])[of], said[first, 5:][of], named[of]])


def _under(blocks: Sequence[TextBlock], cues: Matrix, section: Numbers) -> Matrix:
    """The heading above each block in its section: how far it is, its level, its cues; -1 where there is none near."""
    tags = [str(block.element.tag) for block in blocks]
    headings = []
    last: dict[int, int] = {}
    for index, (tag, number) in enumerate(zip(tags, section.tolist(), strict=True)):
        heading = last.get(number, -1)
        headings.append(heading if index - heading <= _FOLLOWING else -1)
        if tag in _LEVELS:
            last[number] = index
    above = np.array(headings, np.intp)
    levels = np.array([_LEVELS.get(tag, -1) for tag in tags])
    rows = np.column_stack([np.arange(len(tags)) - above, levels[above], cues[above]])
    return np.where(above[:, None] < 0, np.float32(-1), rows.astype(np.float32))
