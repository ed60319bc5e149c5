"""What `collection.yaml` says of alarms: the key `alarms:`."""

import os
import re
from hashlib import sha256
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from archive.errors import ConfigurationError
from archive.sites.logins import has_login
from archive.sites.site_values import Duration, Listed, is_web_url, seconds_of
from archive.sites.strict import Strict

_VARIABLE = re.compile(r"\$([A-Z_][A-Z0-9_]*)")
_ADDRESS = re.compile(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9.-]{1,253}")
_SERVER = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?")
_SIZE = re.compile(r"(\d{1,6}(?:\.\d+)?)\s?(MB|GB|TB)")
_BYTES = {"MB": 10**6, "GB": 10**9, "TB": 10**12}


def _webhook(value: str) -> str:
    if not _VARIABLE.fullmatch(value) and not is_web_url(value):
        raise ValueError("expected an http or https URL, or $NAME of an environment variable that holds one")
    if has_login(value):
        raise ValueError("expected $NAME of an environment variable that holds the URL where it holds a password")
    return value


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("expected a mail address such as archive@example.org")
    return value


def _server(value: str) -> str:
    match = _SERVER.fullmatch(value)
    if match is None or int(match[2] or 25) not in range(1, 65536):
        raise ValueError("expected a mail server such as smtp.example.org:587")
    return value


def _size(value: Any) -> Any:
    if isinstance(value, str) and not _SIZE.fullmatch(value):
        raise ValueError("expected a size such as 500 MB or 20 GB")
    return value


Address = Annotated[str, AfterValidator(_address)]


class Mail(Strict):
    """Where alarms are mailed. The password is in the environment: CLEANCOPY_SMTP_PASSWORD."""

    to: Annotated[tuple[Address, ...], Listed] = Field(min_length=1)
    """Who gets the mail."""
    sender: Address | None = None
    """Who it comes from; without it, the first of 'to'."""
    server: Annotated[str, AfterValidator(_server)] = "localhost"
    """The mail server, with its port."""
    security: Literal["starttls", "tls", "none"] | None = None
    """How the connection is encrypted; without it, starttls, and none for localhost."""
    user: str | None = None
    """The name to log in with; without it, there is no login."""

    @property
    def host(self) -> str:
        """The server's name or address."""
        return self._parts()[0]

    @property
    def port(self) -> int:
        """Its port; that of the kind of connection where none is said."""
        usual = {"tls": 465, "starttls": 587, "none": 25}
        return int(self._parts()[1] or usual[self.encryption])

    @property
    def encryption(self) -> Literal["starttls", "tls", "none"]:
        """How the connection is encrypted."""
        return self.security or ("none" if self.host in ("localhost", "127.0.0.1", "::1") else "starttls")

    def _parts(self) -> tuple[str, str | None]:
        match = _SERVER.fullmatch(self.server)
        assert match is not None  # noqa: S101 - the model has checked it
        return match[1].strip("[]"), match[2]

    @model_validator(mode="after")
    def _keeps_passwords_secret(self) -> Self:
        if self.user and self.encryption == "none" and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("expected 'security' to be starttls or tls where there is a 'user'")
        return self


class Alarms(Strict):
    """Who hears of alarms, and what some of them begin at. Standard error hears of all."""

    webhooks: Annotated[tuple[Annotated[str, AfterValidator(_webhook)], ...], Listed] = ()
    """URLs that get each message as JSON, or $NAME of an environment variable that holds one: this file goes into
    copies, so that a URL that is secret belongs into the environment. Where
    CLEANCOPY_WEBHOOK_TOKEN is set, it is sent along (Authorization: Bearer)."""
    mail: Mail | None = None
    """Who gets each message by mail."""
    disk_free: Annotated[str, BeforeValidator(_size, json_schema_input_type=str)] = "5 GB"
    """The room on the collection's disk below which there is an alarm."""
    late: Duration = "1h"
    """How long after its time a run may begin before there is an alarm."""

    @property
    def disk_bytes(self) -> int:
        """`disk_free` in bytes."""
        match = _SIZE.fullmatch(self.disk_free)
        assert match is not None  # noqa: S101 - the model has checked it
        return int(float(match[1]) * _BYTES[match[2]])

    @property
    def late_seconds(self) -> int:
        """`late` in seconds."""
        return seconds_of(self.late)

    @property
    def receivers(self) -> list[str]:
        """A name for each receiver, without secrets: those of the webhooks, and `mail`."""
        return [*map(name_of, self.webhooks), *(["mail"] if self.mail else [])]

    def webhook(self, name: str) -> str:
        """The webhook of this name, as it is written."""
        return next((webhook for webhook in self.webhooks if name_of(webhook) == name), name)


def shown_webhook(webhook: str) -> str:
    """A webhook without the part of its URL that may be secret."""
    if webhook.startswith("$"):
        return webhook
    parts = urlsplit(webhook)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/..."


def name_of(webhook: str) -> str:
    """The same, told apart from others of its host."""
    if webhook.startswith("$"):
        return webhook
    return f"{shown_webhook(webhook)} ({sha256(webhook.encode()).hexdigest()[:8]})"


def url_of(webhook: str) -> str:
    """The URL that a configured webhook stands for. Raises ConfigurationError if its variable holds none."""
    match = _VARIABLE.fullmatch(webhook)
    if match is None:
        return webhook
    url = os.environ.get(match[1], "")
    if not is_web_url(url):
        raise ConfigurationError(f"alarms.webhooks: the environment variable {match[1]} holds no http or https URL")
    return url
