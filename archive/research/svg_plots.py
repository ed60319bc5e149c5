"""Small plots as SVG: bars and lines over days, readable without colour, with their highest value and their ends.

No scripts, no fonts, no identifiers: many stand on one page. Colours come from the page's style sheet; a plot that is
a file of its own brings them.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from archive.telling.unseen import one_line

#: In units of the view box; the page scales them.
WIDTH, HEIGHT, _LEFT, _TOP, _BOTTOM = 260, 100, 32, 10, 18

_LINE = 9
_TINTS = ("#34618e", "#b0700a", "#28704d", "#b4452f", "#7a5195", "#5b9aa0", "#8a857c")
_STYLE = (
    "text{font:7px sans-serif;fill:#777}.grid{stroke:#ccc;fill:none}.ground{stroke:#777;fill:none}"
    ".grid,.ground{stroke-width:.5}"
)

Values = Sequence[float | None]
#: A place on the ground from 0 (left) to 1, and what is written there.
Tick = tuple[float, str]


def sparkline(values: Values, title: str) -> str:
    """Bars without axes, for a line of a table."""
    top = max((value for value in values if value is not None), default=0) or 1
    width, height = 3 * max(1, len(values)), 22
    path = "".join(_bar(3 * place, 2, height, height * value / top) for place, value in enumerate(values) if value)
    return (
        f'<svg class="spark" viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img">'
        f'<title>{escape(one_line(title))}</title><path class="bars" d="{path}"/></svg>'
    )


def bars(days: Sequence[date], values: Values, title: str, *, kind: str = "bars") -> str:
    """A bar for each day. Days without a value have none, and days with 0 a line on the ground."""
    top = _round_up(max((value for value in values if value is not None), default=0))
    step = (WIDTH - _LEFT) / max(1, len(days))
    path = "".join(
        _bar(_LEFT + place * step, max(0.6, step * 0.72), _ground(), _height(value, top))
        for place, value in enumerate(values)
        if value is not None
    )
    return _framed(_ends(days), top, title, f'<path class="{kind}" d="{path}"/>')


def lines(days: Sequence[date], series: Sequence[tuple[str, Values]], title: str, *, top: float | None = None) -> str:
    """A line for each series, by the name of its style; it breaks where there is no value."""
    highest = max((value for _, values in series for value in values if value is not None), default=0)
    limit = top or _round_up(highest)
    drawn = "".join(f'<path class="line {name}" d="{_line(values, len(days), limit)}"/>' for name, values in series)
    return _framed(_ends(days), limit, title, drawn, "%" if top == 100 else "")


def stacked_file(
    edges: Sequence[float], series: Mapping[str, Sequence[float]], ticks: Sequence[Tick], title: str
) -> str:
    """A file of bars between `edges` (0 to 1), those of several series on each other, with the names of these below."""
    top = _round_up(max(map(sum, zip(*series.values(), strict=True)), default=0))
    base = [float(_ground())] * (len(edges) - 1)
    drawn = f"<style>{_STYLE}</style>"
    for number, ((name, values), tint) in enumerate(zip(series.items(), _TINTS, strict=False)):
        path = ""
        for place, value in enumerate(values):
            left, right = (_LEFT + (WIDTH - _LEFT) * edge for edge in edges[place : place + 2])
            height = (_ground() - _TOP) * value / top
            path += _bar(left, right - left, base[place], height) if value else ""
            base[place] -= height
        drawn += f'<path fill="{tint}" d="{path}"/>' + (_key(name, tint, number) if len(series) > 1 else "")
    framed = _framed(ticks, top, title, drawn, height=HEIGHT + _LINE * len(series) * (len(series) > 1))
    return framed.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg" width="780"', 1) + "\n"


def _key(name: str, tint: str, number: int) -> str:
    line = HEIGHT + _LINE * number + 5
    return f'<path fill="{tint}" d="{_bar(_LEFT, 6, line + 1, 6)}"/>{_text(_LEFT + 9, line, name, "start")}'


def _ends(days: Sequence[date]) -> list[Tick]:
    return [(place, f"{day.day} {day:%b %Y}") for place, day in ((0, days[0]), (1, days[-1]))] if days else []


def _framed(ticks: Sequence[Tick], top: float, title: str, drawn: str, unit: str = "", height: int = HEIGHT) -> str:
    ground = _ground()
    middle = _TOP + (ground - _TOP) / 2
    grid = f"M{_LEFT} {_TOP}H{WIDTH}M{_LEFT} {_n(middle)}H{WIDTH}"
    anchors = {0.0: "start", 1.0: "end"}
    below = "".join(
        _text(_LEFT + (WIDTH - _LEFT) * place, HEIGHT - 4, text, anchors.get(place, "middle")) for place, text in ticks
    )
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {height}" role="img"><title>{escape(one_line(title))}</title>'
        f'<path class="grid" d="{grid}"/><path class="ground" d="M{_LEFT} {ground}H{WIDTH}"/>'
        f"{_text(_LEFT - 5, _TOP + 4, _number(top) + unit, 'end')}{_text(_LEFT - 5, ground + 3, '0', 'end')}"
        f"{drawn}{below}</svg>"
    )


def _ground() -> int:
    return HEIGHT - _BOTTOM


def _height(value: float, top: float) -> float:
    return max(0.5, (_ground() - _TOP) * value / top)


def _bar(left: float, width: float, ground: float, height: float) -> str:
    return f"M{_n(left)} {_n(ground)}v-{_n(height)}h{_n(width)}v{_n(height)}z"


def _line(values: Values, count: int, top: float) -> str:
    step = (WIDTH - _LEFT) / max(1, count)
    path, pen = "", "M"
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x, y = _LEFT + (place + 0.5) * step, _ground() - (_ground() - _TOP) * min(value, top) / top
        alone = pen == "M" and (place + 1 == len(values) or values[place + 1] is None)
        path += f"{pen}{_n(x)} {_n(y)}" + ("h.1" if alone else "")
        pen = "L"
    return path


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}">{escape(one_line(text))}</text>'


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _round_up(value: float) -> float:
    """The next of 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15 and so on, so that an axis ends at a round number."""
    size = 1.0
    while True:
        for factor in (1, 1.5, 2, 3, 4, 5, 6, 8):
            if value <= factor * size:
                return factor * size
        size *= 10


def _number(value: float) -> str:
    return f"{value / 1000:g}k" if value >= 10_000 else f"{value:g}"
