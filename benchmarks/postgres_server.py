"""A PostgreSQL server of one's own, for tests and benchmarks, in a folder of its own, reached by a socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

#: Where Debian keeps what it does not put on the path.
_DEBIAN = "/usr/lib/postgresql"


def programs() -> Path | None:
    """The folder of initdb and pg_ctl; None where PostgreSQL is not installed."""
    found = shutil.which("pg_ctl")
    folders = [*([Path(found).resolve().parent] if found else []), *sorted(Path(_DEBIAN).glob("*/bin"), reverse=True)]
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


class PostgresServer:
    """Runs as the user postgres where this process is root's, which PostgreSQL refuses to serve."""

    def __init__(self, folder: Path, settings: str) -> None:
        self.folder = folder
        self._bin = programs() or Path()
        self._settings = settings
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._as = {"user": "postgres", "group": pwd.getpwnam("postgres").pw_gid, "extra_groups": []}
            shutil.chown(folder, "postgres")
        self._program("initdb", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8")
        self.start()

    def _program(self, name: str, *arguments: str) -> None:
        command = [str(self._bin / name), "-D", str(self.folder / "data"), *arguments]
        null = subprocess.DEVNULL
        subprocess.run(command, check=True, cwd=self.folder, stdin=null, stdout=null, stderr=null, **self._as)

    def start(self) -> None:
        """Serve."""
        options = f"-k {self.folder} -c listen_addresses='' {self._settings}"
        self._program("pg_ctl", "start", "-w", "-l", str(self.folder / "log"), "-o", options)

    def stop(self, how: str = "immediate") -> None:
        """Serve no more; `immediate` is as bad as a crash."""
        self._program("pg_ctl", "stop", "-w", "-m", how)

    def cpu(self) -> float:
        """Seconds of processor time of all connections that have ended."""
        pid = (self.folder / "data/postmaster.pid").read_text().split()[0]
        # proc(5): those of the process, then of its children that have ended, in ticks.
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def url(self, schema: str) -> str:
        """For tables apart from those of others."""
        return f"postgresql:///postgres?host={self.folder}&user=postgres&options=-csearch_path%3D{schema}"

    def new(self, schema: str) -> str:
        """The same, where there are no tables yet."""
        with psycopg.connect(self.url(schema), autocommit=True) as db:
            db.execute(f"CREATE SCHEMA {schema}")
        return self.url(schema)


@contextmanager
def postgres_server(settings: str = "-c fsync=off") -> Iterator[PostgresServer]:
    """A server until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="cleancopy-pg-"))
    try:
        server = PostgresServer(folder, settings)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
