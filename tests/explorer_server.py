"""The explorer as a process of its own, and who asks it as a browser would."""

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.scripted import PATIENCE


@dataclass(frozen=True)
class Answered:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Explored:
    """`address` is what was printed, with its token; `cookie` what its first use gives."""

    address: str
    cookie: str = ""

    @property
    def origin(self) -> str:
        return self.address.partition("/?")[0]

    def ask(self, path: str, method: str = "GET", fields: Mapping[str, str] | None = None, **headers: str) -> Answered:
        """A request with the cookie, unless a header says otherwise. Underlines in the names of headers are dashes."""
        given = {"Cookie": self.cookie, **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=PATIENCE)
        connection.request(method, path, urlencode(fields) if fields else None, given)
        answer = connection.getresponse()
        found = Answered(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        connection.close()
        return found

    def send(self, path: str, **fields: str) -> Answered:
        """A form of one of its own pages."""
        form = path.removesuffix("/correct") + "/block/0" if path.endswith("/correct") else "/quality"
        token = re.search(r'name="form_token" value="([^"]+)"', self.ask(form).text)
        assert token
        return self.ask(path, "POST", {"form_token": token[1], **fields}, Origin=self.origin)


@contextmanager
def exploring(*arguments: str | Path, by: Sequence[str] = ()) -> Iterator[Explored]:
    """`cleancopy explore ARGUMENTS` on a free port, until the block ends; `by` is a program that runs it."""
    command = [*by, sys.executable, "-m", "crawler", "explore", *map(str, arguments), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent) as process:
        assert process.stdout
        try:
            address = process.stdout.readline().strip()
            first = Explored(address).ask(address.removeprefix(Explored(address).origin))
            yield Explored(address, first.headers["set-cookie"].partition(";")[0])
        finally:
            process.terminate()
            assert process.wait(PATIENCE) == 0
