"""WARC files of other tools: found, read, chosen from, and their records written."""

import gzip
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from archive.datasets.foreign_responses import ForeignWarc
from archive.datasets.warc_sources import WarcSource, find_sources
from archive.errors import ConfigurationError
from archive.exchange import Capture
from archive.pipeline.captures import read_capture
from archive.records import read_records
from archive.warc.digest import sha1_digest
from tests.exchanges import page, response, write_collection, write_warc
from tests.foreign_warcs import (
    HOST,
    STORY,
    browsertrix_records,
    heritrix_records,
    news_records,
    record,
    wget_records,
    write,
)
from tests.scripted import PATIENCE, Run, ScriptedSite, story

Records = Callable[[], list[bytes]]

TITLES: dict[Records, list[str]] = {
    wget_records: ["Gulls of wget"],
    heritrix_records: ["Gulls of Heritrix"],
    browsertrix_records: ["Gulls of browsertrix", "Gulls kept as a resource"],
    news_records: ["Gulls of the news crawl", "Unzipped gulls", "Unbrotlied gulls", "Brotli gulls"],
}
LEFT_OUT: dict[Records, str] = {
    wget_records: "2 other responses: 1 the home page, 1 not of the web.",
    heritrix_records: (
        "4 other responses: 1 not of the web, 1 status 301, 1 not HTML, 1 a revisit, whose page is an earlier capture."
    ),
    browsertrix_records: "3 other responses: 3 not of the web.",
    news_records: "4 other responses: 1 no text in one stretch, 1 not HTML, 1 status 404, 1 no HTTP.",
}


def pages_of(path: Path) -> tuple[list[Capture], ForeignWarc]:
    with path.open("rb") as file:
        warc = ForeignWarc(file, path.name)
        return list(warc), warc


def titles_in(path: Path) -> list[str | None]:
    return [one.title for one in read_records(path)]


def test_articles_of_each_tool_become_records(tmp_path: Path, cleancopy: Run) -> None:
    names = [f"{made.__name__}-{form}" for made in TITLES for form in ("plain.warc", "each.warc.gz", "whole.warc.gz")]
    for name in names:
        (made,) = (made for made in TITLES if name.startswith(made.__name__))
        write(tmp_path / name, made(), one_member="whole" in name)
    ran = cleancopy("extract", *names)
    assert ran.code == 0, ran.err
    for name in names:
        (made,) = (made for made in TITLES if name.startswith(made.__name__))
        found = list(read_records(tmp_path / f"{name.partition('.')[0]}.jsonl"))
        assert [one.title for one in found] == TITLES[made]
        assert all("tide would wait for no committee" in one.text for one in found)
        assert all(one.discovery.type is None and one.discovery.url is None for one in found)
        assert all(one.warc and one.warc.filename == name and one.warc.record_id == one.id for one in found)
        assert LEFT_OUT[made] in next(line for line in ran.err.splitlines() if line.startswith(f"{name}:"))


def test_a_page_without_http_has_no_status(tmp_path: Path) -> None:
    found, _ = pages_of(write(tmp_path / "b.warc.gz", browsertrix_records()))
    assert [(one.status, one.header("Content-Type")) for one in found][1] == (0, "text/html")


def test_places_lead_to_the_same_pages_again(tmp_path: Path) -> None:
    path = write(tmp_path / "h.warc.gz", heritrix_records())
    (found,), _ = pages_of(path)
    assert found.place
    assert read_capture(path, found.place).body == found.body == page("Gulls of Heritrix")


