"""A Scrapy crawl through the capture handler, in a process of its own: a reactor starts once in each.

    python tests/capture_crawl.py FOLDER [NAME=VALUE ...] < JOBS > OUTCOMES

Each line of JOBS is a request as JSON; each of OUTCOMES says what a callback was given. Jobs run one after another.
The WARC goes into FOLDER. NAME=VALUE changes a setting.
"""

import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.exchange import Exchange
from archive.warc.writer import WarcWriter, Written

#: Bytes of an answer that are kept.
LARGEST = 100_000
HANDLER = "crawler.capture.CaptureHandler"


class WarcSink:
    """The archive, without the rest of a run."""

    def __init__(self, folder: Path) -> None:
        self.fault: str | None = None
        self._writer = WarcWriter(folder, info={"software": "a test"})

    def __deepcopy__(self, memo: object) -> "WarcSink":
        return self

    def write(self, exchange: Exchange, *, failure: str | None = None, site: str = "") -> Written:  # noqa: ARG002 - as CaptureHandler calls it
        return self._writer.write(exchange, failure=failure)

    def close(self) -> None:
        self._writer.close()


class Jobs(Spider):
    """Asks for one job after another."""

    name = "jobs"
    jobs: Iterator[dict[str, Any]]
    outcomes: list[dict[str, Any]]

    async def start(self) -> AsyncIterator[Request]:
        for request in self.following():
            yield request

    def following(self) -> Iterable[Request]:
        for job in self.jobs:
            meta = {"dont_retry": True, "dont_obey_robotstxt": True, "handle_httpstatus_all": True} | job.pop(
                "meta", {}
            )
            yield Request(**job, meta=meta, callback=self.answered, errback=self.failed, dont_filter=True)
            return

    def answered(self, response: Response) -> Iterable[Request]:
        written: Written = response.meta["kept"]
        outcome = {"url": response.url, "status": response.status, "flags": response.flags}
        outcome |= {"body": b64encode(response.body).decode(), "record_id": written.record_id}
        self.outcomes.append(outcome)
        return self.following()

    def failed(self, failure: Failure) -> Iterable[Request]:
        request: Request = failure.request  # type: ignore[attr-defined]
        outcome: dict[str, Any] = {
            "url": request.url,
            "error": type(failure.value).__name__,
            "text": str(failure.value),
        }
        outcome |= {"final": getattr(failure.value, "final", False), "written": "kept" in request.meta}
        self.outcomes.append(outcome)
        return self.following()


def settings(sink: WarcSink) -> dict[str, Any]:
    """As the add-on sets them, as far as they touch the wire."""
    return {
        "CAPTURE_SINK": sink,
        "DOWNLOAD_HANDLERS": {"http": HANDLER, "https": HANDLER},
        "DOWNLOAD_MAXSIZE": LARGEST,
        "DOWNLOAD_TIMEOUT": 10,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "ROBOTSTXT_OBEY": True,
        "RETRY_TIMES": 1,
        "ALLOW_PRIVATE_ADDRESSES": True,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "ERROR",
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    }


def main() -> None:
    """Run the jobs."""
    sink = WarcSink(Path(sys.argv[1]))
    outcomes: list[dict[str, Any]] = []
    process = AsyncCrawlerProcess(settings(sink) | dict(pair.split("=") for pair in sys.argv[2:]))
    process.crawl(Jobs, jobs=map(json.loads, sys.stdin), outcomes=outcomes)
    process.start()
    sink.close()
    for outcome in outcomes:
        print(json.dumps(outcome))


def run_jobs(folder: Path, jobs: Iterable[dict[str, Any]], *changed: str) -> list[dict[str, Any]]:
    """Run jobs in a process of their own: the outcomes."""
    program = [sys.executable, __file__, str(folder), *changed]
    text = "\n".join(map(json.dumps, jobs))
    done = subprocess.run(program, input=text, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    main()
