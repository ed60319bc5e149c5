"""How much of our own code one captured page passes through on its way to its record line: files, functions, depth.

    python -m benchmarks.one_page [--list]

A page of the demo site is written to a WARC, read back, judged, extracted and written down, all in this process.
Counted are functions of archive/ alone, comprehensions and lambdas with the function that they stand in; the first page
of a process also loads models and configuration, so that the second one is counted.
"""

import argparse
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FrameType

from archive.collection.folder import Collection
from archive.exchange import Exchange, Place
from archive.pipeline.record_lines import Task, record_line
from archive.warc.writer import WarcWriter
from crawler.demo.site_pages import load_pages

_ROOT = str(Path(__file__).parent.parent / "archive") + "/"
_STORY = "/news/2026/11/18/swing-bridge-closed-cracks.html"


class Trace:
    """Follows the calls of one thread."""

    def __init__(self) -> None:
        self.calls: Counter[CodeType] = Counter()
        self.depth = self._now = 0

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        """As `sys.setprofile` wants it. Generators come back into their frame, at whatever depth."""
        if event != "call" or not frame.f_code.co_filename.startswith(_ROOT):
            return
        if not frame.f_code.co_name.startswith("<"):
            self.calls[frame.f_code] += 1
        self.depth = max(self.depth, _own_depth(frame))


def _own_depth(frame: FrameType | None) -> int:
    depth = 0
    while frame:
        code = frame.f_code
        depth += code.co_filename.startswith(_ROOT) and not code.co_name.startswith("<")
        frame = frame.f_back
    return depth


def _capture(collection: Collection) -> Place:
    origin = "http://demo.example"
    body = load_pages(origin)[_STORY].body
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    collection.create()
    writer = WarcWriter(collection.archive, info={"software": "a benchmark"})
    exchange = Exchange(origin + _STORY, datetime.now(UTC), b"GET / HTTP/1.1\r\n\r\n", head.encode() + body)
    written = writer.write(exchange)
    writer.close()
    return written.place


def main() -> int:
    """Print the three figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--list", action="store_true", help="name the functions, by file")
    arguments = parser.parse_args()
    trace = Trace()
    with TemporaryDirectory() as folder:
        collection = Collection(Path(folder))
        task = Task(collection.path, _capture(collection))
        record_line(task)
        sys.setprofile(trace)
        record_line(task)
        sys.setprofile(None)
    files = Counter(code.co_filename.removeprefix(_ROOT) for code in trace.calls)
    print(f"{len(files)} files, {len(trace.calls)} functions, {trace.depth} deep")
    if arguments.list:
        for name, count in sorted(files.items()):
            found = [code.co_qualname for code in trace.calls if code.co_filename.endswith("/" + name)]
            print(f"  {name} {count}: {', '.join(sorted(found))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
