"""What a site's file permits, and what is secret in it: how far both reach, and where they stand."""

import gzip
import json
import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import ConfigurationError
from archive.exchange import Origin
from archive.sites import Site, load_site
from archive.sites.logins import has_login, shown, without_login
from archive.warc.fields import parse_fields
from archive.warc.record import WarcRecord, read_warc
from crawler.capture.recording import redacted
from crawler.discover import Found
from crawler.discover.reach import reach_of
from crawler.run.plan import Options, plan_sites, plan_urls
from crawler.run.secret_headers import headers_of
from tests.scripted import Run, ScriptedSite, story

SECRET, COOKIE = "Sesame-4711-open", "c00kie-of-ours-0815"


@pytest.fixture
def other() -> Iterator[ScriptedSite]:
    """Another machine of this network."""
    site = ScriptedSite("127.0.0.2")
    yield site
    site.close()


# Which hosts are a site's own


SITE = Site.model_validate(
    {
        "domain": "gull.example",
        "aliases": ["gull.test"],
        "home": "https://gull.example:8443/",
        "discover": {"feeds": ["http://feeds.example/gull", "/feed"], "sections": ["https://10.0.0.1:99/x"]},
        "tests": [{"url": "https://cms.example/a", "title": "A"}],
    }
)
OWN = """
    https://gull.example/a http://gull.example/ https://www.gull.example/ https://a.b.gull.example/
    https://gull.test/ https://gull.example:8443/ http://feeds.example/b https://10.0.0.1:99/y https://cms.example/b
    https://GULL.example./
"""
FOREIGN = """
    https://gull.example:8080/ https://notgull.example/ https://example/ http://feeds.example:81/
    https://sub.cms.example/ https://10.0.0.1/ https://10.0.0.2:99/ https://evil.example/gull.example
    https://gull.example@evil.example/ https://gull.example.evil.example/ ftp://gull.example/ https:///a
    https://gull.example:port/
"""


@pytest.mark.parametrize("url", OWN.split())
def test_a_sites_hosts_are_those_that_its_file_names(url: str) -> None:
    assert reach_of(SITE).holds(url)


@pytest.mark.parametrize("url", FOREIGN.split())
def test_no_other_host_is_a_sites_own(url: str) -> None:
    assert not reach_of(SITE).holds(url)


def test_below_an_address_or_a_bare_name_is_nothing() -> None:
    assert not reach_of(Site(domain="127.0.0.1")).holds("http://1.127.0.0.1/")
    assert not reach_of(Site(domain="localhost")).holds("http://db.localhost/")
    assert reach_of(Site(domain="möwe.example")).holds("https://xn--mwe-sna.example/")


def test_secrets_go_in_the_open_only_where_the_file_has_no_tls() -> None:
    reach = reach_of(SITE)
    assert reach.is_safe("https://gull.example/a")
    assert reach.is_safe("http://feeds.example/gull")
    assert not reach.is_safe("http://gull.example/a")
    assert reach_of(Site(domain="g.example", home="http://g.example/")).is_safe("http://www.g.example/")
    assert not reach_of(SITE, ["http://gull.example/a"]).is_safe("http://gull.example/a")
    assert reach_of(Site(domain="g.example"), ["http://g.example/a"]).is_safe("http://g.example/b")


def test_what_the_user_allows_is_for_the_hosts_that_the_user_names() -> None:
    plan = plan_urls(["http://10.0.0.1/a", "http://10.0.0.2:81/"], Options(allow_private=True), "a test")
    assert plan.allows_private("10.0.0.1", "http://10.0.0.1/b")
    assert plan.allows_private("10.0.0.1", "http://10.0.0.2:81/b")
    assert not plan.allows_private("10.0.0.1", "http://10.0.0.3/")
    assert not plan.allows_private("10.0.0.1", "http://10.0.0.2/")
    plan = plan_sites([SITE], Options(allow_private=True))
    assert plan.allows_private("gull.example", "http://feeds.example/c")
    assert not plan.allows_private("gull.example", "http://10.0.0.3/")
    assert not plan_sites([SITE], Options()).allows_private("gull.example", "https://gull.example/")


