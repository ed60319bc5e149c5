"""A site file, with what it inherits, to a checked Site."""

import os
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from archive.errors import ConfigurationError
from archive.sites.file_stamp import Stamp, stamp_of
from archive.sites.hooks import is_trusted, load_hook, trust_hook
from archive.sites.host_names import host_name
from archive.sites.problems import explain, unknown_word
from archive.sites.site import Shared, Site
from archive.sites.yaml_lines import line_of, load_mapping

#: Where the user keeps site files of their own besides the bundled ones, separated as in PATH; workers inherit it.
SITES_VARIABLE = "CLEANCOPY_SITES"
_SYSTEM = re.compile(r"[\w-]+")
_M = TypeVar("_M", bound=BaseModel)


def extra_directories() -> list[Path]:
    """The directories that the user named, by `--sites` or in the environment."""
    return [Path(entry) for entry in os.environ.get(SITES_VARIABLE, "").split(os.pathsep) if entry]


@cache
def bundled() -> Path:
    """The directory of configurations that come with cleancopy, in a checkout or installed."""
    checkout = Path(__file__).parent.parent.parent / "configs"
    return checkout if checkout.is_dir() else Path(__file__).parent.parent / "_configs"


def bundled_sites() -> Path:
    """The directory of site files that come with cleancopy."""
    return bundled() / "sites"


def load_site(path: Path) -> Site:
    """Read and check one site file. Raises ConfigurationError that names file, line, key and what to write."""
    content = load_mapping(path)
    if "domain" in content:
        line = line_of(path, ("domain",))
        raise ConfigurationError(f"{path}:{line}: unknown key 'domain': the file's name is the domain")
    system = content.pop("inherits", None)
    # The site's own keys first, so that a problem is shown where the maintainer wrote it.
    own = checked(path, Site, {"domain": domain_of(path), **content})
    if system is None:
        site = own
    else:
        site = checked(path, Site, {"domain": own.domain, **_inherited(path, content, system, ())})
    return _with_hook(path, site).of_file(path)


def domain_of(path: Path) -> str:
    """The domain that a file's name says, in IDNA's ASCII form. Raises ConfigurationError if it is none."""
    said = path.stem
    try:
        domain = host_name(said)
    except ValueError:
        domain = ""
    if not domain or said != said.lower() or domain.startswith("www."):
        raise ConfigurationError(
            f"{path}: expected a file named by its domain in small letters and without www., such as example.org.yaml"
        )
    return domain


def _with_hook(path: Path, site: Site) -> Site:
    """The site, once its hook is known to be there. One that may be somebody else's is left alone until it is used."""
    if site.hook and not _lies_in_collection(path):
        trust_hook(site.hook)
    if site.hook and is_trusted(site.hook):
        try:
            load_hook(site.hook)
        except ConfigurationError as error:
            raise ConfigurationError(f"{path}:{line_of(path, ('extract',))}: {error}") from error
    return site


def _lies_in_collection(path: Path) -> bool:
    """Whether a site file came with a collection, and the user has not named its folder."""
    folder = path.resolve().parent
    named = [each.resolve() for each in extra_directories()]
    return (folder.parent / "archive").is_dir() and folder not in named and folder != bundled_sites().resolve()


def checked(path: Path, model: type[_M], content: Mapping[str, Any]) -> _M:
    """A file's content as a model. Raises ConfigurationError with a line for each problem: file, line, key, what was
    expected and the nearest right spelling."""
    try:
        return model(**content)
    except ValidationError as error:
        raise ConfigurationError(explain(path, error, model)) from error


def _inherited(path: Path, content: dict[str, Any], system: Any, heirs: tuple[Path, ...]) -> dict[str, Any]:
    """A file's content on top of what the named system says."""
    source = _system_path(path, system)
    if source in heirs:
        chain = " -> ".join(heir.stem for heir in (*heirs, source))
        raise ConfigurationError(f"{path}:{line_of(path, ('inherits',))}: inherits: a circle: {chain}")
    said = dict(_system(source, stamp_of(source.stat())))
    further = said.pop("inherits", None)
    if further is not None:
        said = _inherited(source, said, further, (*heirs, source))
    return merged(said, content)


@lru_cache(maxsize=64)
def _system(path: Path, _stamp: Stamp) -> dict[str, Any]:
    content = load_mapping(path)
    checked(path, Shared, {key: value for key, value in content.items() if key != "inherits"})
    return content


def _system_path(path: Path, system: Any) -> Path:
    folders = [path.parent / "systems", *(folder / "systems" for folder in extra_directories()), bundled() / "systems"]
    for folder in folders:
        if isinstance(system, str) and _SYSTEM.fullmatch(system) and (folder / f"{system}.yaml").is_file():
            return folder / f"{system}.yaml"
    known = sorted({file.stem for folder in folders for file in folder.glob("*.yaml")})
    hint = unknown_word(str(system), known)
    raise ConfigurationError(f"{path}:{line_of(path, ('inherits',))}: inherits: no system '{system}'{hint}")


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """`own` on top of `base`: mappings merge key by key, other values replace. Each of the site's layouts takes from
    the system's first one what it does not say itself, and the system's strip rules come after its own."""
    result = dict(base)
    for key, value in own.items():
        inherited = base.get(key)
        if key == "layouts" and inherited and isinstance(value, list):
            result[key] = [_layout(inherited[0], layout) for layout in value]
        elif isinstance(value, dict) and isinstance(inherited, dict):
            result[key] = merged(inherited, value)
        else:
            result[key] = value
    return result


def _layout(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    strip = [*own.get("strip", ()), *base.get("strip", ())]
    return {**base, **own, **({"strip": strip} if strip else {})}
