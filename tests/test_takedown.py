"""Captures taken down: gone from everywhere, and nothing else changed."""

import gzip
import re
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from archive.authoring.correcting import Corrector
from archive.collection.corrections import read_corrections
from archive.collection.folder import Collection
from archive.errors import CollectionError, WarcError
from archive.exchange import Purpose
from archive.extraction.memory.site_memory import MemoryFact, SiteMemory
from archive.extraction.model import LABELS
from archive.preservation.takedown import Execution
from archive.preservation.takedown_log import read_takedowns, taken_down
from archive.preservation.takedown_order import Covered, Order
from archive.preservation.takedown_survey import survey
from archive.records import read_records
from archive.research.captured_page import source_of
from archive.research.search_index import open_index
from archive.sites import SITES_VARIABLE, load_site
from archive.warc.record import read_warc
from crawler.run.plan import Options, Plan, keep_site_files
from tests import foreign_warcs
from tests.exchanges import HOST, exchange, page, response, samples, write_collection
from tests.foreign_warcs import heritrix_records, write
from tests.scripted import Run, ScriptedSite, story
from tests.taken_down import NOW, REASON, content_of, everything, faults, lines, take_down, tree, warc_records


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """Each exchange in a file of its own; /again and /third repeat /plain, which then was found unmodified."""
    repeats = [exchange(f"/{name}.html", response(page("Plain")), at) for at, name in ((20, "again"), (30, "third"))]
    unmodified = exchange("/plain.html", response(status="304 Not Modified"), 40)
    more = exchange("/again.html", response(status="304 Not Modified"), 50)
    return write_collection(tmp_path / "c", [*samples(), *repeats, unmodified, more], max_bytes=1)


def test_a_page_is_gone_from_every_file(collection: Collection, cleancopy: Run) -> None:
    secret = b"said of Zipped"
    with open_index(collection) as index:
        index.catch_up()
    (zipped,) = (path for path in collection.records.glob("*.jsonl") if b"/zipped.html" in path.read_bytes())
    zipped.write_text(zipped.read_text().replace('"title":"Zipped"', '"title":"Zip"'))
    assert cleancopy("extract", "c").code == 0
    assert any(secret in content for content in everything(collection))
    assert list((collection.records / "replaced").rglob("*.gz"))

    done = take_down(collection, "/zipped.html")

    assert done.removed == 1
    assert not any(secret in content for content in everything(collection))
    assert faults(collection) == []
    with open_index(collection) as index:
        index.catch_up()
        assert not index.search("Zipped")
        assert index.search("Plain")


def test_corrections_of_the_page_go_and_others_stay(collection: Collection) -> None:
    found = {record.url: record for path in collection.records.glob("*.jsonl") for record in read_records(path)}
    zipped, plain = (next(one for url, one in found.items() if url and name in url) for name in ("/zipped", "/plain"))
    for record in (zipped, plain):
        Corrector(collection, pytest.fail, "ada").set(record, "title", f"Corrected {record.title}")
    assert take_down(collection, "/zipped.html").removed == 1
    assert not any(b"Corrected Zipped" in content for content in everything(collection))
    assert [each.value for each in read_corrections(collection.path)] == ["Corrected Plain"]


def test_what_a_takedown_rewrote_is_not_read_again(collection: Collection) -> None:
    with open_index(collection) as index:
        index.catch_up()
    with collection.lock():
        collection.catch_up()
    assert take_down(collection, "/zipped.html").removed == 1
    read: list[int] = []
    with collection.lock(), closing(collection.catalogue()) as catalogue:
        assert catalogue.catch_up(collection.complete_warcs(), read.append) == []
    with open_index(collection) as index:
        index.catch_up(read.append)
    assert read == []