def _site_file(folder: Path, site: ScriptedSite, crawl: str, more: str = "") -> None:
    (folder / "sites").mkdir(exist_ok=True)
    (folder / "sites/127.0.0.1.yaml").write_text(
        f"home: {site.url}/\n{more}crawl:\n  delay: 0\n  allow_private: true\n{crawl}"
    )


def test_permission_leads_to_no_other_machine(
    tmp_path: Path, cleancopy: Run, site: ScriptedSite, other: ScriptedSite
) -> None:
    """Through a redirect, robots.txt, a sitemap, a feed or another port of the same machine."""
    another_port = ScriptedSite()
    for path in ("/one-of-the-stories.html", "/sitemap.xml", "/feed.xml", "/robots.txt"):
        other.page(path, story("Inside"))
        another_port.page(path, story("Inside"))
    moved = "/2026/11/20/moved-to-another-machine.html"
    site.page(moved, "", status=302, Location=f"{other.url}/one-of-the-stories.html")
    site.page("/2026/11/20/moved-to-another-port.html", "", status=302, Location=f"{another_port.url}/robots.txt")
    site.page("/2026/11/20/moved-within.html", "", status=302, Location="/2026/11/20/stays-where-it-was.html")
    site.page("/2026/11/20/stays-where-it-was.html", story("Here"))
    links = "".join(f"<a href={path}>{path} is a long text</a>" for path in site.pages if path.startswith("/2026"))
    site.page("/", f"<link rel=alternate type=application/rss+xml href={other.url}/feed.xml>{links}")
    site.page("/robots.txt", f"User-agent: *\nSitemap: {other.url}/sitemap.xml\n", Content_Type="text/plain")
    _site_file(tmp_path, site, "", "discover: {sections: [/], sitemaps: [/sitemap.xml]}\n")
    site.page("/sitemap.xml", "", status=301, Location=f"{other.url}/sitemap.xml")
    ran = cleancopy("crawl", "sites/127.0.0.1.yaml", "--collection", "c")
    assert "1 articles" in ran.err, ran.err
    assert other.paths() == another_port.paths() == []
    assert "127.0.0.2 is not a public address" in ran.err
    assert "not for others that these lead to" in ran.err
    ran = cleancopy("crawl", f"{site.url}/", "--collection", "d", "--delay", 0, "--allow-private")
    assert other.paths() == another_port.paths() == []
    another_port.close()


def test_a_robots_txt_leads_to_no_other_machine(
    tmp_path: Path, cleancopy: Run, site: ScriptedSite, other: ScriptedSite
) -> None:
    site.page("/robots.txt", "", status=302, Location=f"{other.url}/robots.txt")
    site.page("/2026/11/20/stays-where-it-was.html", story("Here"))
    (tmp_path / "urls.txt").write_text(f"{site.url}/2026/11/20/stays-where-it-was.html")
    cleancopy("crawl", "--urls", "urls.txt", "--collection", "c", "--delay", 0, "--allow-private")
    assert site.paths()[0] == "/robots.txt"
    assert other.paths() == []


def test_a_file_for_extraction_is_not_taken_from_another_machine(
    cleancopy: Run, site: ScriptedSite, other: ScriptedSite
) -> None:
    other.page("/a.warc.gz", b"")
    site.page("/a.warc.gz", "", status=302, Location=f"{other.url}/a.warc.gz")
    ran = cleancopy("extract", f"{site.url}/a.warc.gz", "--allow-private")
    assert (ran.code, other.paths()) == (1, [])
    assert "127.0.0.2 is not a public address" in ran.err


# Secrets


