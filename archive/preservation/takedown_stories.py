"""A story in several pages is taken down as a whole: none of its pages is a record's alone."""

import json
from collections.abc import Iterator

from archive.collection.folder import Collection
from archive.preservation.takedown_order import Covered, Order

#: How the line of such a story differs from all others.
JOINED = b'"pages":[{'


def with_whole_stories(collection: Collection, order: Order) -> Order:
    """The order, with the addresses of all pages of the stories that it names a page of."""
    covers = Covered([order], collection.sites)
    stories = [urls for urls in _stories(collection) if any(map(covers, urls))] if order.urls else []
    found = dict.fromkeys(url for urls in stories for url in urls if not covers(url))
    return order.model_copy(update={"urls": (*order.urls, *found)})


def _stories(collection: Collection) -> Iterator[list[str]]:
    for path in sorted(collection.records.glob("*.jsonl")):
        with path.open("rb") as lines:
            for line in lines:
                if JOINED in line:
                    yield _addresses(line)


def _addresses(line: bytes) -> list[str]:
    try:
        pages = json.loads(line)["warc"]["pages"]
        return [page["url"] for page in pages if page["url"]]
    except (ValueError, KeyError, TypeError):
        return []  # Whoever rewrites the lines says which one is none.
