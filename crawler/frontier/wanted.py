"""What a lease may be."""

from enum import StrEnum

from crawler.frontier.tables import IS_LIST, LISTS


class Wanted(StrEnum):
    """Lists lead to articles, articles need requisites and their further pages. The value is the condition on an
    entry's row."""

    ALL = "1 = 1"
    ARTICLES = "purpose = 'article'"
    NEW_ARTICLES = "purpose = 'article' AND captured IS NULL"
    NEEDED = "purpose IN ('requisite', 'page')"
    PAGES = "purpose IN ('article', 'requisite', 'page')"
    LISTS = IS_LIST

    @property
    def table(self) -> str:
        """What to select such entries from, in SQLite."""
        return LISTS if self is Wanted.LISTS else "frontier"
