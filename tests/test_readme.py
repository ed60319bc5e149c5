"""Every command and example of the README and of docs/collections.md, run as it stands there against the demo site."""

import re
import subprocess
import sys
from pathlib import Path

from archive.collection.folder import Collection
from archive.collection.settings_file import load_settings
from archive.records import read_records
from archive.sites import load_site
from crawler.demo import DemoSite
from tests.reader import DOMAIN, SITE, Reader, commands, examples
from tests.scripted import PATIENCE, environment, story

_PROGRAM = Path(__file__).parent.parent
README, COLLECTIONS = (_PROGRAM / "README.md").read_text(), (_PROGRAM / "docs" / "collections.md").read_text()
#: What the README expects of its reader: files to begin with, and a second disk.
_DISK = "/mnt/second-disk"


def test_every_command(tmp_path: Path) -> None:
    (settings,) = examples(COLLECTIONS, "yaml")
    with DemoSite() as demo:
        reader = Reader(tmp_path, demo.url)
        (tmp_path / "sites").mkdir()
        (tmp_path / "disk" / "courier").mkdir(parents=True)
        (tmp_path / "page.html").write_text(story("Page"))
        (tmp_path / "pages.jsonl").write_text('{"id": "1", "text": "One line of text."}\n')
        (tmp_path / "urls.txt").write_text(demo.url_of("/world/2026/11/17/ferry-talks-stall.html") + "\n")
        for line in [*commands(README), *commands(COLLECTIONS)]:
            if "schedule list" in line:
                written = reader.here(settings).replace(_DISK, str(tmp_path / "disk"))
                (tmp_path / "collections/courier/collection.yaml").write_text(written)
            ran = reader.run(line)
            assert ran.code == 0, f"{line}\n{ran.out}\n{ran.err}"
    records = [read_records(path) for path in (tmp_path / "collections/courier/records").glob("*.jsonl")]
    assert sum(len([*found]) for found in records) >= 12
    assert any((tmp_path / "disk").rglob("*.warc.gz")), "copied"
    for made in ("courier.wacz", "report.html", "courier-2026/manifest.json", "record.schema.json", "records.jsonl"):
        assert (tmp_path / made).stat().st_size, made


def test_the_python_example(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(story("Page"))
    for example in examples(README, "python"):
        ran = subprocess.run(
            [sys.executable, "-c", example],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr.decode()
        assert "Page" in ran.stdout.decode()


def test_the_files_are_valid(tmp_path: Path) -> None:
    (settings,), (site,) = examples(COLLECTIONS, "yaml"), examples(README, "yaml")
    (tmp_path / "collection.yaml").write_text(settings)
    assert DOMAIN in load_settings(Collection(tmp_path)).sites
    path = tmp_path / f"{DOMAIN}.yaml"
    path.write_text(site)
    assert load_site(path).name == "The Harbour Courier"
    assert SITE in README


def test_the_make_targets_are_there() -> None:
    makefile = (Path(__file__).parent.parent / "Makefile").read_text()
    for target in re.findall(r"^    make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
