"""What discovery finds, and the sizes that it goes to."""

from dataclasses import dataclass

from archive.exchange import Origin, Purpose
from archive.sites.logins import without_login

#: Entries taken from one source, and bytes of one source once inflated (the sitemap protocol allows 50,000
#: entries and 50 MB).
MAX_ENTRIES = 50_000
MAX_BYTES = 60_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """A link worth fetching and how it was found."""

    url: str
    origin: Origin

    def __post_init__(self) -> None:
        """Leave out a name and a password."""
        object.__setattr__(self, "url", without_login(self.url))

    @property
    def is_page(self) -> bool:
        """Whether it leads to an article, and not to another list."""
        return self.origin.purpose is Purpose.ARTICLE