@pytest.mark.skipif(shutil.which("wget") is None, reason="needs wget")
def test_what_wget_really_writes(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    links = "".join(f"<h2><a href=/how-gulls-came-back-{number}.html>Gulls {number}</a></h2>" for number in range(3))
    site.page("/index.html", f"<html><title>News</title>{links}<img src=/gull.png>")
    site.page("/gull.png", b"\x89PNG" + bytes(100), Content_Type="image/png")
    for number in range(3):
        body = gzip.compress(story(f"Gulls {number}").encode())
        site.page(f"/how-gulls-came-back-{number}.html", body, Content_Encoding="gzip")
    asked = ["-q", "-r", "-p", "--compression=none", "--warc-file=gulls", "--warc-cdx", f"{site.url}/index.html"]
    subprocess.run(["wget", "--header=Accept-Encoding: gzip", *asked], cwd=tmp_path, check=False, timeout=PATIENCE)
    urls = [f"{site.url}/how-gulls-came-back-{number}.html" for number in range(3)]
    subprocess.run(["wget", "-q", "--warc-file=more", *urls], cwd=tmp_path, check=False, timeout=PATIENCE)
    ran = cleancopy("extract", "*.warc.gz", "--output", "records")
    assert ran.code == 0, ran.err
    assert titles_in(tmp_path / "records/more.jsonl") == ["Gulls 0", "Gulls 1", "Gulls 2"]
    assert "not HTML" in ran.err
    assert not list(tmp_path.glob("*.jsonl"))


def test_what_cleancopy_wrote_keeps_how_it_was_found(tmp_path: Path, cleancopy: Run) -> None:
    made = write_collection(tmp_path / "c")
    (warc,) = made.complete_warcs()
    shutil.copy(warc, tmp_path / warc.name)
    ran = cleancopy("extract", warc.name)
    assert ran.code == 0, ran.err
    assert (tmp_path / f"{warc.name.partition('.')[0]}.jsonl").read_bytes() == made.records_path(warc.name).read_bytes()


def test_broken_files_give_what_can_be_read_of_them(tmp_path: Path, cleancopy: Run) -> None:
    records = news_records()
    members = [gzip.compress(each, mtime=0) for each in records]
    members[2] = members[2][:40] + b"\xff\xff\xff" + members[2][43:]
    members[-1] = members[-1][:-20]
    (tmp_path / "broken.warc.gz").write_bytes(b"".join(members))
    ran = cleancopy("extract", "broken.warc.gz")
    assert ran.code == 1
    assert titles_in(tmp_path / "broken.jsonl") == ["Gulls of the news crawl", "Unbrotlied gulls", "Brotli gulls"]
    assert f"broken.warc.gz, byte {len(b''.join(members[:2]))}: the gzip member at byte" in ran.err
    assert "is cut short" in ran.err


def three_pages(**more: str) -> list[bytes]:
    return [
        record("response", f"{HOST}{STORY}-{number}", response(page(f"Gulls {number}", 400)), number, **more)
        for number in (1, 2, 3)
    ]


def lying(made: bytes, more: int) -> bytes:
    """A record whose Content-Length is not that of its block."""
    size = int(made.partition(b"\r\nContent-Length: ")[2].partition(b"\r\n")[0])
    return made.replace(b"\r\nContent-Length: %d\r\n" % size, b"\r\nContent-Length: %d\r\n" % (size + more), 1)


def packed(records: list[bytes]) -> bytes:
    return b"".join(gzip.compress(each, mtime=0) for each in records)


CUT: dict[str, tuple[bytes, int]] = {
    "tail.warc.gz": (packed(three_pages())[:-40], 3),
    "trailer.warc.gz": (packed(three_pages())[:-5], 3),
    "plain.warc": (b"".join(three_pages())[:-300], 3),
    "size.warc.gz": (packed([lying(each, 900 * (at == 1)) for at, each in enumerate(three_pages())]), 2),
    "size.warc": (b"".join(lying(each, 900 * (at == 1)) for at, each in enumerate(three_pages())), 2),
    "five-gigabytes.warc": (
        b"".join(lying(each, 5_000_000_000 * (at == 0)) for at, each in enumerate(three_pages())),
        1,
    ),
}


@pytest.mark.parametrize("name", CUT)
def test_a_page_that_is_cut_comes_as_far_as_it_goes_and_none_beside_it_is_lost(
    name: str, tmp_path: Path, cleancopy: Run
) -> None:
    content, number = CUT[name]
    (tmp_path / name).write_bytes(content)
    ran = cleancopy("extract", name)
    assert ran.code == 1
    found = list(read_records(tmp_path / f"{name.partition('.')[0]}.jsonl"))
    assert [one.title for one in found] == ["Gulls 1", "Gulls 2", "Gulls 3"]
    warned = [any(said.startswith("capture: cut short: the ") for said in one.extraction.warnings) for one in found]
    assert warned == [at == number for at in (1, 2, 3)]
    assert all("tide would wait for no committee" in one.text for one in found)


def test_a_page_in_front_of_a_broken_member_is_kept(tmp_path: Path, cleancopy: Run) -> None:
    noise = "".join(chr(33 + number * number % 89) for number in range(200_000))
    large = record("response", f"{HOST}{STORY}-2", response(page("Large") + noise.encode()), 2)
    one, _, three = three_pages()
    for at in (60, -3):
        broken = bytearray(gzip.compress(large, mtime=0))
        broken[at] ^= 0xFF
        (tmp_path / "b.warc.gz").write_bytes(packed([one]) + broken + packed([three]))
        assert cleancopy("extract", "b.warc.gz").code == 1
        assert titles_in(tmp_path / "b.jsonl") == ["Gulls 1", "Gulls 3"]


def test_wrong_block_digests_and_damaged_headers_are_warned_of(tmp_path: Path, cleancopy: Run) -> None:
    right, wrong, header = three_pages()
    right = three_pages(WARC_Block_Digest=sha1_digest(response(page("Gulls 1", 400))))[0]
    wrong = three_pages(WARC_Block_Digest=sha1_digest(b"other"))[1]
    picture = record(
        "response", HOST + "/p.png", response(b"1", Content_Type="image/png"), 4, WARC_Block_Digest=sha1_digest(b"")
    )
    (tmp_path / "d.warc").write_bytes(right + wrong + header.replace(b"Z\r\n", b"Z\0\r\n", 1) + picture)
    ran = cleancopy("extract", "d.warc")
    assert ran.code == 0, ran.err
    assert [
        [said for said in one.extraction.warnings if "capture: " in said] for one in read_records(tmp_path / "d.jsonl")
    ] == [
        [],
        ["capture: the block digest is wrong"],
        ["capture: damaged header: the header holds control characters"],
    ]
    assert (
        "d.warc: WARC records that seem damaged: 2 with a wrong block digest, 1 with a damaged header. "
        "`cleancopy verify` says which."
    ) in ran.err


def test_what_tools_write_against_the_standard_is_read(tmp_path: Path) -> None:
    answer = response(page("Gulls"))
    odd = [
        record("response", f"HTTPS://gull.example{STORY}", answer, 1),
        record("response", f"<{HOST}{STORY}-2>", answer.replace(b"HTTP/1.1 200 OK", b"HTTP/1.1 0 OK"), 2),
        record("response", f"{HOST}{STORY}-3", answer.replace(b"HTTP/1.1", b"http/1.1"), 3),
        record("response", f"{HOST}{STORY}-4", answer, 4).replace(
            b"Content-Type: application/http; msgtype=response\r\n", b""
        ),
        record("response", f"{HOST}{STORY}-5", response(page("Gulls"), Content_Type="text/html, text/html"), 5),
    ]
    found, warc = pages_of(write(tmp_path / "o.warc", odd))
    assert ([one.status for one in found], dict(warc.left_out), warc.faults) == ([200, 0, 200, 200, 200], {}, [])


NO_WARCS = [
    b"",
    b"nothing",
    b"\x1f\x8b",
    gzip.compress(b"none"),
    b"PK\x03\x04 no zip",
    b"WARC/1.0\r\n\r\n",
    bytes(5000),
]


def test_what_is_no_warc_is_told(tmp_path: Path, cleancopy: Run) -> None:
    names = [f"{number}.warc.gz" for number in range(len(NO_WARCS))]
    for name, content in zip(names, NO_WARCS, strict=True):
        (tmp_path / name).write_bytes(content)
    ran = cleancopy("extract", *names)
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert "0.warc.gz: 0 records are in 0.jsonl." in ran.err
    for name in names[1:]:
        assert re.search(rf"^{name}[:,] .*(no WARC record|cannot|cut short|Content-Length)", ran.err, re.M), ran.err


def test_every_html_page_with_all(tmp_path: Path, cleancopy: Run) -> None:
    write(tmp_path / "n.warc.gz", news_records())
    ran = cleancopy("extract", "n.warc.gz", "--all")
    assert ran.code == 0, ran.err
    assert titles_in(tmp_path / "n.jsonl") == [*TITLES[news_records], "News"]


def test_a_wacz_is_taken_apart(tmp_path: Path, cleancopy: Run) -> None:
    write_collection(tmp_path / "c")
    assert cleancopy("wacz", "c", "--output", "c.wacz").code == 0
    ran = cleancopy("extract", "c.wacz")
    assert ran.code == 0, ran.err
    assert (tmp_path / "c.jsonl").read_bytes() == next((tmp_path / "c/records").iterdir()).read_bytes()


def test_files_of_the_web_are_streamed(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    packed = b"".join(gzip.compress(each) for each in news_records())
    site.page("/news/CC-NEWS-1.warc.gz", packed, Content_Type="application/gzip", Content_Encoding="gzip")
    site.page("/moved.warc.gz", b"", status=302, Location="/news/CC-NEWS-1.warc.gz")
    ran = cleancopy("extract", f"{site.url}/news/CC-NEWS-1.warc.gz", f"{site.url}/moved.warc.gz", "--allow-private")
    assert ran.code == 0, ran.err
    assert titles_in(tmp_path / "CC-NEWS-1.jsonl") == titles_in(tmp_path / "moved.jsonl") == TITLES[news_records]


def test_files_that_do_not_come_are_told(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    def cut(handler: object) -> None:
        packed = b"".join(gzip.compress(each) for each in wget_records())
        handler.send_response(200)  # type: ignore[attr-defined]
        handler.send_header("Content-Length", str(len(packed) + 1000))  # type: ignore[attr-defined]
        handler.end_headers()  # type: ignore[attr-defined]
        handler.wfile.write(packed)  # type: ignore[attr-defined]
        handler.close_connection = True  # type: ignore[attr-defined]

    site.pages["/cut.warc.gz"] = cut
    ran = cleancopy("extract", f"{site.url}/cut.warc.gz", f"{site.url}/none.warc.gz", "--allow-private")
    assert ran.code == 1
    assert titles_in(tmp_path / "cut.jsonl") == TITLES[wget_records]
    assert "the connection ended before the file did" in ran.err
    assert "none.warc.gz cannot be fetched: HTTP 404" in ran.err
    assert not (tmp_path / "none.jsonl").exists()


def test_private_addresses_are_refused(cleancopy: Run, site: ScriptedSite) -> None:
    ran = cleancopy("extract", f"{site.url}/f.warc.gz")
    assert ran.code == 1
    assert "127.0.0.1 is not a public address" in ran.err
    assert site.paths() == []


def test_sources_are_found_once_and_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("b.warc.gz", "a.warc.gz", "deep/c.warc", "odd[1].warc"):
        write(tmp_path / name, wget_records())
    monkeypatch.chdir(tmp_path)
    found = [source.location for source in find_sources(["b.warc.gz", "*.warc.gz", "**/*.warc", "odd[1].warc"])]
    assert found == ["b.warc.gz", "a.warc.gz", "deep/c.warc", "odd[1].warc"]
    assert [source.location for source in find_sources([f"{tmp_path}/[ab].warc.gz"])] == [
        f"{tmp_path}/a.warc.gz",
        f"{tmp_path}/b.warc.gz",
    ]
    for nothing in ("c.warc", "*.arc", "ftp://gull.example/a.warc"):
        with pytest.raises(ConfigurationError, match=r"Give a collection, a WARC|expected an http"):
            find_sources([nothing])


@pytest.mark.parametrize(
    ("url", "stem"),
    [
        ("https://gull.example/a/CC-NEWS-2.warc.gz?x=/y", "CC-NEWS-2"),
        ("https://gull.example/a/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "passwd"),
        ("https://gull.example/", "warc"),
        ("https://gull.example/.warc.gz", "warc"),
    ],
)
def test_names_from_urls_are_harmless(url: str, stem: str) -> None:
    assert WarcSource(url, is_url=True).stem == stem


def test_nothing_is_written_over_that_is_not_ours(tmp_path: Path, cleancopy: Run) -> None:
    write(tmp_path / "a.warc.gz", wget_records())
    write(tmp_path / "a.warc", wget_records())
    ran = cleancopy("extract", "a.warc.gz", "a.warc")
    assert (ran.code, "would both be written to a.jsonl" in ran.err) == (2, True)
    (tmp_path / "a.jsonl").write_text("mine\n")
    ran = cleancopy("extract", "a.warc.gz")
    assert (ran.code, "a.jsonl is there already and holds no records" in ran.err) == (2, True)
    assert (tmp_path / "a.jsonl").read_text() == "mine\n"


def test_large_files_stay_out_of_memory(tmp_path: Path) -> None:
    path = write(
        tmp_path / "f.warc.gz", [record("response", HOST + "/v.mp4", response(b"", Content_Type="video/mp4"), 1)]
    )
    video = response(bytes(50_000_000), Content_Type="video/mp4")
    with path.open("ab") as file:
        for number in range(2, 6):
            file.write(gzip.compress(record("response", HOST + "/v.mp4", video, number), 1))
    from resource import RUSAGE_SELF, getrusage

    before = getrusage(RUSAGE_SELF).ru_maxrss
    found, warc = pages_of(path)
    assert (found, dict(warc.left_out)) == ([], {"not HTML": 5})
    assert getrusage(RUSAGE_SELF).ru_maxrss - before < 40_000


def test_captures_of_a_whole_collection_are_read_too(tmp_path: Path) -> None:
    path, written = write_warc(tmp_path / "w")
    found, warc = pages_of(path)
    assert [one.place for one in found][:2] == [written[1].place, written[2].place]
    assert warc.faults == []


def test_a_failed_read_replaces_no_earlier_records(tmp_path: Path, cleancopy: Run) -> None:
    path = write(tmp_path / "news.warc.gz", news_records())
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    first = cleancopy("extract", "news.warc.gz", "--all")
    assert first.code == 1
    assert "news.jsonl is not complete: it has the" in first.err
    incomplete = (tmp_path / "news.jsonl").read_bytes()
    path.write_bytes(whole)
    assert cleancopy("extract", "news.warc.gz", "--all").code == 0
    good = (tmp_path / "news.jsonl").read_bytes()
    for broken in (whole[:100], b"no WARC at all"):
        path.write_bytes(broken)
        failed = cleancopy("extract", "news.warc.gz", "--all")
        assert failed.code == 1
        assert f"news.jsonl stays as it was, with {len(good.splitlines())} records; only 0 could be read" in failed.err
        assert (tmp_path / "news.jsonl").read_bytes() == good
    assert len(incomplete.splitlines()) <= len(good.splitlines())
    assert sorted(each.name for each in tmp_path.glob("news*")) == ["news.jsonl", "news.warc.gz"]


def test_records_of_a_file_with_another_name_are_not_replaced(tmp_path: Path, cleancopy: Run) -> None:
    plain = write(tmp_path / "old.warc", wget_records())
    packed = write(tmp_path / "old.warc.gz", news_records())
    assert cleancopy("extract", "old.warc").code == 0
    held = (tmp_path / "old.jsonl").read_bytes()
    ran = cleancopy("extract", "old.warc.gz")
    assert ran.code == 2
    assert "old.jsonl holds the records of old.warc, and those of old.warc.gz would take their place." in ran.err
    assert (tmp_path / "old.jsonl").read_bytes() == held
    assert cleancopy("extract", "old.warc.gz", "--output", "other").code == 0
    assert titles_in(tmp_path / "other/old.jsonl") == TITLES[news_records]
    assert cleancopy("extract", "old.warc").code == 0
    with ZipFile(tmp_path / "old.wacz", "w") as package:
        package.write(plain, "archive/old.warc")
        package.write(packed, "archive/more.warc.gz")
    assert cleancopy("extract", "old.wacz").code == 0
    assert titles_in(tmp_path / "old.jsonl") == [*TITLES[wget_records], *TITLES[news_records]]
    assert cleancopy("extract", "old.wacz").code == 0
