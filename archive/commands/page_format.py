"""What `cleancopy clean` makes of a page."""

from enum import StrEnum


class Format(StrEnum):
    """What is made of a page."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
