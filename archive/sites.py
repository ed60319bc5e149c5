"""The site configuration: one short YAML file a site, checked strictly.

A file with nothing but a name works; everything else has a default. What is wrong stops with the file, the
line, the key, what was expected and the nearest right spelling.
"""

import os
import re
from collections.abc import Iterator, Sequence
from datetime import date as Day  # noqa: N812 - `date` is a key of layouts
from datetime import datetime
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from archive.errors import ConfigurationError
from archive.labels import Label
from archive.selectors import compile_selector
from archive.yaml_lines import line_of, load_mapping

#: Directories of site files besides the bundled ones, separated as in PATH.
SITES_VARIABLE = "CLEANCOPY_SITES"


def _web_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("expected an http or https URL")
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return value


def _selector(value: str) -> str:
    try:
        compile_selector(value)
    except ConfigurationError as error:
        raise ValueError(str(error)) from error
    return value


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


WebUrl = Annotated[str, AfterValidator(_web_url)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Selector = Annotated[str, AfterValidator(_selector)]
Selectors = Annotated[tuple[Selector, ...], BeforeValidator(_as_list)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Discover(_Strict):
    """Where a site lists its articles. Empty: found from the home page and robots.txt."""

    feeds: tuple[WebUrl, ...] = ()
    sitemaps: tuple[WebUrl, ...] = ()
    sections: tuple[WebUrl, ...] = ()


class Articles(_Strict):
    """Regular expressions, searched in the URL, that tell articles from other pages."""

    include: Annotated[tuple[Pattern, ...], BeforeValidator(_as_list)] = ()
    exclude: Annotated[tuple[Pattern, ...], BeforeValidator(_as_list)] = ()


class Crawl(_Strict):
    """How a site is fetched. `delay` is in seconds between requests to one host."""

    delay: float | None = Field(default=None, ge=0, le=3600)
    concurrency: int = Field(default=1, ge=1, le=16)
    allow_private: bool = False
    requisites: bool = False
    obey_robots: bool = True
    headers: dict[str, str] = Field(default_factory=dict)


class StripRule(_Strict):
    """Takes blocks out of the body and says what they are. `select` finds elements, `text` is a regular
    expression searched in a block's text; with both, both must hold."""

    label: Label
    select: Selectors = ()
    text: Pattern | None = None

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if not self.select and self.text is None:
            raise ValueError("expected 'select' or 'text', or both")
        return self


class Layout(_Strict):
    """Selectors by label, for pages captured from `valid_from` to before `valid_until` (UTC days).

    Each list is ordered: the first selector that finds something decides.
    """

    valid_from: Day | None = None
    valid_until: Day | None = None
    headline: Selectors = ()
    standfirst: Selectors = ()
    byline: Selectors = ()
    date: Selectors = ()
    body: Selectors = ()
    caption: Selectors = ()
    author_bio: Selectors = ()
    note: Selectors = ()
    share_prompt: Selectors = ()
    promotion: Selectors = ()
    legal_notice: Selectors = ()
    contact: Selectors = ()
    related: Selectors = ()
    comments: Selectors = ()
    navigation: Selectors = ()
    strip: tuple[StripRule, ...] = ()

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            raise ValueError("expected valid_from to be before valid_until")
        return self

    def selectors(self) -> Iterator[tuple[Label, Selectors]]:
        """The labels that this layout names, with their selectors."""
        for label in Label:
            if found := getattr(self, label.value):
                yield label, found

    def holds(self, day: Day | None) -> bool:
        """Whether this layout is for a page captured on that day; without a day, only the open-ended one."""
        if day is None:
            return self.valid_until is None
        return not (self.valid_from and day < self.valid_from) and not (self.valid_until and day >= self.valid_until)


class Site(_Strict):
    """One news site. `domain` comes from the file's name."""

    domain: str
    name: str | None = None
    language: str | None = None
    country: str | None = None
    status: Literal["active", "blocked", "deprecated"] = "active"
    home: WebUrl | None = None
    discover: Discover = Discover()
    articles: Articles = Articles()
    crawl: Crawl = Crawl()
    layouts: tuple[Layout, ...] = ()

    def layout(self, captured: datetime | None) -> Layout | None:
        """The first layout that holds on the capture's UTC day."""
        day = captured.date() if captured else None
        return next((layout for layout in self.layouts if layout.holds(day)), None)

    def digest(self) -> str:
        """SHA-256 over what extraction reads of this file, so that a new delay does not age any record."""
        content = self.model_dump_json(include={"domain", "name", "language", "layouts"})
        return "sha256:" + sha256(content.encode()).hexdigest()


def load_site(path: Path) -> Site:
    """Read and check one site file. Raises ConfigurationError that names file, line, key and what to write."""
    content = load_mapping(path)
    if "domain" in content:
        raise ConfigurationError(f"{path}: unknown key 'domain': the file's name is the domain")
    try:
        return Site(domain=path.stem, **content)
    except ValidationError as error:
        raise ConfigurationError(_explain(path, error)) from error


def _explain(path: Path, error: ValidationError) -> str:
    return "\n".join(_explain_one(path, problem) for problem in error.errors())


def _explain_one(path: Path, problem: Any) -> str:
    loc = tuple(problem["loc"])
    where = f"{path}:{line_of(path, loc)}"
    key = ".".join(map(str, loc)) or "the file"
    if problem["type"] == "extra_forbidden":
        return f"{where}: unknown key '{key}'{_suggestion(loc)}"
    return f"{where}: {key}: {problem['msg'].removeprefix('Value error, ')}, found {problem['input']!r}"


def _suggestion(loc: tuple[Any, ...]) -> str:
    known = _keys_at(loc[:-1])
    if close := get_close_matches(str(loc[-1]), known, n=1):
        return f"; did you mean '{close[0]}'?"
    return f"; expected one of {', '.join(known)}"


def _keys_at(parents: tuple[Any, ...]) -> list[str]:
    model: type[BaseModel] = Site
    kinds: dict[Any, type[BaseModel]] = {
        "discover": Discover,
        "articles": Articles,
        "crawl": Crawl,
        "layouts": Layout,
        "strip": StripRule,
    }
    for key in parents:
        model = kinds.get(key, model)
    return [name for name in model.model_fields if name != "domain"]


def bundled_sites() -> Path:
    """The directory of site files that come with cleancopy, in a checkout or installed."""
    checkout = Path(__file__).parent.parent / "configs"
    return (checkout if checkout.is_dir() else Path(__file__).parent / "_configs") / "sites"


def site_directories(first: Sequence[Path] = ()) -> list[Path]:
    """Where site files are looked for, first match first: `first` (a collection's own), the environment's
    directories, then the bundled."""
    extra = [Path(entry) for entry in os.environ.get(SITES_VARIABLE, "").split(os.pathsep) if entry]
    return [*first, *extra, bundled_sites()]


def known_domains() -> list[str]:
    """The domains of all site files, sorted."""
    return sorted({path.stem for folder in site_directories() for path in folder.glob("*.yaml")})


def find_site(domain: str, first: Sequence[Path] = ()) -> Site | None:
    """The configured site of a domain or of the closest parent domain, or None."""
    labels = domain.lower().rstrip(".").removeprefix("www.").split(".")
    for start in range(len(labels) - 1 or 1):
        name = ".".join(labels[start:]) + ".yaml"
        for folder in site_directories(first):
            if re.fullmatch(r"[\w.-]+", name) and (folder / name).is_file():
                return load_site(folder / name)
    return None


def site_of_url(url: str, first: Sequence[Path] = ()) -> Site:
    """The configured site of a URL, or one with the host's name alone."""
    host = _host(url).removeprefix("www.")
    return find_site(host, first) or Site(domain=host)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "unknown"
    except ValueError:
        return "unknown"


def named_site(name: str) -> Site:
    """What a user names on the command line: a YAML file, a URL or a configured domain.

    Raises ConfigurationError for a domain without a file, with the nearest right spelling.
    """
    if name.endswith((".yaml", ".yml")):
        return load_site(Path(name))
    if "://" in name:
        return site_of_url(_checked_url(name)).model_copy(update={"home": name})
    if site := find_site(name):
        return site
    raise ConfigurationError(_unknown(name))


def _checked_url(url: str) -> str:
    try:
        return _web_url(url)
    except ValueError as error:
        raise ConfigurationError(f"{url}: {error}") from error


def _unknown(name: str) -> str:
    close = get_close_matches(name, known_domains(), n=1, cutoff=0.5)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    return f"No site file for '{name}'.{hint} Give a URL (https://{name}/) to crawl it without one."
