"""Reports of runs: what is read of them, and how those of months long past are folded together."""

import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from archive.collection import run_reports
from archive.collection.folder import Collection
from archive.collection.run_reports import fold_months, latest_reports, site_named
from archive.operations.site_health import site_health
from archive.operations.site_runs import runs_by_site, site_runs
from crawler.schedule import worker
from tests.reported import write_runs
from tests.simulated_runs import SimulatedSite

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def reports(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.json")}


@pytest.fixture
def crawls(tmp_path: Path) -> Path:
    """A report every other day, of two sites, from February to June."""
    folder = tmp_path / "crawls"
    folder.mkdir()
    for day in range(0, 130, 2):
        began = datetime(2026, 2, 5, 6, tzinfo=UTC) + timedelta(days=day)
        for site in ("gull.example", "tern.example"):
            (folder / f"{began:%Y%m%d%H%M%S}123-{site}.json").write_text(json.dumps({"day": day, "site": site}))
    (folder / "20260205060000123.log").write_text("a log is no report")
    return folder


def unpacked(folder: Path, into: Path) -> dict[str, bytes]:
    """What tar finds in the archives."""
    into.mkdir()
    for path in sorted(folder.glob("*.tar.gz")):
        subprocess.run(["tar", "-xzf", path, "-C", into], check=True)
    return reports(into)


def test_past_months_are_folded_byte_for_byte_and_what_is_read_stays(crawls: Path, tmp_path: Path) -> None:
    before, read = reports(crawls), latest_reports(crawls, 60)
    made = fold_months(crawls, 60, NOW)
    assert [path.name for path in made] == ["2026-02.tar.gz", "2026-03.tar.gz"], "60 days before NOW is in April"
    assert latest_reports(crawls, 60) == read
    left, folded = reports(crawls), unpacked(crawls, tmp_path / "unpacked")
    assert {**left, **folded} == before
    assert not left.keys() & folded.keys()
    assert {name[:6] for name in folded} == {"202602", "202603"}
    assert (crawls / "20260205060000123.log").exists()
    assert fold_months(crawls, 60, NOW) == []


def test_reports_that_come_back_are_not_kept_twice_and_others_are_added(crawls: Path, tmp_path: Path) -> None:
    before = reports(crawls)
    fold_months(crawls, 60, NOW)
    name = min(before)
    (crawls / name).write_bytes(before[name])
    assert fold_months(crawls, 60, NOW) == []
    assert not (crawls / name).exists()
    (crawls / "20260217000000000.json").write_text("{}")
    assert [path.name for path in fold_months(crawls, 60, NOW)] == ["2026-02-1.tar.gz"]
    assert unpacked(crawls, tmp_path / "unpacked") | reports(crawls) == before | {"20260217000000000.json": b"{}"}


def test_neither_a_wrong_clock_nor_a_long_pause_folds_what_is_read(crawls: Path) -> None:
    (crawls / "20260710000000000.json").write_text("{}")
    fold_months(crawls, 60, NOW)
    assert any(name.startswith("202604") for name in reports(crawls)), "a report of the future"
    fold_months(crawls, 60, NOW + timedelta(days=900))
    assert any(name.startswith("202605") for name in reports(crawls)), "60 days before the newest"


class CrashError(Exception):
    """Stands for a kill."""


def test_a_crash_at_any_moment_loses_no_report(crawls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = reports(crawls)
    for crash_at in range(200):
        with monkeypatch.context() as patch:
            changes = count()
            for name in ("rename", "unlink"):
                patch.setattr(Path, name, crashing(getattr(Path, name), changes, crash_at))
            patch.setattr(os, "fsync", crashing(os.fsync, changes, crash_at))
            try:
                fold_months(crawls, 60, NOW)
            except CrashError:
                pass
            else:
                break
        assert unpacked(crawls, tmp_path / str(crash_at)) | reports(crawls) == before
    assert crash_at > 10
    assert sorted(path.name for path in crawls.glob("*tar*")) == ["2026-02.tar.gz", "2026-03.tar.gz"]


def crashing(real: Callable[..., object], changes: "count[int]", number: int) -> Callable[..., object]:
    def changed(*arguments: object, **more: object) -> object:
        # Every crash is some changes after the last one, so that each call goes on where one was broken off.
        if next(changes) == number % 7 and number < 60:
            raise CrashError
        return real(*arguments, **more)

    return changed


def test_an_archive_that_is_not_read_back_replaces_nothing(crawls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = reports(crawls)
    monkeypatch.setattr(run_reports, "_digest", lambda _: b"another")
    with pytest.raises(OSError, match=r"2026-02\.tar\.gz is not read back as it was written"):
        fold_months(crawls, 60, NOW)
    assert reports(crawls) == before


@pytest.mark.parametrize(
    ("name", "site"),
    [("20260205060000123.json", None), ("20260205060000123-127.0.0.1.json", "127.0.0.1"), ("notes-a.json", None)],
)
def test_the_name_of_a_report_may_tell_its_site(name: str, site: str | None) -> None:
    assert site_named(Path(name)) == site


def test_runs_of_schedules_and_of_commands_are_read_together(tmp_path: Path) -> None:
    collection = Collection(tmp_path)
    collection.create()
    one, two = SimulatedSite(1).runs(20), SimulatedSite(2).runs(20)
    write_runs(collection, {"gull.example": one, "tern.example": two})
    # The same runs as a command leaves them: one report for both sites.
    for first, second in list(zip(one, two, strict=True))[::2]:
        named = [
            collection.crawls / f"{run.name}-{site}.json"
            for run, site in ((first, "gull.example"), (second, "tern.example"))
        ]
        told = [json.loads(path.read_text()) for path in named]
        merged = told[0] | {"sites": told[0]["sites"] | told[1]["sites"], "lists": told[0]["lists"] + told[1]["lists"]}
        for path in named:
            path.unlink()
        (collection.crawls / f"{first.name}.json").write_text(json.dumps(merged))
    found = site_runs(collection)
    assert list(found) == [domain for domain, _ in runs_by_site(collection)] == ["gull.example", "tern.example"]
    assert [run.figures for run in found["gull.example"]] == [run.figures for run in one]
    assert len(found["tern.example"]) == 20
    assert [health.domain for health in site_health(collection)] == list(found)


def test_the_crawling_process_folds_them_and_goes_on_where_it_cannot(
    crawls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (crawls / "20280101000000000.json").write_text("{}")
    worker._fold_reports(Collection(tmp_path))
    assert len(list(crawls.glob("*.tar.gz"))) == 5

    first = crawls / "2026-02.tar.gz"
    first.write_bytes(first.read_bytes()[:200])
    (crawls / "20260217000000000.json").write_text("{}")
    worker._fold_reports(Collection(tmp_path))
    held = (crawls / "20260217000000000.json").exists() or (crawls / "2026-02-1.tar.gz").exists()
    assert held, "beside a damaged archive"

    def full(*_: object) -> list[Path]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(worker, "fold_months", full)
    worker._fold_reports(Collection(tmp_path))
    assert "Old reports stay as they are: [Errno 28] No space left on device" in caplog.text
