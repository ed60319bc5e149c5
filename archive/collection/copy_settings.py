"""What `collection.yaml` says of copies and of fixity: `copies:` and `verify:`."""

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from archive.sites.site_values import Duration, WebUrl, seconds_of
from archive.sites.strict import Strict

#: Bucket and prefix; the bucket's name by the rules of Amazon S3, which other servers share.
_S3 = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[^/\x00-\x20?#]+)*/?")


def _place(value: str) -> str:
    if value.startswith("/"):
        return str(Path(value))
    if not _S3.fullmatch(value) or "@" in value:
        raise ValueError(
            "expected a directory that begins with / or s3://BUCKET/PREFIX "
            "(keys and secrets come from the environment or ~/.aws, never from here)"
        )
    return value.rstrip("/")


def _as_copy(value: Any) -> Any:
    return {"to": value} if isinstance(value, str) else value


def _as_verify(value: Any) -> Any:
    return {"every": value} if isinstance(value, str) else value


class Copy(Strict):
    """Another place that holds the collection too."""

    to: Annotated[str, AfterValidator(_place)]
    """A directory, or s3://BUCKET/PREFIX."""
    endpoint: WebUrl | None = None
    """The address of an S3-compatible server; without it, Amazon's or that of AWS_ENDPOINT_URL."""


class Verify(Strict):
    """How often everything is read again."""

    every: Duration = "30d"
    """The time in which every file of the collection and of its copies is read again, a share of them each day."""

    @property
    def seconds(self) -> int:
        """The period in seconds."""
        return seconds_of(self.every)


Copies = Annotated[
    tuple[Annotated[Copy, BeforeValidator(_as_copy, json_schema_input_type=str | Copy)], ...], Field(max_length=8)
]
Verifying = Annotated[Verify, BeforeValidator(_as_verify, json_schema_input_type=str | Verify)]
