"""Answers that stand in the way of a page: refusals, tests for robots, consent walls.

Told from one answer alone. A page with the text of an article is never taken for one: articles are written about
captchas too, and many pages load one for their comments.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree

from archive.errors import PageError
from archive.exchange import Kind
from archive.extraction.parsing import parse_page
from archive.telling.shield import gathering

#: Bytes of the largest such page; a larger one is taken for what was asked for.
LARGEST = 300_000
#: As many runs of text of 80 characters or more are an article's, or a front page's.
_LONG_RUN, _ARTICLE_RUNS = re.compile(rb">[^<>{}]{80,}<"), 10
#: Words that such a page shows at most: tests for robots rarely have 100, consent walls with their purposes some 350.
_FEW, _SOME = 150, 400
#: Links of a consent wall at most: to the policy, the imprint, the subscription, the log-in.
_WAY_OUT = 10
#: Words at the beginning of a page in which a consent wall says what it is.
_OPENING = 60
_UNSEEN = frozenset(("script", "style", "template", "svg", "iframe"))

_REFUSALS = (401, 402, 403, 451)
#: Headers of such tests, with the beginning of their value, as Cloudflare ("Detect a Challenge Page response") and
#: AWS WAF ("How the AWS WAF CAPTCHA and Challenge rule actions work") document them.
_CHALLENGE_HEADERS = (("cf-mitigated", "challenge"), ("x-amzn-waf-action", "c"))
#: What pages of these tests load: Cloudflare, Imperva, DataDome, HUMAN (PerimeterX), AWS WAF, Akamai, Sucuri,
#: DDoS-Guard; hCaptcha, reCAPTCHA and Turnstile.
_TESTS = re.compile(
    rb"/cdn-cgi/challenge-platform/|_Incapsula_Resource|captcha-delivery\.com|px-captcha|_pxAppId|awswaf\.com"
    rb"|sec-if-cpt-container|sucuri_cloudproxy|ddos-guard|hcaptcha\.com|recaptcha|challenges\.cloudflare\.com"
)
_TEST_WORDS = re.compile(
    r"just a moment|attention required|are you (?:a )?(?:robot|human)|you are (?:a )?human|not a robot"
    r"|unusual (?:traffic|activity)|pardon our interruption|checking (?:if the site|your browser)|security check"
    r"|solve (?:the|this) captcha|kein roboter|pas un robot|no (?:eres|soy) un robot|non sono un robot"
    r"|enable (?:javascript|js) and (?:cookies|disable)",
    re.IGNORECASE,
)
_REFUSAL_WORDS = re.compile(
    r"access (?:to this page has been |to this site is )?(?:denied|forbidden)|you have been blocked"
    r"|request (?:was |has been )?blocked|not available in your (?:country|region|location)"
    r"|unavailable for legal reasons|zugriff verweigert|accès refusé|acceso denegado|accesso negato",
    re.IGNORECASE,
)
#: A consent wall speaks of cookies or data, and asks to accept; both, so that news of either is not taken for one.
_COOKIES = re.compile(
    r"cookie|privacy|personal data|datenschutz|personenbezogen|données personnelles|datos personales|dati personali"
    r"|persoonsgegevens|personuppgifter|personopplysninger|dados pessoais|danych osobowych|персональн",
    re.IGNORECASE,
)
_ACCEPT = re.compile(
    r"\baccept|\bagree|consent|before you continue|zustimm|einwillig|akzeptier|\bacept|\bacconsent|\baccett|akkoord"
    r"|toestemming|godkänn|samtyck|godta|samtykke|aceitar|zgadzam|akceptuj|соглас|souhlas",
    re.IGNORECASE,
)
_CONSENT_HOSTS = re.compile(r"^(?:consent|privacy|myprivacy|cmp|guce)\.")
_PAGE_MARKS = re.compile(
    rb"NewsArticle|<article\b|<nav\b|application/(?:rss|atom)\+xml|property=[\"']?og:type[\"']?\s+content=[\"']?article",
    re.IGNORECASE,
)


def obstacle_of(
    status: int, headers: Iterable[tuple[str, str]], body: bytes, url: str = "", *, is_html: bool = True
) -> Kind | None:
    """What stands in the way of a page; None for a page, and for errors with other reasons (404, 500).

    `body` is the entity without transfer and content coding, of whatever kind; `url` is the address it came from. A
    `status` of 0 is none, as of what a user hands over: that is taken for what it is said to be.
    """
    named = {name.lower(): value.strip().lower() for name, value in headers}
    if status != 200 and any(named.get(name, "").startswith(value) for name, value in _CHALLENGE_HEADERS):
        return Kind.CAPTCHA
    if status == 429:
        return Kind.RATE_LIMITED
    page = _Page(body[: LARGEST + 1], url) if is_html else None
    if status in _REFUSALS:
        return Kind.CAPTCHA if page and page.tests() else Kind.REFUSED
    if page is None or not (200 <= status < 300 or status == 503) or page.has_text():
        return None
    if page.tests():
        return Kind.CAPTCHA
    return page.instead() if status != 503 else None


@dataclass
class _Page:
    """A page's first bytes, and its address. It is parsed only where something speaks for an obstacle."""

    body: bytes
    url: str

    def has_text(self) -> bool:
        """Whether there is as much of it, or as much running text, as articles and front pages have."""
        runs = islice(_LONG_RUN.finditer(self.body), _ARTICLE_RUNS)
        return len(self.body) > LARGEST or sum(1 for _ in runs) == _ARTICLE_RUNS

    def tests(self) -> bool:
        """A test for robots: it loads one or says so, in few words, and shows next to nothing else."""
        loads = bool(_TESTS.search(self.body))
        if len(self._words) > _FEW or not (loads or _TEST_WORDS.search(self._title)):
            return False
        return len(self._words) < _OPENING / 2 or bool(_TEST_WORDS.search(self._said))

    def instead(self) -> Kind | None:
        """A consent wall or a refusal that was sent as if it were the page."""
        if len(self._words) <= _SOME and (_CONSENT_HOSTS.match(self._host) or self._asks_consent()):
            return Kind.CONSENT_WALL
        refuses = len(self._words) <= _FEW and _REFUSAL_WORDS.search(self._said)
        return Kind.REFUSED if refuses else None

    def _asks_consent(self) -> bool:
        """Many small pages show a banner that says the same: they lead elsewhere too."""
        asks = bool(_COOKIES.search(self._said) and _ACCEPT.search(self._said)) and not _PAGE_MARKS.search(self.body)
        return asks and self._tree is not None and len(self._tree.findall(".//a[@href]")) <= _WAY_OUT

    @property
    def _host(self) -> str:
        with suppress(ValueError):  # other tools' files name addresses such as http://[bad/
            return urlsplit(self.url).hostname or ""
        return ""

    @cached_property
    def _tree(self) -> etree._Element | None:
        # What is odd about the page is said where its record is made.
        with gathering(), suppress(PageError):
            return parse_page(self.body.decode("utf-8", "replace"))
        return None

    @cached_property
    def _title(self) -> str:
        return " ".join(str(self._tree.findtext(".//title") or "").split()) if self._tree is not None else ""

    @cached_property
    def _words(self) -> list[str]:
        """As many as are looked at."""
        body = None if self._tree is None else self._tree.find("body")
        texts = () if body is None else _texts(body)
        return list(islice((word for text in texts for word in text.split()), _SOME + 1))

    @property
    def _said(self) -> str:
        return " ".join([self._title, *self._words[:_OPENING]])


def _texts(body: etree._Element) -> Iterator[str]:
    """What a page shows, text by text."""
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            text = None if element is body else element.tail
        elif element.tag in _UNSEEN:
            walk.skip_subtree()
            continue
        else:
            text = element.text
        if text:
            yield text
