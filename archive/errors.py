"""Every error that cleancopy raises on purpose.

CleancopyError
├── ConfigurationError   our own input is wrong: a site file, an option, a model
├── CollectionError      a collection cannot be used: locked, missing, full disk
├── WarcError            a WARC cannot be read further, with file and offset (bytes)
│   └── CutShortError    a record is not as long as it says; what there is of it is as it was written
└── PageError            one page cannot become a record; it never ends a crawl
"""

from archive.telling.kinds import WarningKind


def own_words(message: str) -> str:
    """What a check of ours said, without what Pydantic puts in front of a ValueError's message."""
    return message.removeprefix("Value error, ")


class CleancopyError(Exception):
    """Base of all errors whose text is a sentence for the user: what, where, what to do."""


class ConfigurationError(CleancopyError):
    """Our own input is wrong. The command line exits with 2."""


class CollectionError(CleancopyError):
    """A collection on disk cannot be used."""


class WarcError(CleancopyError):
    """A WARC file is torn or malformed; the message names file and offset in bytes."""


class CutShortError(WarcError):
    """A record is not as long as it says. What there is of it is as it was written."""


class PageError(CleancopyError):
    """One page cannot become a record: not HTML, empty, too large, over its time limit. `kind` is what the record that
    stands for it says."""

    def __init__(self, sentence: str, kind: WarningKind = WarningKind.EXTRACTION_FAILED) -> None:
        super().__init__(sentence)
        self.kind = kind
