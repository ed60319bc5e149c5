"""Stories in several pages, from the server to one record."""

import signal
import subprocess
from pathlib import Path
from time import sleep

from archive.collection.folder import Collection
from archive.exchange import Purpose
from archive.labels import Label
from archive.pipeline.captures import read_captures
from archive.records import Record, read_records
from archive.research.captured_page import source_of
from tests.paged_stories import article, pagination, paragraphs, put_story
from tests.scripted import PATIENCE, Run, ScriptedSite, command, environment

FAST = ("--delay", 0, "--allow-private")


def records(collection: Path) -> list[Record]:
    return [record for path in sorted((collection / "records").glob("*.jsonl")) for record in read_records(path)]


def lines(collection: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (collection / "records").glob("*.jsonl")}


def crawl(cleancopy: Run, *urls: str) -> None:
    ran = cleancopy("crawl", "--urls", "-", "--collection", "c", *FAST, stdin="\n".join(urls))
    assert ran.code == 0, ran.err


def agree(cleancopy: Run, collection: Path) -> None:
    """Verification finds nothing, and re-extraction gives the same bytes."""
    before = lines(collection)
    ran = cleancopy("verify", "c", "--records")
    assert ran.code == 0, ran.out + ran.err
    for path in (collection / "records").glob("*.jsonl"):
        path.unlink()
    assert cleancopy("extract", "c").code == 0
    assert lines(collection) == before


