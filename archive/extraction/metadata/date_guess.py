"""htmldate's search of a page's markup, where nothing else has a date.

Its search of the text finds a date on nearly every page, right or not, and loads dateparser, so it stays off. A module
of its own, because htmldate takes a tenth of a second to load.
"""

import itertools
import warnings
from copy import deepcopy
from datetime import datetime

from htmldate import find_date
from htmldate.extractors import try_date_expr
from htmldate.settings import CLEANING_LIST
from htmldate.validators import reset_validator_caches
from lxml import etree

from archive.telling.shield import shielded

#: Elements that htmldate drops from a page, from which on they are dropped for it.
_MOST_DROPPED = 200
_COMMENTED = etree.XPath("boolean(//@*[contains(., '<!--')])")


def guess_date(tree: etree._Element, url: str, latest: datetime | None) -> str | None:
    """The day (ISO 8601) that htmldate takes for the publication's, none after `latest`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dateutil's, on time zones it does not know; only the day is used
        guess = shielded(
            "date_published",
            None,
            find_date,
            _writable(tree),
            original_date=True,
            extensive_search=False,
            url=url or None,
            max_date=latest.date().isoformat() if latest else None,
        )
    # They count their entries alone, and some are whole attributes of a page. (Its own `reset_caches` logs an error.)
    try_date_expr.cache_clear()
    reset_validator_caches()
    return None if guess is None else str(guess)


def _writable(tree: etree._Element) -> etree._Element:
    """The tree, or a copy without what htmldate takes quadratic time over: attributes with `<!--`, for each of which
    libxml2 looks for the end of the comment in all of the rest; and hundreds of elements that htmldate drops one by
    one, copying the text behind each to what stands before."""
    dropped = list(itertools.islice(tree.iter(CLEANING_LIST), _MOST_DROPPED))
    if len(dropped) < _MOST_DROPPED and not _COMMENTED(tree):
        return tree
    copy = deepcopy(tree)
    if len(dropped) == _MOST_DROPPED:
        etree.strip_elements(copy, *CLEANING_LIST, with_tail=False)
    for element in copy.iter(etree.Element):
        for name in [name for name, value in element.attrib.items() if "<!--" in value]:
            del element.attrib[name]
    return copy
