"""A rule's name in a record to where the rule stands in a site file."""

from pathlib import Path
from typing import Any

from archive.extraction.rules import RuleKind, kind_of, selector_of, strip_number
from archive.sites import Layout, Site
from archive.sites.yaml_lines import line_of, load_mapping

#: Characters of a rule's selectors or pattern that are told; the line says where the rest is.
_SHOWN = 80


class RuleBook:
    """The rules of the layout that holds on a page. `path` is the site's file, where it has one."""

    def __init__(self, site: Site, layout: Layout | None, path: Path | None) -> None:
        self._layout = layout
        self._number = site.layouts.index(layout) if layout else 0
        self._path = path
        self._content: dict[str, Any] = load_mapping(path) if path else {}

    @property
    def layout(self) -> str:
        """The layout's key in the file and the days that it is for; empty where there is none."""
        if self._layout is None:
            return ""
        days = [f"from {self._layout.valid_from}"] if self._layout.valid_from else []
        days += [f"until {self._layout.valid_until}"] if self._layout.valid_until else []
        return f"layouts[{self._number}]" + (f" ({' '.join(days)})" if days else "")

    def told(self, rule: str) -> str:
        """What a site's rule says and where: `layouts[0].strip[2], select .share, gull.example.yaml:14`. Other rules
        stay as they are."""
        kind = kind_of(rule)
        if self._layout is None or not kind.is_of_site:
            return rule
        return self._strip(strip_number(rule)) if kind is RuleKind.SITE_STRIP else self._selector(selector_of(rule))

    def _strip(self, number: int) -> str:
        assert self._layout is not None  # noqa: S101 - asked for by `told` alone
        rule = self._layout.strip[number]
        says = [f"select {_short(', '.join(rule.select))}"] if rule.select else []
        says += [f"text {_short(rule.text)}"] if rule.text else []
        own = len(self._own().get("strip") or ())
        return self._said(f"strip[{number}]", " and ".join(says), ("strip", number) if number < own else None)

    def _selector(self, selector: str) -> str:
        assert self._layout is not None  # noqa: S101 - asked for by `told` alone
        for label, selectors in self._layout.selectors():
            if selector in selectors:
                place = (label.value,) if label.value in self._own() else None
                return self._said(label.value, selector, place)
        return selector

    def _own(self) -> dict[str, Any]:
        layouts = self._content.get("layouts") or []
        return layouts[self._number] if self._number < len(layouts) else {}

    def _said(self, key: str, says: str, place: tuple[Any, ...] | None) -> str:
        return ", ".join(filter(None, (f"layouts[{self._number}].{key}", says, self._where(place))))

    def _where(self, place: tuple[Any, ...] | None) -> str:
        if self._path is None:
            return ""
        if place is None:
            return f"inherited from {self._content.get('inherits')}"
        return f"{self._path.name}:{line_of(self._path, ('layouts', self._number, *place))}"


def _short(says: str) -> str:
    return says if len(says) <= _SHOWN else says[: _SHOWN - 1] + "…"
