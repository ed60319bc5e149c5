"""Pages without their words: what the selectors and dates of the bundled site files are tested on."""

import gzip
import json
import re
from pathlib import Path

import pytest

from archive.authoring.page_tests import check_file
from archive.authoring.skeletons import folder, found_by_label, skeleton, skeleton_line, skeleton_misses, stated_date
from archive.exchange import Capture
from archive.sites import Layout, PageTest, Site, bundled_sites, load_site

SENTENCE = "The harbour office counted the gulls on the breakwater. "
PAGE = f"""<!doctype html><html lang="en"><head><title>Gulls return</title>
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Gulls return",
"datePublished": "2026-11-18T07:30:00+00:00"}}</script><script>var secret = "harbour"</script></head>
<body data-title="Gulls return" data-json='{{"a": "Gulls"}}'><h1 class="top line">Gulls return</h1>
<div class="story"><p>{SENTENCE * 3}</p><a href="https://share.example/?text=Gulls%20return">Share</a></div>
<img alt="Two gulls" src="gull.jpg"></body></html>"""
CAPTURE = Capture(url="https://gull.example/a", body=PAGE.encode())
SITE = Site(domain="gull.example", layouts=(Layout(headline=("h1",), body=(".story",)),))


def test_a_skeleton_has_the_page_s_form_and_none_of_its_words() -> None:
    text = skeleton(CAPTURE)
    for word in ("ulls", "arbour", "hare</a>", "counted", "return"):
        assert word not in text
    assert 'class="top line"' in text
    assert "https://share.example/" in text
    bare = Capture(url=CAPTURE.url, body=text.encode())
    assert found_by_label(SITE, bare) == found_by_label(SITE, CAPTURE) == {"body": 2, "headline": 1}
    assert stated_date(bare) == "2026-11-18T07:30:00+00:00"
    assert len(re.findall("x+", text.partition("<p>")[2].partition("</p>")[0])) == len((SENTENCE * 3).split())


def test_a_selector_that_finds_something_else_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sites = tmp_path / "sites"
    sites.mkdir()
    monkeypatch.setattr("archive.authoring.skeletons.bundled_sites", lambda: sites)
    (tmp_path / "skeletons").mkdir()
    lines = {CAPTURE.url: skeleton_line(SITE, CAPTURE)}
    (tmp_path / "skeletons/gull.example.json.gz").write_bytes(gzip.compress(json.dumps(lines).encode()))
    test = PageTest(url=CAPTURE.url, title="Gulls return")
    of_file = sites / "gull.example.yaml"
    assert skeleton_misses(SITE.of_file(of_file), test) == ()
    changed = SITE.model_copy(update={"layouts": (Layout(headline=("h2",), body=(".story",)),)})
    (miss,) = skeleton_misses(changed.of_file(of_file), test) or ()
    assert (miss.key, miss.found) == ("skeleton.headline", "0 of the 1 blocks that they found before")
    assert skeleton_misses(SITE, test) is None


@pytest.mark.parametrize("path", sorted(folder().glob("*.json.gz")), ids=lambda path: path.name.partition(".json")[0])
def test_the_library_s_selectors_find_what_they_found(path: Path) -> None:
    file = bundled_sites() / f"{path.name.removesuffix('.json.gz')}.yaml"
    check = check_file(file, {}, bones=skeleton_misses)
    assert any(result.skeleton for result in check.results)
    assert [miss for result in check.failed for miss in result.misses] == []
    kept = json.loads(gzip.decompress(path.read_bytes()))
    assert set(kept) <= {test.url for test in load_site(file).tests}
    assert all(line["found"] or line["date"] for line in kept.values())