def test_a_tombstone_stands_in_its_place_and_all_else_is_as_it_was(collection: Collection) -> None:
    before = warc_records(collection)
    gone = next(record for record in before.values() if record.url == HOST + "/brotli.html")
    take_down(collection, "/brotli.html")
    after = warc_records(collection)

    assert {record.url for record in before.values() if record.id not in after} == {HOST + "/brotli.html"}
    for record in (record for record in before.values() if record.id in after):
        assert (after[record.id].fields, after[record.id].block) == (record.fields, record.block)
    (mark,) = (record for record in after.values() if record.id not in before)
    assert (mark.type, mark.url) == ("metadata", HOST + "/brotli.html")
    assert mark.field("WARC-Refers-To") == f"<urn:uuid:{gone.id}>"
    assert mark.block.decode().splitlines() == [
        "takedown: 2026-11-25T09:00:00.000000Z",
        "reason: court order 12",
        "removed: response",
        f"captured: {gone.field('WARC-Date')}",
        f"payloadDigest: {gone.field('WARC-Payload-Digest')}",
    ]


def test_what_other_captures_lean_on_is_handed_on(collection: Collection) -> None:
    before = warc_records(collection)
    plain = next(record for record in before.values() if record.type == "response" and "/plain" in record.url)
    with_body = len(lines(collection))
    done = take_down(collection, "/plain.html")
    after = {
        record.url: record for record in warc_records(collection).values() if record.type in ("response", "revisit")
    }

    heir = next(record for record in warc_records(collection).values() if record.id in done.promoted)
    assert (heir.type, heir.url, before[heir.id].type) == ("response", HOST + "/again.html", "revisit")
    assert heir.block == plain.block
    assert after[HOST + "/third.html"].field("WARC-Refers-To") == f"<urn:uuid:{heir.id}>"
    assert after[HOST + "/third.html"].field("WARC-Refers-To-Target-URI") == HOST + "/again.html"
    assert after[HOST + "/again.html"].field("WARC-Refers-To") == f"<urn:uuid:{heir.id}>", "the later 304"
    assert HOST + "/plain.html" not in after
    assert faults(collection) == []
    assert len(lines(collection)) == with_body, "the heir has a record now"
    assert "said of Plain" in lines(collection)[HOST + "/again.html"].text


def test_what_is_seen_again_refers_to_the_heir(collection: Collection) -> None:
    take_down(collection, "/plain.html")
    kept = content_of(collection.digests)
    with collection.lock():
        catalogue = collection.catalogue()
        catalogue.rebuild(collection.complete_warcs())
        catalogue.close()
    assert set(kept.splitlines()) == set(content_of(collection.digests).splitlines())


def test_the_index_is_what_would_be_made_anew(collection: Collection, cleancopy: Run) -> None:
    take_down(collection, "/plain.html", "/missing.html", "/robots.txt")
    kept = collection.index.read_bytes()
    assert cleancopy("index", "c").code == 0
    assert collection.index.read_bytes() == kept
    assert cleancopy("verify", "c", "--records").code == 0


def test_records_tell_where_their_captures_lie_now(tmp_path: Path) -> None:
    collection = write_collection(tmp_path / "c")
    before = lines(collection)
    take_down(collection, "/plain.html")
    after = lines(collection)
    assert set(before) - set(after) == {HOST + "/plain.html"}
    for url, record in after.items():
        assert source_of(collection, record).faults == ()
        assert url == HOST + "/again.html" or record.id == before[url].id
        assert url == HOST + "/again.html" or record.warc != before[url].warc


def test_a_whole_site_goes_and_earlier_tombstones_stay(collection: Collection) -> None:
    take_down(collection, "/plain.html")
    collection.memory.mkdir()
    (collection.memory / "news.example.json").write_bytes(SiteMemory("news.example").to_bytes())
    done = take_down(collection, sites=("news.example",), at=NOW.replace(day=26))
    # A fetch that brought nothing is in no index, and holds nothing of the site.
    silent = (HOST + "/silent.html", "")
    left = [record for record in warc_records(collection).values() if record.url not in silent]
    assert {record.type for record in left} == {"metadata"}
    assert all(record.block.startswith(b"takedown: ") for record in left)
    assert sum(b"2026-11-25" in record.block for record in left) == 2, "the page and the time it was found unmodified"
    assert done.removed == 10
    assert lines(collection) == {}
    assert not (collection.memory / "news.example.json").exists()
    assert faults(collection) == []
    covers = taken_down(collection.path, collection.sites)
    assert covers("http://www.news.example/plain.html")
    assert covers("https://live.news.example/new.html")
    assert not covers("https://snews.example/")


