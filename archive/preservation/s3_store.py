"""A copy on S3-compatible storage, through s3fs.

Keys and secrets come from where all AWS tools take them: the environment or ~/.aws. An object appears under its name
only when all of it is there (a multipart upload that is not completed leaves nothing to be seen).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Any

import s3fs
from botocore.exceptions import BotoCoreError, ClientError

from archive.preservation.file_digests import CHUNK, chunks_of
from archive.preservation.store import CopyError, MissingError, WrongBytesError, digest_in

#: Bytes of one part of an upload and of one piece of a download; what is larger goes up in parts.
_PART = 16 << 20
#: Seconds until a server that does not answer is given up on, and how often it is asked.
_PATIENCE: dict[str, Any] = {
    "connect_timeout": 10,
    "read_timeout": 60,
    "retries": {"mode": "standard", "total_max_attempts": 3},
}


class Bucket:
    """A bucket and a prefix as a store. `location` is s3://BUCKET/PREFIX."""

    def __init__(self, location: str, endpoint: str | None) -> None:
        self.location = location
        self._bucket, _, self._prefix = location.removeprefix("s3://").partition("/")
        # Instances are not shared: each has the credentials of its own time.
        self._fs = s3fs.S3FileSystem(
            endpoint_url=endpoint,
            config_kwargs=_PATIENCE,
            default_block_size=_PART,
            max_concurrency=2,
            use_listings_cache=False,
            skip_instance_cache=True,
        )
        self._fs.retries = 1  # botocore's own attempts are enough
        with self._failing("it cannot be reached"):
            self._fs.call_s3("head_bucket", Bucket=self._bucket)

    def sizes(self) -> Iterator[tuple[str, int]]:
        token: dict[str, str] = {}
        start = f"{self._prefix}/" if self._prefix else ""
        while True:
            with self._failing("it cannot be listed"):
                page = self._fs.call_s3("list_objects_v2", Bucket=self._bucket, Prefix=start, **token)
            yield from ((entry["Key"].removeprefix(start), entry["Size"]) for entry in page.get("Contents", ()))
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def size(self, name: str) -> int | None:
        with self._failing(f"{name} cannot be read"):
            try:
                return int(self._fs.call_s3("head_object", Bucket=self._bucket, Key=self._key(name))["ContentLength"])
            except FileNotFoundError:
                return None
            except ClientError as error:
                if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
                    return None
                raise

    def write(self, name: str, source: Path, digest: str) -> None:
        with self._failing(f"{name} cannot be written"):
            self._upload(name, source, digest)
        if digest_in(self, name) != digest:
            self.remove(name)
            raise WrongBytesError(
                f"{self._path(name)} did not keep what was written to it: it reads back as other bytes"
            )

    def _upload(self, name: str, source: Path, digest: str) -> None:
        chunks = chunks_of(source, digest)
        first = b"".join(islice(chunks, _PART // CHUNK))
        if len(first) < _PART:
            self._fs.pipe_file(self._path(name), first + b"".join(chunks))
            return
        new = self._fs.open(self._path(name), "wb", autocommit=False)
        try:
            new.write(first)
            for chunk in chunks:
                new.write(chunk)
            new.close()
            new.commit()
        except BaseException:
            new.closed = True
            new.discard()
            raise

    def chunks(self, name: str) -> Iterator[bytes]:
        with self._failing(f"{name} cannot be read"):
            try:
                with self._fs.open(self._path(name), "rb", block_size=_PART, cache_type="readahead") as file:
                    while chunk := file.read(CHUNK):
                        yield chunk
            except FileNotFoundError as error:
                raise MissingError(f"{self.location}: {name} is not there") from error

    @contextmanager
    def open(self, name: str) -> Iterator[BufferedReader]:
        """A file to be read, anywhere in it. Raises CopyError, also where reading fails within the context."""
        with self._failing(f"{name} cannot be read"):
            raw = self._fs.open(self._path(name), "rb", block_size=_PART, cache_type="readahead")
            with BufferedReader(raw) as file:
                yield file

    def remove(self, name: str) -> None:
        with self._failing(f"{name} cannot be removed"):
            self._fs.call_s3("delete_object", Bucket=self._bucket, Key=self._key(name))

    def remove_unfinished(self) -> None:
        with self._failing("what was left unfinished cannot be removed"):
            found = self._fs.call_s3("list_multipart_uploads", Bucket=self._bucket, Prefix=self._key(""))
            for upload in found.get("Uploads", ()):
                self._fs.call_s3(
                    "abort_multipart_upload", Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                )

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name

    def _path(self, name: str) -> str:
        return f"{self._bucket}/{self._key(name)}"

    @contextmanager
    def _failing(self, what: str) -> Iterator[None]:
        try:
            yield
        except (OSError, BotoCoreError, ClientError) as error:
            raise CopyError(f"{self.location}: {what}: {_said(error)}") from error


def _said(error: Exception) -> str:
    """The error in words that hold no secret: its kind and what the server said."""
    if isinstance(error, FileNotFoundError):
        return "there is no such bucket or object"
    if isinstance(error, PermissionError):
        return "the server does not allow it; see the credentials in the environment or in ~/.aws"
    if type(error).__name__ == "NoCredentialsError":
        return "no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ~/.aws/credentials"
    return f"{getattr(error, 'strerror', None) or error}"
