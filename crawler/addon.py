"""The add-on: the only place that edits Scrapy's settings."""

import os

from scrapy.settings import BaseSettings

from archive.software import software_version
from crawler.browser.pages import BrowserPages
from crawler.capture import CaptureHandler
from crawler.run.crawl_run import CrawlRun
from crawler.spiders.robots import RobotsNotes
from crawler.spiders.scheduler import FrontierScheduler

#: Where a site's owner can read who asks, and why. `CLEANCOPY_CONTACT` in the environment replaces it.
CONTACT = "https://pypi.org/project/cleancopy/"
#: Bytes of a response; the rest is cut and the capture says so.
LARGEST_RESPONSE = 64_000_000
_PRIORITY = "cmdline"


class CleancopyAddon:
    """Makes a crawl faithful and polite. Takes the run from CLEANCOPY_RUN."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Called by Scrapy before anything else reads the settings."""
        run = settings["CLEANCOPY_RUN"]
        # Not only off: even so it would load an HTTP server, which takes a tenth of a second.
        del settings["EXTENSIONS_BASE"]["scrapy.extensions.remote_control.RemoteControl"]
        for name, value in (_capture(run) | _manners() | _limits() | _quiet()).items():
            settings.set(name, value, _PRIORITY)
        settings.setdefault_in_component_priority_dict("DOWNLOADER_MIDDLEWARES", RobotsNotes, 90)
        settings.setdefault_in_component_priority_dict("DOWNLOADER_MIDDLEWARES", BrowserPages, 80)


def user_agent() -> str:
    """Who asks."""
    return f"cleancopy/{software_version()} (+{os.environ.get('CLEANCOPY_CONTACT') or CONTACT})"


def _capture(run: CrawlRun) -> dict[str, object]:
    return {
        "CAPTURE_SINK": run,
        "CAPTURE_TURNS": run.holdings.turns,
        "DOWNLOAD_HANDLERS": dict.fromkeys(("ftp", "file", "data", "s3"))
        | dict.fromkeys(("http", "https"), CaptureHandler),
        "SCHEDULER": FrontierScheduler,
        # An answer from a cache is not an exchange.
        "HTTPCACHE_ENABLED": False,
        # Codings are taken off by the judgement, for the crawl as for everything that reads the archive later.
        "COMPRESSION_ENABLED": False,
    }


def _manners() -> dict[str, object]:
    return {
        "USER_AGENT": user_agent(),
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        # The pace of each host is set in crawler.spiders.robots, and kept by crawler.capture.turns; a delay is a floor,
        # so that it must not be shortened.
        "DOWNLOAD_DELAY_JITTER": 0.0,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "*",
            # pywb cannot replay zstd.
            "Accept-Encoding": "gzip, br",
        },
        "COOKIES_ENABLED": False,
        "REFERRER_POLICY": "no-referrer",
        "REDIRECT_MAX_TIMES": 5,
    }


def _limits() -> dict[str, object]:
    return {
        "DOWNLOAD_MAXSIZE": LARGEST_RESPONSE,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": 60,
        "CONCURRENT_REQUESTS": 32,
        # Scrapy starts this many tasks for each response (scrapy issue 5182); there are no items here.
        "CONCURRENT_ITEMS": 4,
        "RETRY_ENABLED": True,
        "MEMUSAGE_ENABLED": False,
    }


def _quiet() -> dict[str, object]:
    return {
        "TELNETCONSOLE_ENABLED": False,
        "LOGSTATS_INTERVAL": 0,
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    }
