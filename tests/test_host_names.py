"""Names of hosts in one form, whatever a file, an alias or a URL writes."""

from pathlib import Path

import pytest

from archive.errors import ConfigurationError
from archive.sites import find_site, load_site, site_files, site_of_url
from archive.sites.host_names import host_name, looked_up
from tests.site_file import problem, write

ASCII = "xn--mnchner-n2a.example"


def test_names_have_one_form() -> None:
    assert host_name("Münchner.example") == host_name(ASCII.upper()) == host_name("mu\u0308nchner.example")
    assert host_name("straße.example") == "xn--strae-oqa.example"
    assert host_name("a_b.example") == "a_b.example"
    assert looked_up("gull.example.") == "gull.example"
    assert looked_up("::1") == "::1"


@pytest.mark.parametrize("name", ["example..org", ".example", "a b", "-.example-", "ü..example", "", "a" * 64])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a host name"):
        host_name(name)


@pytest.mark.parametrize("name", ["münchner.example", ASCII])
@pytest.mark.parametrize("host", ["münchner.example", "www.Münchner.example", ASCII, f"www.{ASCII}", f"news.{ASCII}"])
def test_a_file_is_for_the_host_in_every_form(
    name: str, host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "name: Der Münchner", f"{name}.yaml")
    monkeypatch.setenv("CLEANCOPY_SITES", str(tmp_path))
    site = site_of_url(f"https://{host}/a")
    assert (site.name, site.domain) == ("Der Münchner", ASCII)
    assert find_site(host) == site


def test_an_alias_is_for_the_host_in_every_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "name: Gull\naliases: [möwe.example]")
    monkeypatch.setenv("CLEANCOPY_SITES", str(tmp_path))
    assert site_of_url("https://xn--mwe-sna.example/").name == "Gull"


def test_two_forms_of_one_host_are_one_claim(tmp_path: Path) -> None:
    for name in ("münchner.example", ASCII):
        write(tmp_path, "name: M", f"{name}.yaml")
    with pytest.raises(ConfigurationError, match=f"the domain '{ASCII}' is taken already"):
        site_files(tmp_path)


def test_an_empty_label_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="expected a file named by its domain"):
        load_site(write(tmp_path, "name: E", "example..org.yaml"))
    assert "expected a host name" in problem(tmp_path, "aliases: [example..org]")