def test_nothing_is_touched_where_it_cannot_be_done(collection: Collection) -> None:
    plain = next(path for path in collection.records.glob("*.jsonl") if b"/plain.html" in path.read_bytes())
    plain.write_bytes(plain.read_bytes() + b"broken\n")
    before = tree(collection)
    with pytest.raises(CollectionError, match=r":2: not a record line; run `cleancopy extract"):
        take_down(collection, "/plain.html")
    assert tree(collection) == before

    warc = collection.warcs().__next__()
    warc.write_bytes(warc.read_bytes()[:-9])
    before = tree(collection)
    with pytest.raises(WarcError):
        take_down(collection, "/robots.txt")
    assert tree(collection) == before


def test_files_that_are_not_compressed_are_rewritten_too(tmp_path: Path) -> None:
    collection = write_collection(tmp_path / "c")
    (warc,) = collection.warcs()
    (records,) = collection.records.glob("*.jsonl")
    warc.with_suffix("").write_bytes(gzip.decompress(warc.read_bytes()))
    warc.unlink()
    records.unlink()
    with collection.lock():
        catalogue = collection.catalogue()
        catalogue.rebuild(collection.complete_warcs())
        catalogue.close()
    take_down(collection, "/plain.html")
    assert [fault for fault in faults(collection) if "have no record" not in fault] == []
    assert "said of Plain" in next(
        record.block.decode() for record in warc_records(collection).values() if "/again" in record.url
    )


def test_the_command_says_first_what_it_would_do(collection: Collection, cleancopy: Run) -> None:
    before = tree(collection)
    dry = cleancopy("takedown", "c", "--url", HOST + "/plain.html", "--reason", REASON)
    assert dry.code == 0, dry.err
    assert tree(collection) == before
    assert "To be removed: 1 response record, 1 revisit record. WARC files to be rewritten: 5." in dry.out
    assert "The same content was captured at 2 other addresses, and stays there:\n" in dry.out
    assert "Nothing was removed: this was a dry run." in dry.err
    assert cleancopy("takedown", "c", "--reason", REASON).code == 2
    assert cleancopy("takedown", "c", "--url", "plain.html", "--reason", REASON).code == 2
    assert cleancopy("takedown", "c", "--site", "https://news.example/", "--reason", REASON).code == 2

    assert cleancopy("export", "c", "--output", "set").code == 0
    done = cleancopy("takedown", "c", "--url", HOST + "/plain.html", "--reason", REASON, "--yes")
    assert done.code == 0, done.err
    assert f"    data set {collection.path.parent / 'set'} of " in done.out
    (told,) = read_takedowns(collection.path)
    assert told.stale == (str(collection.path.parent / "set"),)
    checked = cleancopy("export", "--check", "set", "--collection", "c")
    assert checked.code == 1
    assert re.search(r"it is out of date: on 20\d\d-", checked.err)
    assert f"2 captures were taken down from c ({REASON}), in archive/" in checked.err


def test_what_was_taken_down_is_not_fetched_again(tmp_path: Path, site: ScriptedSite, cleancopy: Run) -> None:
    urls = [site.page(f"/2026/11/20/story-{name}.html", story(f"Story {name}")) for name in ("one", "two")]
    (tmp_path / "urls.txt").write_text("\n".join(urls))
    crawl = ("crawl", "--urls", "urls.txt", "--collection", "c", "--delay", 0, "--allow-private")
    assert cleancopy(*crawl).code == 0
    taken = cleancopy("takedown", "c", "--url", urls[0], "--reason", REASON, "--yes")
    assert taken.code == 0, taken.err
    asked = len(site.paths())

    nothing = "Nothing new: every article that the site lists is captured already or was taken down."
    assert nothing in cleancopy(*crawl).err
    (tmp_path / "c/state.sqlite").unlink()
    assert cleancopy(*crawl, "--fresh").code in (0, 1)

    assert "/2026/11/20/story-one.html" not in site.paths()[asked:]
    assert "/2026/11/20/story-two.html" in site.paths()[asked:]
    assert cleancopy("verify", "c").code == 0
    assert set(lines(Collection(tmp_path / "c"))) == {urls[1]}


