"""A collection to look at: articles with all that is around them, a page that changed, and what went wrong."""

import math
from datetime import timedelta
from pathlib import Path

from archive.collection.failure import Failed, FailureKind
from archive.collection.folder import Collection
from archive.exchange import Origin, Truncation
from crawler.discover.urls import normalise
from crawler.frontier.entry import Entry
from crawler.frontier.table import Frontier
from tests.shots import NOON, ORIGIN, Shot, article, demo_shots, make_collection

CHANGED = f"{ORIGIN}/dredging.html"
STYLED = f"{ORIGIN}/lighthouse.html"
FAILED = f"{ORIGIN}/news/the-tide-tables.html"
GONE = f"{ORIGIN}/news/withdrawn.html"
_LEAD = "The harbour board met on Monday evening and agreed after a long debate to dredge the eastern basin."
_COST = "The work will cost {} million and begin in spring, when the last of the winter storms has passed."
_END = "Fishermen had asked for it since the ferry ran aground there in heavy fog two years ago."
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415478da6398d2d0000003650171"
    "64a1c6cd0000000049454e44ae426082"
)
_CSS = "main{max-width:34rem;margin:2rem auto;font:18px/1.6 Georgia,serif}h1{color:rgb(12, 34, 56)}img{width:40px}"


def changed(hour: int, title: str, cost: str, modified: str) -> Shot:
    """The page that changed, as it was so many hours after noon."""
    stated = "2026-11-20T10:00:00+00:00"
    page = article(title, _LEAD, _COST.format(cost), _END, published=stated, modified=modified)
    return Shot(CHANGED, page, NOON + timedelta(hours=hour))


def styled() -> list[Shot]:
    """A page with a style sheet and a picture of its own, and a script that would tell that it ran."""
    page = article(
        "A lighthouse keeps its keeper", _LEAD, "The lamp is lit at dusk, as it has been for a century.", _END
    )
    page = page.replace("</head>", '<link rel="stylesheet" href="/s/main.css"></head>').replace(
        "</h1>",
        '</h1><img src="/s/lamp.png" alt="The lamp" onerror="document.title=1"><script>document.title="ran"</script>',
    )
    return [
        Shot(STYLED, page),
        Shot(f"{ORIGIN}/s/main.css", _CSS, NOON, (("Content-Type", "text/css"),), Origin(found_in="page")),
        Shot(f"{ORIGIN}/s/lamp.png", PIXEL, NOON, (("Content-Type", "image/png"),), Origin(found_in="page")),
    ]


def explored(path: Path, *more: Shot) -> Collection:
    """All of it."""
    later, first = "2026-11-20T15:00:00+00:00", "2026-11-20T10:00:00+00:00"
    cut = Shot(
        f"{ORIGIN}/cut.html", article("A story that ends too soon", _LEAD, _END), truncated=Truncation.DISCONNECT
    )
    empty = Shot(
        f"{ORIGIN}/empty.html", "<!doctype html><title>Nothing to read</title><body><nav><a href=/>Home</a></nav>"
    )
    made = make_collection(
        path,
        [*demo_shots(), *styled(), cut, empty],
        [changed(0, "Basin to be dredged", "four", first), changed(4, "Basin to be dredged", "five", first)],
        [changed(29, "Basin to be dredged in spring", "six", later), *more],
    )
    with made.lock():
        assert made.catch_up() == []
    _fail(made)
    return made


def _fail(collection: Collection) -> None:
    frontier = Frontier(collection.state)
    for url, why in (
        (FAILED, Failed(FailureKind.TIMEOUT, tries=3)),
        (GONE, Failed(FailureKind.NOT_FOUND, 404)),
        (f"{ORIGIN}/news/guarded.html", Failed(FailureKind.CAPTCHA, 403)),
        (f"{ORIGIN}/empty.html", None),
    ):
        frontier.add(Entry(normalise(url), url, Origin(), "courier.example"))
        entry = frontier.lease(math.inf, 9)
        assert entry
        now = NOON.timestamp() + 3600
        if why is None:
            frontier.done(entry, status=200, etag='"a"', last_modified=None, now=now)
        else:
            frontier.failed(entry, why, now=now)
    frontier.commit(frontier.finished())
    frontier.close()