def test_a_secret_is_no_part_of_a_site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cleancopy-key").write_text(COOKIE + "\n")
    monkeypatch.setenv("CLEANCOPY_SITE_GULL", SECRET)
    path = tmp_path / "gull.example.yaml"
    path.write_text(
        "crawl:\n  headers: {Accept-Language: de, X-Api-Key: {env: CLEANCOPY_SITE_GULL}}\n"
        f"  cookies: {{sid: {{file: {tmp_path}/cleancopy-key}}}}\n"
    )
    site = load_site(path)
    headers = headers_of(site, tmp_path / "c")
    assert headers.secret == {"X-Api-Key": SECRET, "Cookie": f"sid={COOKIE}"}
    assert headers.hidden == {"x-api-key", "cookie"}
    reach = reach_of(site)
    assert headers.of("https://gull.example/", reach) == {"Accept-Language": "de", **headers.secret}
    assert headers.of("http://gull.example/", reach) == {"Accept-Language": "de"}
    assert headers.of("https://evil.example/", reach) == {}
    for text in (repr(headers), repr(site), site.model_dump_json(), str(site)):
        assert SECRET not in text
        assert COOKIE not in text


WRONG = {
    "Cookie": ("headers: {Cookie: sEcReT}", "crawl.headers: Cookie is secret"),
    "Authorization": ("headers: {authorization: sEcReT}", "crawl.headers: authorization is secret"),
    "proxy": ("headers: {Proxy-Authorization: sEcReT}", "expected {env: CLEANCOPY_SITE_NAME}, an environment variable"),
    "key": ("headers: {X-Api-Key: sEcReT}", "X-Api-Key is secret"),
    "apikey": ("headers: {apikey: sEcReT}", "apikey is secret"),
    "token": ("headers: {X-Access-Token: sEcReT}", "X-Access-Token is secret"),
    "bearer": ("headers: {X-Gull: Bearer sEcReT}", "X-Gull is secret"),
    "number": ("headers: {Authorization: 471147114711}", "Authorization: expected {env: CLEANCOPY_SITE_NAME}"),
    "list": ("headers: {Authorization: [sEcReT]}", "Authorization: expected {env: CLEANCOPY_SITE_NAME}"),
    "cookie": ("cookies: {sid: sEcReT}", "crawl.cookies: sid may be secret"),
    "cookie number": ("cookies: {sid: 471147114711}", "sid: expected {env: CLEANCOPY_SITE_NAME}"),
    "cookie name": ("cookies: {'a b': {env: CLEANCOPY_SITE_A}}", "expected a cookie's name"),
    "cookies": ("cookies: sEcReT", "crawl.cookies: expected keys and values"),
    "headers": ("headers: sEcReT", "crawl.headers: expected keys and values"),
    "variable": ("headers: {Cookie: {env: sEcReT-4711}}", "Cookie: expected {env: CLEANCOPY_SITE_NAME}"),
    "other variable": ("headers: {Cookie: {env: AWS_SECRET_ACCESS_KEY}}", "{env: CLEANCOPY_SITE_NAME}, an environment"),
    "our variable": ("headers: {Cookie: {env: CLEANCOPY_SMTP_PASSWORD}}", "variable whose name begins so"),
    "other file": ("headers: {Cookie: {file: ~/.aws/credentials}}", "begins with cleancopy- or .cleancopy-"),
    "folder alone": ("cookies: {a: {file: /cleancopy-x/key}}", "begins with cleancopy- or .cleancopy-"),
    "out of it": ("cookies: {a: {file: /cleancopy-x/../etc/passwd}}", "begins with cleancopy- or .cleancopy-"),
    "path": ("headers: {Cookie: {file: sEcReT}}", "Cookie: expected {env: CLEANCOPY_SITE_NAME}"),
    "key of it": ("headers: {Cookie: {sEcReT: A}}", "Cookie: expected {env: CLEANCOPY_SITE_NAME}"),
    "both": (
        "headers: {Cookie: {env: CLEANCOPY_SITE_A, file: /sEcReT}}",
        "Cookie: expected {env: CLEANCOPY_SITE_NAME}",
    ),
    "twice": (
        "{headers: {Cookie: {env: CLEANCOPY_SITE_A}}, cookies: {a: {env: CLEANCOPY_SITE_B}}}",
        "expected 'cookies' or the header Cookie",
    ),
    "home": ("home", "home: a URL with a name or a password before the host"),
}