def test_torn_tails_that_hold_such_a_page_go_whole(collection: Collection) -> None:
    warc = next(path for path in collection.warcs() if any("/plain" in record.url for record in read_warc(path)))
    for name, content in (("a.warc.gz.torn-0", warc.read_bytes()[:-30]), ("b.warc.gz.torn-0", b"nothing")):
        (collection.archive / name).write_bytes(content)
    take_down(collection, "/plain.html")
    assert [path.name for path in collection.archive.glob("*.torn-*")] == ["b.warc.gz.torn-0"]


def test_pages_saved_beside_site_files_go_too(collection: Collection) -> None:
    warc = next(path for path in collection.warcs() if any("/zipped" in record.url for record in read_warc(path)))
    saved = collection.sites / "news.example.warc.gz"
    saved.write_bytes(warc.read_bytes())
    take_down(collection, "/zipped.html")
    assert [record.type for record in read_warc(saved)] == ["warcinfo", "metadata"]
    with collection.lock():
        assert not survey(collection, taken_down(collection.path, collection.sites)).saved


def test_pages_of_lists_are_found_by_their_own_address(tmp_path: Path) -> None:
    feed = exchange("/feed.xml", response(page("Feed"), Content_Type="application/rss+xml"), origin=Purpose.FEED)
    collection = write_collection(tmp_path / "c", [feed, exchange("/a.html", response(page("A")), 1)])
    assert take_down(collection, "/feed.xml").removed == 1
    assert list(lines(collection)) == [HOST + "/a.html"]
    assert faults(collection) == []


def test_memories_keep_what_stands_on_other_pages(tmp_path: Path) -> None:
    collection = write_collection(tmp_path / "c")
    texts = {record.blocks[-1].text[:120] for record in lines(collection).values() if "/plain" in str(record.url)}
    (text,) = texts
    unsure = np.zeros(len(LABELS), np.float32)
    own, shared = MemoryFact(1, unsure, text), MemoryFact(2, unsure, text)
    memory = SiteMemory("news.example", articles=5, texts={"own": own, "shared": shared})
    version = collection.memory / "versions/news.example/00000000T000000Z-0123456789abcdef.json"
    for path in (collection.memory / "news.example.json", version):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(memory.to_bytes())
    take_down(collection, "/plain.html")
    (kept,) = version.parent.iterdir()
    assert kept.name.startswith("00000000T000000Z-")
    assert kept != version
    for path in (collection.memory / "news.example.json", kept):
        assert list(SiteMemory.from_bytes(path.read_bytes(), "").texts) == ["shared"]


def test_files_of_other_tools_are_rewritten_too(tmp_path: Path) -> None:
    collection = Collection(tmp_path / "c")
    collection.create()
    write(collection.archive / "h.warc.gz", heritrix_records())
    with collection.lock():
        collection.catch_up()
    collection.records_path("h.warc.gz").touch()
    order = Order(urls=(f"{foreign_warcs.HOST}/old", f"{foreign_warcs.HOST}/gull.jpg"), reason=REASON)
    covers = Covered([order], collection.sites)
    with collection.lock():
        done = Execution(collection, order, covers, survey(collection, covers), NOW).carry_out()
    assert done.removed == 2
    assert [fault for fault in faults(collection) if "has no record" not in fault] == []


SITE_FILE = f"""# The News
name: The News

tests:
  # Zipped said this
  - url: {HOST}/zipped.html
    contains:
      - A sentence said of Zipped # the first
    # and said of Zipped, too
  # Plain stays
  - url: {HOST}/plain.html
    contains: 'said of Plain'

# How fast
crawl:
  delay: 5
"""


def test_tests_of_the_page_go_from_the_collections_site_file(collection: Collection, cleancopy: Run) -> None:
    path = collection.sites / "news.example.yaml"
    path.write_text(SITE_FILE)
    done = cleancopy("takedown", "c", "--url", HOST + "/zipped.html", "--reason", REASON, "--yes")
    assert done.code == 0, done.err
    assert "sites/news.example.yaml has 1 test that quotes it; removed, too." in done.out
    first, last = SITE_FILE.index("  # Zipped"), SITE_FILE.index("  # Plain")
    assert path.read_text() == SITE_FILE[:first] + SITE_FILE[last:]

    take_down(collection, "/plain.html")
    assert path.read_text() == "# The News\nname: The News\n\n\n# How fast\ncrawl:\n  delay: 5\n"


