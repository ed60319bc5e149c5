"""One report of a run that several workers shared, from what each of them came to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from archive.collection.site_figures import Ending
from crawler.frontier.shared.work import Part
from crawler.run.account import MOST_FAILURES

#: What the tables said of the whole run when the last worker left.
_OF_THE_LAST = ("frontier", "failures", "settings", "versions", "fault")
_SUMS = ("counts", "statuses", "sources")
#: Numbers of a site's pages that are no sums: the median of the words of all cannot be had from the workers' medians.
_WORDS = ("words", "words_low", "words_high")


def joined(name: str, parts: Sequence[Part]) -> dict[str, Any] | None:
    """The report of the run; None where every worker was killed. `workers` says who took part: of one that was killed,
    what it counted is missing, and what it captured is not."""
    told = [part.report for part in parts if part.report is not None]
    if not told:
        return None
    last = max(told, key=_end)
    started = min(report["started"] for report in told)
    merged = {**last, "name": name, "started": started, **{key: last[key] for key in _OF_THE_LAST}}
    merged |= {key: _sum(report[key] for report in told) for key in _SUMS}
    merged |= {key: sum(report[key] for report in told) for key in ("records", "bytes_received")}
    merged["seconds"] = max(report["seconds"] for report in told)
    merged["ended"] = next((one["ended"] for one in told if one["ended"] != "finished"), "finished")
    merged["notes"] = [note for report in told for note in report["notes"]][:MOST_FAILURES]
    merged["lists"] = [read for report in told for read in report["lists"]]
    merged["skipped"] = _skipped(told)
    merged["sites"] = _sites(told, last)
    merged["workers"] = [
        {
            "name": part.worker,
            "articles": part.report["counts"].get("articles", 0) if part.report else part.articles,
            "ended": part.report["ended"] if part.report else "killed",
        }
        for part in parts
    ]
    return merged


def _end(report: Mapping[str, Any]) -> tuple[str, float]:
    return report["started"], report["seconds"]


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(total)


def _skipped(told: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    merged: dict[tuple[str, str], dict[str, Any]] = {}
    for report in told:
        for one in report["skipped"]:
            known = merged.setdefault((one["kind"], one["reason"]), {**one, "count": 0})
            known["count"] += one["count"]
    return sorted(merged.values(), key=lambda one: -int(one["count"]))


def _sites(told: Sequence[Mapping[str, Any]], last: Mapping[str, Any]) -> dict[str, Any]:
    names = sorted({site for report in told for site in report["sites"]})
    return {
        site: _site([report["sites"][site] for report in told if site in report["sites"]], last["sites"].get(site))
        for site in names
    }


def _site(parts: Sequence[Mapping[str, Any]], last: Mapping[str, Any] | None) -> dict[str, Any]:
    merged = {key: _value([part[key] for part in parts]) for key in parts[0] if key != "pages"}
    endings = [part["ending"] for part in parts]
    # A worker that had nothing of a site to do has not failed at it.
    merged["ending"] = next(
        (one for one in (Ending.BLOCKED, Ending.PUT_OFF, Ending.DONE) if one in endings), endings[0]
    )
    merged["stopped"] = next((part["stopped"] for part in parts if part["stopped"]), None)
    merged |= {key: (last or parts[-1])[key] for key in ("left", "lists_left")}
    pages = [part["pages"] for part in parts if part["pages"]]
    merged["pages"] = _pages(pages) if pages else None
    return merged


def _pages(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    merged = {key: _value([part[key] for part in parts]) for key in parts[0]}
    for key in _WORDS:
        known = [(part[key], part["pages"]) for part in parts if part[key] is not None]
        weight = sum(count for _, count in known)
        merged[key] = round(sum(value * count for value, count in known) / weight, 1) if weight else None
    return merged


def _value(values: Sequence[Any]) -> Any:
    """Sums of numbers and of counts by name; the first of what is neither."""
    known = [value for value in values if value is not None]
    if known and isinstance(known[0], dict):
        return _sum(known)
    if known and isinstance(known[0], int | float) and not isinstance(known[0], bool):
        return sum(known)
    return known[0] if known else None
