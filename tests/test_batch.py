"""One unit of extraction, twice at once and from anywhere to anywhere; lists of inputs."""

import gzip
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from archive.batch import Pools, Result, Settings, extract_file
from archive.batch.inputs import COMMON_CRAWL_VARIABLE, Days, find_inputs, named_in
from archive.batch.pace import Pace, duration
from archive.batch.places import Folder
from archive.errors import ConfigurationError
from archive.records import read_records
from tests.copied import s3_server
from tests.exchanges import page, response
from tests.foreign_warcs import HOST, STORY, news_records, record, write
from tests.scripted import Run, ScriptedSite

TITLES = ["Gulls of the news crawl", "Unzipped gulls", "Unbrotlied gulls", "Brotli gulls"]


@pytest.fixture(scope="module")
def pools() -> Iterator[Pools]:
    with Pools(1) as made:
        yield made


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with s3_server() as client:
        yield client


def titles(path: Path) -> list[str | None]:
    return [one.title for one in read_records(path)]


def content_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_attempts_at_once_leave_the_same_bytes(tmp_path: Path, pools: Pools) -> None:
    warc = write(tmp_path / "n.warc.gz", news_records())
    extract_file(str(warc), tmp_path / "alone", pools=pools)
    with ThreadPoolExecutor(2) as both:
        made = list(both.map(lambda _: extract_file(str(warc), tmp_path / "both", pools=pools), range(2)))
    alone, twice = content_of(tmp_path / "alone"), content_of(tmp_path / "both")
    assert set(twice) == {"n.jsonl", "results/n.json"}, "no attempt is left over"
    assert twice["n.jsonl"] == alone["n.jsonl"]
    assert {one.sha256 for one in made} == {json.loads(alone["results/n.json"])["sha256"]}
    assert titles(tmp_path / "both" / "n.jsonl") == TITLES


def test_what_is_whole_is_not_made_again(tmp_path: Path, pools: Pools) -> None:
    warc = str(write(tmp_path / "n.warc.gz", news_records()))

    def again(**settings: Any) -> Result:
        return extract_file(warc, tmp_path / "out", Settings(**settings), pools=pools)

    assert not again().known
    assert again().known
    assert not again(every=True).known, "made in another way"
    assert not again(hosts=("gull.example",)).known
    assert again(hosts=("gull.example",)).known
    (tmp_path / "n.warc.gz").write_bytes((tmp_path / "n.warc.gz").read_bytes() * 2)
    assert not again(hosts=("gull.example",)).known, "the WARC has grown"
    (tmp_path / "out/n.jsonl").unlink()
    assert not again(hosts=("gull.example",)).known, "its records are gone"
    (tmp_path / "out/results/n.json").write_text("[1]")
    assert not again().known


def test_what_could_not_be_read_is_made_again(tmp_path: Path, pools: Pools) -> None:
    warc = write(tmp_path / "n.warc.gz", news_records())
    warc.write_bytes(warc.read_bytes()[:-9])
    for _ in range(2):
        made = extract_file(str(warc), tmp_path / "out", pools=pools)
        assert made.faults
        assert not made.known


def test_only_the_pages_of_a_host(tmp_path: Path, pools: Pools) -> None:
    urls = [HOST, "https://www.gull.example", "https://seagull.example", "https://gull.example.com"]
    pages = [record("response", url + STORY, response(page(url)), at) for at, url in enumerate(urls, 1)]
    warc = write(tmp_path / "h.warc.gz", pages)
    made = extract_file(str(warc), tmp_path / "out", Settings(hosts=("gull.example",)), pools=pools)
    assert (made.records, made.left_out) == (2, {"of another host": 2})
    assert titles(tmp_path / "out/h.jsonl") == urls[:2]


