"""A response as far as it matters for whether it repeats an earlier one (WARC 1.1, section 6.7)."""

from typing import NamedTuple

from archive.exchange import Purpose
from archive.warc.message import HttpMessage

#: Bytes of body below which a response is stored again. A revisit record has three more fields than a response,
#: about 250 bytes, and empty or tiny bodies are alike without having anything to do with each other.
LEAST_BODY = 512
_FURTHER_PAGE = f"{Purpose.PAGE}\n"


class Original(NamedTuple):
    """A response that was stored in full: its payload digest, record id, URL and WARC-Date."""

    digest: str
    record_id: str
    url: str
    date: str


class Revisit(NamedTuple):
    """That a response need not be stored again, and why."""

    original: Original
    profile: str


class Sighting(NamedTuple):
    """A response as far as it matters here. `whole` says that it answers a GET and was not cut, `size` is the bytes
    of its body, and `form` is what has to be alike beside the payload for one response to stand for another."""

    original: Original
    status: int | None
    form: str
    size: int
    whole: bool

    @property
    def is_good(self) -> bool:
        """Whether the page itself came."""
        return self.whole and self.status is not None and 200 <= self.status < 300

    @property
    def is_worth_referring(self) -> bool:
        """Whether storing it once is enough. A story's further pages stand with its first one, always whole."""
        return self.is_good and self.size >= LEAST_BODY and not self.form.startswith(_FURTHER_PAGE)


def form_of(message: HttpMessage, purpose: str) -> str:
    """What else must be alike: replay puts a revisit's headers on the original's body, so both must be coded alike,
    and a page that was only read for its links has no record that could stand for an article's."""
    names = ("content-type", "content-encoding", "transfer-encoding")
    return "\n".join([purpose, *(message.first(name) or "" for name in names)])


def sighting_of(
    original: Original, message: HttpMessage, size: int, *, purpose: str, method: str, truncated: bool
) -> Sighting:
    """The sighting of a response from the parts of its exchange."""
    whole = method == "GET" and not truncated
    return Sighting(original, message.status, form_of(message, purpose), size, whole)
