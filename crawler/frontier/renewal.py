"""What a frontier queues again: lists, what failed, what is gone, and articles whose next visit is due."""

import math
from collections.abc import Sequence

from archive.collection.failure import FailureKind
from crawler.frontier.dialect import SQLITE, Database, Dialect, Queued
from crawler.frontier.tables import IS_LIST

#: When a URL of a row is due that would be due at once: what a host asked for (Retry-After) outlives a run.
RESTED = "COALESCE((SELECT until FROM resting WHERE resting.host = frontier.host), 0)"

#: Seconds that a page is left alone after each run in a row that failed at it. The first is none: whoever mends a
#: network starts the next run. A site that blocks for a while refuses pages that it shows to everybody later: in a soak
#: test such pages were lost.
PAUSES = tuple(3600.0 * hours for hours in (0, 1, 6, 24, 48, 96, 168, 336, 672))
#: The runs in a row that may fail at a page. After the last it is not asked for any more.
MOST_RUNS = len(PAUSES) + 1
#: When the pause of a row is over.
_RESTED_RUN = f"changed + CASE runs {' '.join(f'WHEN {n} THEN {s}' for n, s in enumerate(PAUSES, 1))} ELSE 0 END"
#: Kinds of failures after which articles are asked for again in a later run, whatever the status.
_MAY_PASS = (
    FailureKind.DNS,
    FailureKind.CONNECTION,
    FailureKind.TIMEOUT,
    FailureKind.CUT,
    FailureKind.TOO_LARGE,
    FailureKind.ROBOTS_UNREADABLE,
    FailureKind.PRIVATE_ADDRESS,
    FailureKind.PROXY,
    FailureKind.CERTIFICATE,
    FailureKind.NOT_ASKED,
    FailureKind.CAPTCHA,
    FailureKind.CONSENT_WALL,
    FailureKind.RATE_LIMITED,
    FailureKind.OTHER,
)
#: A refusal that came as a page, with a status that refuses nothing; one by status.
_REFUSING_PAGE = f"(kind = '{FailureKind.REFUSED}' AND status < 400)"
_REFUSED = f"(kind = '{FailureKind.REFUSED}' AND status IN (401, 403))"
#: A page that came instead of the one asked for.
_WALL = f"(kind IN ('{FailureKind.CAPTCHA}', '{FailureKind.CONSENT_WALL}') OR {_REFUSING_PAGE})"
_MAY_COME = (
    f"(kind IN {tuple(kind.value for kind in _MAY_PASS)} OR {_REFUSING_PAGE} "
    f"OR (kind = '{FailureKind.HTTP_ERROR}' AND status >= 500) OR {_REFUSED})"
)


class Renewal:
    """Queues again what is in the table. Times are epoch seconds, given by callers."""

    def __init__(self, db: Database, waiting: Queued, dialect: Dialect = SQLITE) -> None:
        self._db = db
        self._waiting = waiting
        self._dialect = dialect

    def renew_found_in(self, url: str, site: str, *, began: float = math.inf) -> None:
        """Queue the lists that a list led to when it was last read: it has not changed, they may have. Those that were
        read since the run began are not read again."""
        queued = self._db.execute(
            f"UPDATE {self._dialect.lists} SET state = 'queued', attempts = 0, due = {RESTED} "  # noqa: S608
            f"WHERE site = ? AND state IN ('done', 'failed') AND {IS_LIST} AND {self._dialect.via} = ? "
            "AND changed < ? RETURNING host",
            (site, url, began),
        )
        # Counted one by one: an index of sitemaps may have a thousand, and the site a million articles.
        self._waiting.add(site, [host for (host,) in queued.fetchall()])

    def retry_failed(self, site: str | None = None, *, before: float = math.inf, now: float = math.inf) -> int:
        """Queue articles once more that failed before then, of a site or of all, for a new run, unless they are to be
        left alone for longer or were asked for in enough runs; how many. What led to a wall by a redirect is asked for
        again as well: the wall has an address of its own."""
        self._db.execute(
            f"UPDATE frontier SET state = 'queued', attempts = 0, due = {RESTED} "  # noqa: S608
            "WHERE state = 'done' AND purpose = 'article' AND target IS NOT NULL AND changed < ? "
            "AND (CAST(? AS TEXT) IS NULL OR site = ?) AND EXISTS (SELECT 1 FROM frontier AS wall "
            "WHERE wall.key = frontier.target AND wall.state IN ('failed', 'queued') "
            f"AND {_WALL} AND runs < {MOST_RUNS} AND {_RESTED_RUN} <= ?)",
            (before, site, site, now),
        )
        count = self._db.execute(
            f"UPDATE frontier SET state = 'queued', attempts = 0, due = {RESTED} "  # noqa: S608
            f"WHERE state = 'failed' AND purpose IN ('article', 'requisite', 'page') AND {_MAY_COME} "
            f"AND runs < {MOST_RUNS} AND {_RESTED_RUN} <= ? AND changed < ? AND (CAST(? AS TEXT) IS NULL OR site = ?)",
            (now, before, site, site),
        ).rowcount
        self._waiting.count(site)
        return count

    def revisit(self, site: str, ages: Sequence[float], now: float, *, priority: int) -> int:
        """Queue a site's captured articles that are due again: these many seconds after their first capture. What was
        missed meanwhile is made up for once. How many are queued."""
        due = " OR ".join("captured + ? > changed AND captured + ? <= ?" for _ in ages) or "1 = 0"
        queued = self._db.execute(
            f"UPDATE frontier SET state = 'queued', attempts = 0, due = {RESTED}, priority = ? "  # noqa: S608
            f"WHERE site = ? AND state = 'done' AND purpose = 'article' AND ({due})",
            (priority, site, *(value for age in ages for value in (age, age, now))),
        ).rowcount
        self._waiting.count(site)
        return queued

    def ask_gone_again(self, site: str, *, before: float) -> int:
        """Queue the articles of a site that were gone before then, each once; how many."""
        queued = self._db.execute(
            f"UPDATE frontier SET state = 'queued', attempts = 0, due = {RESTED} "  # noqa: S608
            "WHERE site = ? AND state = 'gone' AND gone = 1 AND changed < ?",
            (site, before),
        ).rowcount
        self._waiting.count(site)
        return queued

    def read_lists_anew(self, site: str, digest: str) -> None:
        """Ask for a site's lists without conditions once what is taken from them has changed (`digest`): a server
        that says "not modified" would hide what the new rules want."""
        row = self._db.execute("SELECT digest FROM lists_read_with WHERE site = ?", (site,)).fetchone()
        if row != (digest,):
            self._db.execute(
                f"UPDATE {self._dialect.lists} SET etag = NULL, last_modified = NULL WHERE site = ? AND {IS_LIST}",  # noqa: S608
                (site,),
            )
            self._db.execute(
                "INSERT INTO lists_read_with VALUES (?, ?) ON CONFLICT (site) DO UPDATE SET digest = excluded.digest",
                (site, digest),
            )
