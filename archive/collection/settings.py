"""What `collection.yaml` may say. Every key has a default, and so has the whole file."""

import json
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from archive.collection.alarm_settings import Alarms
from archive.collection.copy_settings import Copies, Verify, Verifying
from archive.sites.schedule import Schedule, ScheduleValue, as_schedule
from archive.sites.site_values import Host, WebUrl
from archive.sites.strict import Strict


class SiteSettings(Schedule):
    """One site of a collection. What is said here goes before the site's own file."""

    home: WebUrl | None = None
    """The home page; a site that has one needs no site file."""


def _as_site(value: Any) -> Any:
    return {} if value is None else as_schedule(value)


_SiteValue = Annotated[SiteSettings, BeforeValidator(_as_site, json_schema_input_type=str | SiteSettings | None)]


def _key_file(value: str) -> str:
    if not value.startswith("/"):
        raise ValueError("expected the whole path of a file, from / on")
    return value


def _server(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_secret = parts.password is not None or "password" in parse_qs(parts.query)
    except ValueError:
        parts, is_secret = urlsplit(""), False
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError("expected postgresql://HOST/DATABASE")
    if is_secret:
        raise ValueError(
            "expected no password, for collections are copied and given away: it is taken from ~/.pgpass or PGPASSWORD"
        )
    return value


FrontierServer = Annotated[str, AfterValidator(_server)]
KeyFile = Annotated[str, AfterValidator(_key_file)]


class CollectionSettings(Strict):
    """A collection's `collection.yaml`."""

    schedule: ScheduleValue = Schedule()
    """What holds for each site's schedule unless its file or 'sites' says otherwise."""
    sites: dict[Host, _SiteValue] = Field(default_factory=dict)
    """The sites that are crawled, by domain: a schedule each. Site files in the collection that name a schedule are
    crawled as well."""
    sites_at_once: int = Field(default=20, ge=1, le=500)
    """The most sites that are crawled at a time."""
    copies: Copies = ()
    """Other places that hold the collection too: a directory, or s3://BUCKET/PREFIX with an 'endpoint'."""
    verify: Verifying = Verify()
    """How often everything is read again, here and in the copies."""
    alarms: Alarms = Alarms()
    """Who hears of it when something is wrong."""
    frontier: FrontierServer | None = None
    """The PostgreSQL database of a frontier that several machines share, as postgresql://HOST/DATABASE; without it the
    frontier is a file of the collection."""
    key: KeyFile | None = None
    """The file of a key (`cleancopy key new`) that signs each line of the collection's log."""


def settings_schema() -> dict[str, Any]:
    """The schema (2020-12) of `collection.yaml`."""
    schema = CollectionSettings.model_json_schema(mode="validation")
    schema["title"] = "The collection.yaml of a cleancopy collection"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def settings_schema_json() -> str:
    """The schema as indented JSON text."""
    return json.dumps(settings_schema(), indent=2, ensure_ascii=False)
