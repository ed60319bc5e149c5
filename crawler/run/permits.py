"""What a run may ask of private addresses: each site's own, and the robots.txt of hosts that it asks at all."""

from collections import defaultdict

from crawler.discover.reach import Place, place_of
from crawler.run.plan import Plan


class Permits:
    """The permissions of one run."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._asking: defaultdict[Place | None, set[str]] = defaultdict(set)

    def allows(self, site: str, url: str) -> bool:
        """Whether a URL that is asked for now may have a private address; its host's robots.txt may then, too."""
        allowed = self._plan.allows_private(site, url)
        if allowed:
            self._asking[place_of(url)].add(site)
        return allowed

    def allows_robots(self, url: str, asked: str) -> bool:
        """Whether a robots.txt may have one. `asked` is where it was asked for; it may have redirected to `url`."""
        return any(self._plan.allows_private(site, url) for site in self._asking.get(place_of(asked), ()))