@pytest.mark.parametrize("name", WRONG)
def test_no_message_quotes_what_may_be_secret(name: str, tmp_path: Path) -> None:
    written, said = WRONG[name]
    text = f"crawl:\n  {written}\n" if not written.startswith("{") else f"crawl: {written}\n"
    path = tmp_path / "gull.example.yaml"
    path.write_text("home: https://me:sEcReT@gull.example/\n" if written == "home" else text)
    with pytest.raises(ConfigurationError) as raised:
        load_site(path)
    assert said in str(raised.value)
    assert str(path) in str(raised.value)
    assert "sEcReT" not in str(raised.value)
    assert "4711" not in str(raised.value)


def test_a_missing_secret_stops_with_file_key_and_variable(
    tmp_path: Path, cleancopy: Run, site: ScriptedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    _site_file(tmp_path, site, "  cookies:\n    sid: {env: CLEANCOPY_SITE_NOWHERE}\n")
    ran = cleancopy("crawl", "sites/127.0.0.1.yaml", "--collection", "c")
    assert ran.code == 2
    assert (
        ran.err
        == "sites/127.0.0.1.yaml:6: crawl.cookies.sid: the environment variable CLEANCOPY_SITE_NOWHERE is not set\n"
    )
    assert not (tmp_path / "c").exists()
    monkeypatch.setenv("CLEANCOPY_SITE_NOWHERE", "a\nb-sEcReT")
    ran = cleancopy("crawl", "sites/127.0.0.1.yaml", "--collection", "c")
    assert (ran.code, "sEcReT" in ran.err) == (2, False)
    assert "expected the environment variable CLEANCOPY_SITE_NOWHERE to hold one line" in ran.err
    (tmp_path / "c").mkdir()
    (tmp_path / "c/cleancopy-key").write_text(SECRET)
    _site_file(tmp_path, site, f"  headers: {{Authorization: {{file: {tmp_path}/c/cleancopy-key}}}}\n")
    ran = cleancopy("crawl", "sites/127.0.0.1.yaml", "--collection", "c")
    assert ran.code == 2
    assert "lies in the collection, of which copies are made" in ran.err
    assert site.paths() == []


def _contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file of a folder as it can be read: unpacked, databases row by row."""
    for path in (path for path in folder.rglob("*") if path.is_file()):
        raw = path.read_bytes()
        yield path, raw
        if path.name.endswith(".gz"):
            yield path, gzip.decompress(raw)
        if raw.startswith(b"SQLite format 3"):
            with sqlite3.connect(path) as base:
                yield path, "\n".join(base.iterdump()).encode()


def _where(folder: Path, *secrets: str) -> list[str]:
    forms = [form for secret in secrets for form in (secret.encode(), b64encode(secret.encode()).rstrip(b"="))]
    return [path.name for path, content in _contents(folder) if any(form in content for form in forms)]


def _requests(folder: Path) -> list[WarcRecord]:
    records = [record for warc in sorted((folder / "archive").glob("*.warc.gz")) for record in read_warc(warc)]
    return [record for record in records if record.type in ("request", "metadata")]


@pytest.fixture
def behind_login(
    tmp_path: Path, site: ScriptedSite, other: ScriptedSite, monkeypatch: pytest.MonkeyPatch
) -> ScriptedSite:
    """A site that sends a cookie and a header, and leads elsewhere."""
    monkeypatch.setenv("CLEANCOPY_SITE_LOGIN", f"Bearer {SECRET}")
    (tmp_path / "cleancopy-cookie").write_text(COOKIE + "\n")
    site.page("/2026/11/20/stays-where-it-was.html", story("Here") + f"<img src={other.url}/p.png>")
    site.page("/2026/11/20/moved-to-another-machine.html", "", status=302, Location=f"{other.url}/away.html")
    other.page("/away.html", story("Away"))
    links = "".join(f"<a href={path}>{path} is a long text</a>" for path in list(site.pages))
    site.page("/", links)
    _site_file(
        tmp_path,
        site,
        "  requisites: true\n"
        "  headers: {Accept-Language: de, Authorization: {env: CLEANCOPY_SITE_LOGIN}}\n"
        f"  cookies: {{sid: {{file: {tmp_path}/cleancopy-cookie}}}}\n",
        "discover: {sections: [/]}\n",
    )
    return site


def test_secrets_are_sent_and_kept_nowhere(
    tmp_path: Path, cleancopy: Run, behind_login: ScriptedSite, other: ScriptedSite
) -> None:
    (tmp_path / "sites/127.0.0.2.yaml").write_text(
        f"home: {other.url}/\ncrawl: {{delay: 0, allow_private: true}}\ndiscover: {{sections: [/away.html]}}\n"
    )
    crawl = ("crawl", "sites/127.0.0.1.yaml", "sites/127.0.0.2.yaml", "--collection", "c", "--allow-private")
    ran = cleancopy(*crawl, "--sites", "sites")
    assert "articles" in ran.err, ran.err
    sent = [headers for _, path, headers in behind_login.hits if path != "/robots.txt"]
    assert {headers["Authorization"] for headers in sent} == {f"Bearer {SECRET}"}
    assert {headers["Cookie"] for headers in sent} == {f"sid={COOKIE}"}
    assert {headers["Accept-Language"] for headers in sent} == {"de"}
    assert {"/away.html", "/p.png"} <= set(other.paths())
    for _, _, headers in other.hits:
        assert "Authorization" not in headers
        assert "Cookie" not in headers
        assert headers["Accept-Language"] != "de"
    assert cleancopy("wacz", "c", "--output", "c.wacz").code == 0
    cleancopy("site", "explain", f"{behind_login.url}/2026/11/20/stays-where-it-was.html", "--collection", "c")
    assert _where(tmp_path / "c", SECRET, COOKIE) == []
    assert _where(tmp_path, SECRET, COOKIE) == ["cleancopy-cookie"]
    assert SECRET not in ran.err
    assert cleancopy("verify", "c").code == 0


def test_a_capture_says_that_its_request_is_redacted(
    tmp_path: Path, cleancopy: Run, behind_login: ScriptedSite
) -> None:
    assert "articles" in cleancopy("crawl", "sites/127.0.0.1.yaml", "--collection", "c").err
    url = f"{behind_login.url}/2026/11/20/stays-where-it-was.html"
    request, metadata = (one for one in _requests(tmp_path / "c") if one.field("WARC-Target-URI") == url)
    lines = request.block.split(b"\r\n")
    assert b"Authorization: [redacted]" in lines
    assert b"Cookie: [redacted]" in lines
    assert b"Accept-Language: de" in lines
    assert parse_fields(metadata.block)["requestRedacted"] == "Authorization, Cookie"
    report = json.loads(next((tmp_path / "c/crawls").glob("*.json")).read_text())
    assert report["settings"]["sites"]["127.0.0.1"]["headers"]["Authorization"] == {"env": "CLEANCOPY_SITE_LOGIN"}
    assert load_site(tmp_path / "c/sites/127.0.0.1.yaml").crawl.cookies["sid"].file == f"{tmp_path}/cleancopy-cookie"


def test_a_site_may_have_them_kept(tmp_path: Path, cleancopy: Run, behind_login: ScriptedSite) -> None:
    path = tmp_path / "sites/127.0.0.1.yaml"
    path.write_text(path.read_text() + "  secrets: keep\n")
    assert "articles" in cleancopy("crawl", "sites/127.0.0.1.yaml", "--collection", "c").err
    blocks = [record.block for record in _requests(tmp_path / "c")]
    assert any(f"Authorization: Bearer {SECRET}".encode() in block for block in blocks)
    assert not any(b"edacted" in block for block in blocks)
    assert {Path(name).suffix for name in _where(tmp_path / "c", SECRET, COOKIE)} == {".gz"}


def test_only_named_headers_are_redacted() -> None:
    sent = b"GET /cookie: HTTP/1.1\r\nCOOKIE: a=b\r\nCookie: c\r\nAccept: */*\r\n\r\nCookie: body"
    kept, names = redacted(sent, {"cookie"})
    assert kept == (
        b"GET /cookie: HTTP/1.1\r\nCOOKIE: [redacted]\r\nCookie: [redacted]\r\nAccept: */*\r\n\r\nCookie: body"
    )
    assert names == ("COOKIE", "Cookie")
    assert redacted(sent, ()) == (sent, ())
    assert redacted(b"", {"cookie"}) == (b"", ())


# Passwords in URLs


def test_logins_are_found_in_urls() -> None:
    assert without_login("https://me:p@ss@gull.example/a@b?c@d") == "https://gull.example/a@b?c@d"
    for url in (
        "https://gull.example/@me",
        "https://gull.example?a@b",
        "mailto:me@gull.example",
        "https://gull.example",
    ):
        assert not has_login(url)
        assert without_login(url) == url
    assert has_login("https://me@gull.example")
    assert shown("https://me:pa/ss@gull.example/") == "https://...@gull.example/"
    assert Found("https://me:it@gull.example/a", Origin()).url == "https://gull.example/a"


@pytest.mark.parametrize("url", ["http://me:sEcReT@127.0.0.1:9/a", "http://me:sEc/ReT@127.0.0.1:9/a"])
def test_a_password_in_a_url_is_refused(tmp_path: Path, cleancopy: Run, url: str) -> None:
    (tmp_path / "urls.txt").write_text(f"http://127.0.0.1:9/\n{url}\n")
    (tmp_path / "collection.yaml").write_text("")
    commands = [
        ("crawl", url),
        ("crawl", "--urls", "urls.txt"),
        ("discover", url),
        ("clean", url),
        ("extract", url),
        ("site", "init", url),
        ("site", "explain", url),
    ]
    for command in commands:
        ran = cleancopy(*command, "--allow-private")
        assert ran.code == 2, (command, ran.err)
        assert "sEc" not in ran.err + ran.out, command
        assert "ReT@" not in ran.err + ran.out, command


def test_a_password_that_a_page_names_is_left_out(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    address = site.url.removeprefix("http://")
    named, found = f"http://me:sEcReT@{address}", "/2026/11/20/found-in-a-list.html"
    site.page(found, story("Found") + f"<img src={named}/p.png>")
    site.page("/2026/11/20/moved-with-a-login.html", "", status=302, Location=f"{named}/2026/11/20/moved-here.html")
    site.page("/2026/11/20/moved-here.html", story("Moved"))
    site.page("/", f"<a href={named}{found}>a long text of a link</a><a href=/2026/11/20/moved-with-a-login.html>b</a>")
    site.page("/robots.txt", f"User-agent: *\nSitemap: {named}/map.xml\n", Content_Type="text/plain")
    crawl = ("crawl", f"{site.url}/", "--collection", "c", "--delay", 0, "--allow-private", "--requisites")
    ran = cleancopy(*crawl)
    assert site.paths().count("/map.xml") == 1
    site.page("/map.xml", f"<urlset><url><loc>{named}{found}</loc></url></urlset>", Content_Type="text/xml")
    site.page("/robots.txt", "", status=302, Location=f"{named}/rules.txt")
    site.page("/rules.txt", "User-agent: *\n", Content_Type="text/plain")
    (tmp_path / "urls.txt").write_text(f"{site.url}/2026/11/20/moved-with-a-login.html\n{site.url}{found}")
    ran = cleancopy("crawl", "--urls", "urls.txt", *crawl[2:], "--fresh")
    assert "2 articles" in ran.err, ran.err
    assert "/rules.txt" in site.paths()
    assert "/p.png" in site.paths()
    assert all("Authorization" not in headers for _, _, headers in site.hits)
    in_records = [name for name in _where(tmp_path / "c", "sEcReT") if not name.endswith(".gz")]
    assert in_records == [], "it stands in what the site sent and nowhere else"
    for record in _requests(tmp_path / "c"):
        assert b"sEcReT" not in record.block
        assert "sEcReT" not in (record.field("WARC-Target-URI") or "")
