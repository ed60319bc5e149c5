"""The addresses of a story's pages: what is left of one without the number of its page."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

#: What the number of a page is called in addresses.
NAMES = "page|pageno|pagenum|pagenumber|page_num|page_no|paged|pag|pagina|página|pg|p|seite|sida|side|sivu|strana|str"
_NAMED = frozenset(NAMES.split("|"))
_WHOLE_NAMES = frozenset("all|full|single|singlepage|single-page|fullpage|onepage|showall|viewall|view-all".split("|"))
_YES = frozenset(("", "1", "true", "yes", "y", "all", "full"))
#: Where a page comes from to another is not which page it is.
_TRACKING = re.compile(r"utm_|(?:fbclid|gclid|mc_cid|mc_eid|ref|source|src|cmpid|cmp|cid|xtor|wt_mc|partner)$", re.I)
_EXTENSION = re.compile(r"\.[a-z]{2,5}$", re.I)
_WORDED = re.compile(rf"[/_,.-](?:{NAMES})[/_,=-]?(\d{{1,3}})$", re.I)
_BARE = re.compile(r"([/_,-])(\d{1,3})$")
_WHOLE_PATH = re.compile(
    r"[/_,-](?:all|full|fullpage|single-?page|onepage|show-?all|view-?all|komplettansicht|seite-all|page-all)$", re.I
)


def stem_of(url: str) -> str:
    """What stands for all pages of a story, if this is the address of its first: host, path and query, without a
    number of 1 and without what says where a reader came from."""
    return next((stem for stem, number, _ in numbered(url) if number == 1), _key(*_taken_apart(url)))


def numbered(url: str) -> Iterator[tuple[str, int, str]]:
    """Each way to read a number in an address as that of a page: the stem, the number, and what stands before a bare
    number, as addresses of other stories have it too; empty where a word says that it is a page's."""
    host, path, pairs = _taken_apart(url)
    for place, (name, value) in enumerate(pairs):
        if name.lower() in _NAMED and value.isascii() and value.isdigit() and 0 < int(value[:6]) < 1000:
            yield _key(host, path, pairs[:place] + pairs[place + 1 :]), int(value), ""
    bare, rest = _parted(path)
    if (found := _WORDED.search(bare)) and int(found[1]):
        yield _key(host, bare[: found.start()] + rest, pairs), int(found[1]), ""
    elif (found := _BARE.search(bare)) and int(found[2]) > 1:
        yield _key(host, bare[: found.start()] + rest, pairs), int(found[2]), found[1]


def is_whole_of(url: str, first: str) -> bool:
    """Whether an address is that of the view that has all pages of a story in one."""
    host, path, pairs = _taken_apart(url)
    own = stem_of(first)
    for place, (name, value) in enumerate(pairs):
        is_all = name.lower() in (*_NAMED, "pagewanted", "view") and value.lower() in (*_WHOLE_NAMES, "print_all")
        if is_all or (name.lower() in _WHOLE_NAMES and value.lower() in _YES):
            return _key(host, path, pairs[:place] + pairs[place + 1 :]) == own
    bare, extension = _parted(path)
    found = _WHOLE_PATH.search(bare)
    return found is not None and _key(host, bare[: found.start()] + extension, pairs) == own


def _parted(path: str) -> tuple[str, str]:
    """A path and its `.html`."""
    found = _EXTENSION.search(path)
    return (path[: found.start()], found[0]) if found else (path, "")


def _taken_apart(url: str) -> tuple[str, str, list[tuple[str, str]]]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", url, []
    pairs = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(pair[0])]
    return parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/"), pairs


def _key(host: str, path: str, pairs: list[tuple[str, str]]) -> str:
    return f"https://{host}{path.rstrip('/')}" + (f"?{urlencode(pairs)}" if pairs else "")
