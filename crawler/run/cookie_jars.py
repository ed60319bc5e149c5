"""The cookies that sites set during a run, sent back to them as a browser does: some redirect until they see theirs.

They end with the run, so that no run finds what an earlier one was taken for.
"""

from collections import defaultdict

from scrapy import Request
from scrapy.http import Response
from scrapy.http.cookies import CookieJar

#: Cookies of one site, and bytes of one: as many as browsers keep of a domain.
MOST, LARGEST = 180, 4096


class CookieJars:
    """A jar for each site."""

    def __init__(self) -> None:
        self._jars: defaultdict[str, CookieJar] = defaultdict(CookieJar)

    def take(self, site: str, response: Response, request: Request) -> None:
        """Keep what an answer sets."""
        said = [value for value in response.headers.getlist("Set-Cookie") if len(value) <= LARGEST]
        if said and len(self._jars[site]) + len(said) <= MOST:
            self._jars[site].extract_cookies(Response(response.url, headers={"Set-Cookie": said}), request)

    def give(self, site: str, request: Request) -> None:
        """Add a site's cookies to a request, beside those that its file names; of two of one name the server's own is
        the newer one."""
        if site not in self._jars:
            return
        configured = request.headers.pop("Cookie", [])
        self._jars[site].add_cookie_header(request)
        set_here = b"; ".join(request.headers.getlist("Cookie"))
        names = {pair.partition(b"=")[0].strip() for pair in set_here.split(b";")}
        pairs = [pair.strip() for value in configured for pair in value.split(b";")]
        kept = [pair for pair in pairs if pair and pair.partition(b"=")[0].strip() not in names]
        if cookies := [*kept, set_here] if set_here else kept:
            request.headers["Cookie"] = b"; ".join(cookies)

    def has_any(self, site: str) -> bool:
        """Whether a site has set any."""
        return site in self._jars and len(self._jars[site]) > 0
