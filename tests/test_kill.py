"""SIGKILL at random moments: nothing acknowledged is lost, no URL is lost, every file can be read."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

from archive.pipeline.captures import read_captures
from archive.records import read_records
from tests.scripted import Run, ScriptedSite, command, environment, story

PAGES = 120
KILLS = int(os.environ.get("CLEANCOPY_KILLS", "4"))


def captured(collection: Path, site: ScriptedSite) -> list[str]:
    """The paths of all responses in the archive, in order."""
    warcs = sorted((collection / "archive").glob("*.warc.gz"))
    return [capture.url.removeprefix(site.url) for warc in warcs for capture in read_captures(warc)]


def test_a_crawl_killed_at_random_moments_loses_nothing(tmp_path: Path, site: ScriptedSite, cleancopy: Run) -> None:
    dice = random.Random(20261124)
    wanted = [f"/a-story-with-number-{number}.html" for number in range(PAGES)]
    for number, path in enumerate(wanted):
        # Every fifth is large, so that a kill often falls into a write.
        padding = "<!-- " + dice.randbytes(300_000).hex() + " -->" if number % 5 == 0 else ""
        site.page(path, story(f"Story {number}", 150) + padding)
    (tmp_path / "urls.txt").write_text("".join(f"{site.url}{path}\n" for path in wanted))
    arguments = ("crawl", "--urls", "urls.txt", "--collection", "c", "--delay", 0, "--allow-private")
    kills = 0
    for _ in range(KILLS):
        before = len(site.paths())
        process = subprocess.Popen(
            command(*arguments), cwd=tmp_path, env=environment(), stderr=subprocess.DEVNULL, start_new_session=True
        )
        while len(site.paths()) == before and process.poll() is None:
            time.sleep(0.01)
        time.sleep(dice.uniform(0, 0.7))
        killed = process.poll() is None
        if killed:
            kills += 1
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        checked = cleancopy("verify", "c")
        assert (checked.code, checked.out) == (0, ""), "a crash is no fault of the archive"
        assert ("The crawl is not finished" in checked.err) is killed
    last = cleancopy(*arguments)
    assert last.code == 0 or "Nothing new" in last.err, last.err
    assert kills > 0

    kept = [path for path in captured(tmp_path / "c", site) if path != "/robots.txt"]
    assert sorted(set(kept)) == sorted(wanted), "every URL is in the archive"
    served = [path for path in site.paths() if path != "/robots.txt"]
    assert len(served) - PAGES <= 2 * kills, "only what was under way is fetched again"
    records = [record for path in sorted((tmp_path / "c/records").glob("*.jsonl")) for record in read_records(path)]
    assert len(records) == len(kept), "each capture has its record"
    assert not list((tmp_path / "c").glob("*/*.open"))
    lines = {path.name: path.read_bytes() for path in (tmp_path / "c/records").glob("*.jsonl")}
    rebuilt = cleancopy("extract", "c")
    assert rebuilt.code == 0, rebuilt.err
    assert {path.name: path.read_bytes() for path in (tmp_path / "c/records").glob("*.jsonl")} == lines