def test_the_users_site_files_count_in_workers_that_were_begun_before(
    tmp_path: Path, pools: Pools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEANCOPY_SITES", "")
    warc = str(write(tmp_path / "n.warc.gz", news_records()))
    assert extract_file(warc, tmp_path / "out", pools=pools).records
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites/gull.example.yaml").write_text("name: The Gull\n")
    named = extract_file(warc, tmp_path / "out", Settings(sites=(str(tmp_path / "sites"),), jobs=1))
    assert not named.known
    assert next(iter(read_records(tmp_path / "out/n.jsonl"))).publisher == "The Gull"


def months_list(days: Sequence[int]) -> tuple[list[str], bytes]:
    """A file of each day of March, and Common Crawl's list of them."""
    names = [f"crawl-data/CC-NEWS/2026/03/CC-NEWS-202603{day:02}010203-00001.warc.gz" for day in days]
    return names, gzip.compress("\n".join([*names, "../../etc/passwd", ""]).encode())


def documented() -> list[str]:
    """The command of docs/many-machines.md, on this machine and for the hosts of the WARC files here."""
    page = (Path(__file__).parent.parent / "docs/many-machines.md").read_text()
    (line,) = [line for line in page.splitlines() if line.startswith("    cleancopy extract cc-news:")]
    return line.replace("courier.", "gull.").replace("dask://HOST:8786", "processes").split()[1:]


def test_from_s3_to_s3(s3: Any, tmp_path: Path, pools: Pools, cleancopy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    local = write(tmp_path / "n.warc.gz", news_records())
    extract_file(str(local), tmp_path / "out", pools=pools)
    names, listed = months_list((1, 2))
    s3.put_object(Bucket="bucket", Key="crawl-data/CC-NEWS/2026/03/warc.paths.gz", Body=listed)
    for name in names:
        s3.put_object(Bucket="bucket", Key=name, Body=local.read_bytes())
    monkeypatch.setenv(COMMON_CRAWL_VARIABLE, "s3://bucket")
    ran = cleancopy(*documented(), "--jobs", "1")
    assert ran.code == 0, ran.err
    assert ran.err.endswith("2 WARC files in, 2 records files in s3://bucket/records.\n")
    sources = find_inputs(["s3://bucket/crawl-data"], Days())
    assert [one.location for one in sources] == [f"s3://bucket/{name}" for name in names], "and no list"
    made = s3.get_object(Bucket="bucket", Key=f"records/{sources[0].stem}.jsonl")["Body"].read()
    assert made == (tmp_path / "out/n.jsonl").read_bytes().replace(b"n.warc.gz", sources[0].name.encode())
    settings = Settings(hosts=("gull.example",))
    assert extract_file(sources[0].location, "s3://bucket/records", settings, pools=pools).known
    missing = extract_file("s3://bucket/news/none.warc.gz", "s3://bucket/records", pools=pools)
    assert "none.warc.gz cannot be read" in (missing.failure or "")


def test_a_month_of_common_crawls_news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names, listed = months_list((1, 2, 2, 3))
    (tmp_path / names[0]).parent.mkdir(parents=True)
    (tmp_path / names[0]).with_name("warc.paths.gz").write_bytes(listed)
    monkeypatch.setenv(COMMON_CRAWL_VARIABLE, str(tmp_path))

    def found(argument: str, *days: date | None) -> list[str]:
        return [one.location.removeprefix(f"{tmp_path}/") for one in find_inputs([argument], Days(*days))]

    assert found("cc-news:2026-03") == [names[0], names[1], names[3]], "each once"
    assert found("cc-news:2026-03-02") == [names[1]]
    assert found("cc-news:2026-03", date(2026, 3, 2), date(2026, 3, 2)) == [names[1]]
    for wrong in ("cc-news:march", "cc-news:2026-03-30"):
        with pytest.raises(ConfigurationError, match=wrong):
            found(wrong)


def test_lists_of_names_and_gaps_that_are_told(
    tmp_path: Path, cleancopy: Run, site: ScriptedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    warc = write(tmp_path / "in/n.warc.gz", news_records())
    names, listed = months_list((1, 2))
    site.page("/crawl-data/CC-NEWS/2026/03/warc.paths.gz", listed, Content_Type="application/gzip")
    site.page(f"/{names[0]}", warc.read_bytes(), Content_Type="application/octet-stream")
    monkeypatch.setenv(COMMON_CRAWL_VARIABLE, site.url)
    (tmp_path / "list.txt").write_text(f"# mine\nin/*.warc.gz\n\ncc-news:2026-03\n{site.url}/gone.warc.gz\n")
    assert named_in(tmp_path / "list.txt") == ["in/*.warc.gz", "cc-news:2026-03", f"{site.url}/gone.warc.gz"]
    ran = cleancopy(
        "extract", "--from", "list.txt", "--until", "2026-03-01", "--output", "out", "--allow-private", "--jobs", "1"
    )
    assert ran.code == 1
    assert ran.err.endswith("3 WARC files in, 2 records files in out; those of gone.warc.gz are missing.\n")
    assert titles(tmp_path / f"out/{Path(names[0]).stem.removesuffix('.warc')}.jsonl") == TITLES
    assert cleancopy("extract", "--from", "none.txt").code == 2
    assert cleancopy("extract").code == 2
    assert cleancopy("extract", "in/n.warc.gz", "--on", "ray://x").code == 2


def test_what_others_write_beside_a_batch_stays(tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    left = [f"{name}.1-0123abcd.open" for name in ("a.jsonl", "results/a.json", "b.jsonl", "results/b.json")]
    for name in left:
        (tmp_path / name).touch()
    Folder(tmp_path).tidy({"a.jsonl", "results/a.json"})
    assert set(content_of(tmp_path)) == set(left[2:])


def test_the_pace_is_said_once_a_minute() -> None:
    said: list[str] = []
    times = iter(range(0, 6000, 40))
    pace = Pace(10, said.append, lambda: float(next(times)))
    for _ in range(10):
        pace.advance()
    assert said[0] == "2 of 10 WARC files, 90 an hour, 5 min left"
    assert len(said) == 4
    assert duration(7800) == "2 h 10 min"
