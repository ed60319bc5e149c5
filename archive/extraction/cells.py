"""The cells of tables' rows as columns: a cell that spans several columns or rows leaves the others empty."""

from collections.abc import Mapping

from lxml import etree

#: Columns of a row that are told; the HTML standard stops at a thousand (4.9.11).
_MOST = 100


class Tables:
    """The rows of one page's tables, in page order: which columns are taken by cells of rows above."""

    def __init__(self) -> None:
        self._taken: dict[etree._Element, dict[int, int]] = {}

    def row(self, row: etree._Element, texts: Mapping[etree._Element, str]) -> tuple[str, ...]:
        """The text of each column of a row."""
        group = row.getparent()
        key = row if group is None else group
        taken = self._taken.get(key, {})
        columns: list[str] = []
        spans: dict[int, int] = {}
        for cell in (child for child in row if child.tag in ("td", "th")):
            while len(columns) in taken and len(columns) < _MOST:
                columns.append("")
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            spans |= dict.fromkeys(range(len(columns), len(columns) + wide), high - 1) if high > 1 else {}
            columns += [texts.get(cell, ""), *[""] * (wide - 1)]
        while len(columns) in taken and len(columns) < _MOST:
            columns.append("")
        left = {column: rows - 1 for column, rows in taken.items() if rows > 1}
        self._taken[key] = left | spans
        return tuple(columns[:_MOST])


def _span(cell: etree._Element, name: str) -> int:
    stated = cell.get(name, "1").strip()
    return min(max(int(stated), 1), _MOST) if stated.isascii() and stated.isdigit() and len(stated) < 6 else 1
