"""The site files that come with cleancopy."""

import re
from pathlib import Path

import pytest

from archive.authoring.draft_candidates import is_generated
from archive.extraction.extract import extract
from archive.labels import Label
from archive.sites import MODELINE, Layout, bundled_sites, load_site, site_files, site_of_url, site_schema_json
from archive.sites.yaml_lines import load_mapping

FILES = sorted(bundled_sites().glob("*.yaml"))
SYSTEMS = sorted((bundled_sites().parent / "systems").glob("*.yaml"))


def test_the_library_is_large_and_has_one_file_a_domain() -> None:
    sites = [load_site(path) for path in FILES]
    assert len(site_files(bundled_sites())) >= len(sites) >= 180
    assert len({site.language for site in sites}) >= 15


def test_the_schema_that_editors_read_is_the_program_s() -> None:
    written = (bundled_sites().parent / "site.schema.json").read_text(encoding="utf-8")
    assert written == site_schema_json() + "\n", "write it anew: cleancopy site schema > configs/site.schema.json"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_says_who_and_where(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith(MODELINE.format(place="../site.schema.json"))
    site = load_site(path)
    assert site.name
    assert site.language
    assert site.country
    assert site.discover.names_lists()
    assert site.layouts or not site.tests


def test_tests_hold_short_phrases_alone() -> None:
    tests = [test for path in FILES for test in load_site(path).tests]
    assert len(tests) > 80
    for test in tests:
        for phrase in (*test.contains, *test.not_contains):
            assert len(phrase.split()) <= 8, test.url
            assert len(phrase) <= 120, test.url


def selectors(layout: Layout) -> list[str]:
    chosen = [selector for _, found in layout.selectors() for selector in found]
    return [*chosen, *(selector for rule in layout.strip for selector in rule.select)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_selector_rests_on_a_generated_name(path: Path) -> None:
    for layout in load_site(path).layouts:
        for selector in selectors(layout):
            names = re.findall(r"(?<![\w\"'])[.#]([A-Za-z_][\w-]*)", selector)
            assert not [name for name in names if is_generated(name)], selector


@pytest.mark.parametrize("path", SYSTEMS, ids=lambda path: path.stem)
def test_a_system_can_be_inherited(path: Path, tmp_path: Path) -> None:
    (tmp_path / "gull.example.yaml").write_text(f"inherits: {path.stem}", encoding="utf-8")
    assert load_site(tmp_path / "gull.example.yaml").layouts[0].body
    assert load_mapping(path)


def test_global_research_s_notices_are_told_from_the_story() -> None:
    site = load_site(bundled_sites() / "globalresearch.ca.yaml")
    notices = {
        "Note to readers: please click the share buttons above or below.": Label.SHARE_PROMPT,
        "Comment on Global Research Articles on our Facebook page": Label.SHARE_PROMPT,
        "Become a Member of Global Research": Label.PROMOTION,
        "My newest book as editor is titled “Gulls over the Harbour.”": Label.PROMOTION,
        "Nora Ellwood is a Research Associate of the CRG who lives by the sea.": Label.AUTHOR_BIO,
        "About the author: Nora Ellwood lives by the sea.": Label.AUTHOR_BIO,
        "Articles by: Nora Ellwood": Label.BYLINE,
        "Disclaimer: The contents of this article are of sole responsibility of the author(s).": Label.LEGAL_NOTICE,
        "www.globalresearch.ca contains copyrighted material.": Label.LEGAL_NOTICE,
        "For media inquiries: gull@example.org": Label.CONTACT,
    }
    story = "The harbour office counted the gulls on Monday and found that there were more of them than last year."
    page = "".join(f"<p>{text}</p>" for text in (story, *notices, "The count goes on until the end of the month."))
    record = extract(f"<body><article>{page}</article></body>", "https://www.globalresearch.ca/a/5650001", site=site)
    found = {block.text: (block.label, block.rule) for block in record.blocks}
    for text, label in notices.items():
        assert found[text][0] is label, text
        assert found[text][1].startswith("site:strip[")
    assert not found[story][1].startswith("site:strip[")


def test_a_site_is_found_without_looking_through_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    site_of_url("https://www.spiegel.de/a")
    monkeypatch.setattr("os.scandir", lambda folder: pytest.fail(f"{folder} is looked through for one page"))
    assert site_of_url("https://www.spiegel.de/b").name == "Spiegel Online"
    assert site_of_url("https://www.bbc.co.uk/news").domain == "bbc.com"
