"""What a scheduler costs that has nothing to do: 1,000 sites that are due once a year.

    python -m benchmarks.idle [--sites 1000] [--minutes 3]

Prints the share of a core and the memory of `cleancopy schedule run` with all its children. The first 90 seconds are
left out: the files are read and the alarms looked at then.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.timed import cleancopy, environment

SETTLE = 90.0
_TICK = os.sysconf("SC_CLK_TCK")


def collection(folder: Path, sites: int) -> None:
    """A collection with so many site files."""
    (folder / "sites").mkdir()
    lines = ["schedule: 0 0 1 1 *", "sites:"]
    for number in range(sites):
        domain = f"site-{number}.example"
        (folder / "sites" / f"{domain}.yaml").write_text(
            f"name: Site {number}\ndiscover: {{feeds: [/feed.xml]}}\nlayouts: [{{body: article}}]\n"
        )
        lines.append(f"  {domain}:")
    (folder / "collection.yaml").write_text("\n".join(lines) + "\n")


def processor_seconds(process: int) -> float:
    """User and system time of a process and of its children that have ended."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICK


def resident(process: int) -> int:
    """Bytes of memory, and of the most that it ever was."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines() if ":" in line)
    return int(lines["VmHWM"].split()[0]) * 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        collection(Path(name), options.sites)
        process = subprocess.Popen(cleancopy("schedule", "run", name), env=environment())
        time.sleep(SETTLE)
        started, before = time.monotonic(), processor_seconds(process.pid)
        time.sleep(options.minutes * 60)
        share = (processor_seconds(process.pid) - before) / (time.monotonic() - started)
        memory = resident(process.pid)
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    print(
        f"{options.sites} sites idle for {options.minutes:g} min: {share:.2%} of a core, {memory / 1e6:.0f} MB at most"
    )
    sys.exit(share > 0.01 or memory > 200e6)


if __name__ == "__main__":
    main()