@pytest.mark.parametrize(
    "tests",
    [
        'tests: [{{url: "{0}/zipped.html", title: said}}, {{url: "{0}/plain.html", title: "no"}}] # all',
        "tests:\n-\n  url: {0}/zipped.html\n  title: &t said\n-\n  url: {0}/plain.html\n  title: no way\n",
        "tests:\n- url: {0}/zipped.html\n  contains: &t [no way]\n- url: {0}/plain.html\n  contains: *t\n",
        "tests:\n- title: |\n    said\n    more\n  url: {0}/zipped.html\n- url: {0}/plain.html\n  title: |\n    T\n",
    ],
)
def test_site_files_of_any_style_stay_valid(collection: Collection, tests: str) -> None:
    path = collection.sites / "news.example.yaml"
    path.write_text("name: The News\n# kept\n" + tests.format(HOST))
    before = load_site(path)
    take_down(collection, "/zipped.html")
    assert "zipped" not in path.read_text()
    assert "# kept" in path.read_text()
    assert load_site(path) == before.model_copy(update={"tests": before.tests[1:]})


def test_files_of_the_users_that_hold_the_page_are_named(
    collection: Collection, cleancopy: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "news.example.yaml").write_text(SITE_FILE)
    warc = next(path for path in collection.warcs() if any("/zipped" in record.url for record in read_warc(path)))
    (own / "news.example.warc.gz").write_bytes(warc.read_bytes())
    order = ("takedown", "c", "--url", HOST + "/zipped.html", "--reason", REASON, "--yes")
    monkeypatch.setenv(SITES_VARIABLE, str(own))
    done = cleancopy(*order)
    assert done.code == 0, done.err
    said = "Not of the collection, and left as they are; these hold some of it, too:\n"
    assert f"{said}    {own}/news.example.yaml\n    {own}/news.example.warc.gz\n" in done.out
    assert (own / "news.example.yaml").read_text() == SITE_FILE


def test_later_crawls_keep_a_site_file_without_such_tests(collection: Collection, tmp_path: Path) -> None:
    path = tmp_path / "news.example.yaml"
    path.write_text(SITE_FILE)
    site = load_site(path)
    take_down(collection, "/zipped.html")
    keep_site_files(Plan({site.domain: site}, (), Options()), collection)
    kept = load_site(collection.sites / "news.example.yaml")
    assert kept == site.model_copy(update={"tests": site.tests[1:]})


def test_lines_that_tell_of_no_data_set_are_named(collection: Collection, cleancopy: Run) -> None:
    assert cleancopy("export", "c", "--output", "set").code == 0
    noted = collection.path / "derived.jsonl"
    noted.write_bytes(b'{"at": garb\xff\n' + noted.read_bytes())
    dry = cleancopy("takedown", "c", "--url", HOST + "/plain.html", "--reason", REASON)
    assert dry.code == 0, dry.err
    assert "c/derived.jsonl:1: this line cannot be read; it may name a data set or WACZ file" in dry.err
    assert f"    data set {collection.path.parent / 'set'} of " in dry.out


def test_a_frontier_that_cannot_be_used_is_named(collection: Collection, cleancopy: Run) -> None:
    collection.state.write_bytes(b"garbage" * 1000)
    before = {path: path.read_bytes() for path in collection.archive.iterdir()}
    done = cleancopy("takedown", "c", "--url", HOST + "/plain.html", "--reason", REASON, "--yes")
    assert done.code == 1
    said = "c/state.sqlite cannot be used: file is not a database. Nothing was taken down. Move it away to begin a new"
    assert said in done.err
    assert before == {path: path.read_bytes() for path in before}


def test_crawls_tell_that_the_only_article_was_taken_down(tmp_path: Path, site: ScriptedSite, cleancopy: Run) -> None:
    url = site.page("/2026/11/20/story.html", story("Story"))
    (tmp_path / "urls.txt").write_text(url)
    crawl = ("crawl", "--urls", "urls.txt", "--collection", "c", "--delay", 0, "--allow-private")
    assert cleancopy(*crawl).code == 0
    assert cleancopy("takedown", "c", "--url", url, "--reason", REASON, "--yes").code == 0
    assert "is captured already or was taken down." in cleancopy(*crawl).err