def test_one_record_has_all_pages(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    whole, other = put_story(site, "/2026/11/story-one"), put_story(site, "/2026/11/story-two", missing=(3,))
    plain = site.page("/2026/11/story-plain", article("Plain", paragraphs("plain")))
    crawl(cleancopy, whole, plain, other)
    found = {record.url: record for record in records(tmp_path / "c")}
    assert set(found) == {whole, plain, other}
    text = [paragraph for number in (1, 2, 3) for paragraph in paragraphs(f"/2026/11/story-one {number}")]
    record = found[whole]
    assert record.text.split("\n\n") == text
    assert record.extraction.warnings == ()
    assert record.warc is not None
    assert [(page.page, page.url) for page in record.warc.pages] == [
        (1, whole),
        (2, f"{whole}?page=2"),
        (3, f"{whole}?page=3"),
    ]
    assert record.id == record.warc.record_id == record.warc.pages[0].record_id
    assert {block.page for block in record.blocks} == {1, 2, 3}
    body = [block.page for block in record.blocks if block.label is Label.BODY]
    assert body == [1] * 4 + [2] * 4 + [3] * 4
    assert found[other].extraction.warnings == ("pages: only pages 1 and 2 of 3 are captured",)
    assert len(found[other].text.split("\n\n")) == 8
    only = found[plain]
    assert only.warc is not None
    assert only.warc.pages == ()
    assert {block.page for block in only.blocks} == {None}
    agree(cleancopy, tmp_path / "c")


def test_a_site_s_own_crawl_counts_stories(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    urls = [put_story(site, f"/2026/11/a-story-with-number-{number}") for number in (1, 2)]
    site.page(
        "/", "<html><body>" + "".join(f"<a href={url}>A story of the harbour</a>" for url in urls) + "</body></html>"
    )
    ran = cleancopy("crawl", site.url, "--collection", "c", "--limit", 1, *FAST)
    assert "1 articles, 1 records" in ran.err, ran.err
    (first,) = records(tmp_path / "c")
    assert first.warc is not None
    assert len(first.warc.pages) == 3, "the limit does not part a story"
    cleancopy("crawl", site.url, "--collection", "c", *FAST)
    assert len(records(tmp_path / "c")) == 2
    pages = [path for path in site.paths() if path.startswith("/2026/")]
    assert len(pages) == len(set(pages)) == 6, "no page is asked for twice"


def test_the_view_of_all_pages_stands_for_them(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    path = "/2026/11/story-whole"
    text = [paragraph for number in (1, 2, 3) for paragraph in paragraphs(number)]
    links = pagination(path, 1, 3) + f'<a href="{path}?page=all">Single page</a>'
    url = site.page(path, article("Whole", text[:4], links))
    site.page(f"{path}?page=all", article("Whole", text))
    lacks = put_story(site, "/2026/11/story-lacks")
    site.page(
        "/2026/11/story-lacks",
        article("Lacks", paragraphs("1"), pagination("/2026/11/story-lacks", 1, 3) + '<a href="?page=all">All</a>'),
    )
    crawl(cleancopy, url)
    (record,) = records(tmp_path / "c")
    assert record.text.split("\n\n") == text
    assert record.url == url
    assert record.warc is not None
    assert [(page.page, page.url) for page in record.warc.pages] == [(1, url), (None, f"{url}?page=all")]
    assert record.extraction.warnings == ()
    assert f"{path}?page=2" not in site.paths()
    crawl(cleancopy, lacks)
    record = next(record for record in records(tmp_path / "c") if record.url == lacks)
    assert len(record.text.split("\n\n")) == 12, "page by page, where the view cannot be had"


def test_a_story_goes_on_after_a_kill_and_is_taken_down_as_a_whole(
    tmp_path: Path, cleancopy: Run, site: ScriptedSite
) -> None:
    before, url = put_story(site, "/2026/11/story-before", pages=2), put_story(site, "/2026/11/story-killed")
    # One request waits beside the one under way: what stands between the stories is asked for before page 2.
    plain = site.page("/2026/11/story-plain", article("Plain", paragraphs("plain")))
    gate = site.gate("/2026/11/story-killed?page=2")
    arguments = command("crawl", "--urls", "-", "--collection", "c", *FAST)
    running = subprocess.Popen(arguments, cwd=tmp_path, env=environment(), stdin=subprocess.PIPE)
    assert running.stdin is not None
    running.stdin.write(f"{before}\n{plain}\n{url}".encode())
    running.stdin.close()
    while "/2026/11/story-killed?page=2" not in site.paths():
        assert running.poll() is None
        sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.wait(PATIENCE)
    gate.set()
    crawl(cleancopy, url)
    collection = Collection(tmp_path / "c")
    _, _, alone, whole = records(collection.path)
    assert alone.extraction.warnings == ("pages: only page 1 of 3 is captured",)
    assert (whole.url, whole.title, whole.extraction.warnings) == (url, alone.title, ())
    assert whole.warc is not None
    assert len({page.filename for page in whole.warc.pages}) == 2
    assert [page.page for page in whole.warc.pages] == [1, 2, 3]
    assert len(whole.text.split("\n\n")) == 12
    assert site.paths().count("/2026/11/story-killed") == 1
    agree(cleancopy, collection.path)

    # The first file is rewritten, and what the second one names in it has moved.
    ran = cleancopy("takedown", "c", "--url", f"{before}?page=2", "--reason", "a wish", "--yes")
    assert ran.code == 0, ran.err
    _, alone, whole = records(collection.path)
    assert alone.url == url
    found = source_of(collection, whole)
    assert found.faults == ()
    assert [block.text for block in whole.blocks if not found.has(block)] == []
    agree(cleancopy, collection.path)
    assert cleancopy("takedown", "c", "--url", f"{url}?page=3", "--reason", "a wish", "--yes").code == 0
    assert [record.url for record in records(collection.path)] == [plain]
    assert cleancopy("verify", "c", "--records").code == 0


def test_other_tools_files(tmp_path: Path, cleancopy: Run, site: ScriptedSite) -> None:
    """Of a collection's WARC nothing but the responses."""
    url = put_story(site, "/2026/11/story-elsewhere")
    crawl(cleancopy, url)
    (warc,) = Collection(tmp_path / "c").complete_warcs()
    captures = [capture for capture in read_captures(warc) if capture.origin.purpose in (Purpose.ARTICLE, Purpose.PAGE)]
    bare = b""
    for capture in captures:
        assert capture.place is not None
        bare += warc.read_bytes()[capture.place.offset : capture.place.offset + capture.place.length]
    (tmp_path / "bare.warc.gz").write_bytes(bare)
    ran = cleancopy("extract", "bare.warc.gz")
    assert ran.code == 0, ran.err
    (record,) = read_records(tmp_path / "bare.jsonl")
    assert (record.url, len(record.text.split("\n\n")), record.extraction.warnings) == (url, 12, ())
    assert cleancopy("import", "bare.warc.gz", "--collection", "d").code == 0
    (record,) = records(tmp_path / "d")
    assert (record.url, len(record.text.split("\n\n")), record.extraction.warnings) == (url, 12, ())
    ran = cleancopy("verify", "d", "--records")
    assert ran.code == 0, ran.out + ran.err
