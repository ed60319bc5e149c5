"""Commands without the second that each needs to load: one process has loaded the command line and forks for each, and
one has loaded what extraction needs and forks for the workers of all.

A command is a process of its own all the same, with its own folder, environment and streams. What forks share is the
seed of the hashes of text: a test of what must not depend on it starts its commands itself (`scripted.command`).
"""

import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from multiprocessing import forkserver, spawn
from pathlib import Path
from pkgutil import resolve_name
from tempfile import TemporaryFile
from threading import Lock
from typing import IO

#: Bytes of a message at most: the command line and the environment.
_LONGEST = 1_000_000
#: Not `-m`: what forks is then no module that the worker processes of a command would load in their turn.
_PROGRAM = "from tests.forking import serve; serve()"


class Forker:
    """The process that forks, seen from the tests."""

    def __init__(self) -> None:
        self._socket, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
            stdin=far.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        far.close()

    def run(
        self, arguments: list[str], folder: Path, environment: Mapping[str, str], stdin: bytes, timeout: float
    ) -> tuple[int, bytes, bytes]:
        """Run `cleancopy ARGUMENTS`; its exit code, output and errors. One that takes longer (seconds) is killed."""
        asked = json.dumps({"arguments": arguments, "folder": str(folder), "environment": dict(environment)}).encode()
        with self._lock, TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as err:
            given.write(stdin)
            given.seek(0)
            socket.send_fds(self._socket, [asked], [file.fileno() for file in (given, out, err)])
            self._socket.settimeout(timeout)
            process = int(self._socket.recv(100))
            try:
                code = int(self._socket.recv(100))
            except BaseException:
                os.kill(process, signal.SIGKILL)
                self._socket.recv(100)  # so that the next command reads its own
                raise
            return code, _content(out), _content(err)

    def close(self) -> None:
        """End the process."""
        self._socket.close()
        self._process.wait()


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


@cache
def forker() -> Forker:
    """The one of this process; it ends with it."""
    started = Forker()
    atexit.register(started.close)
    return started


def serve() -> None:
    """What the process does: fork for each message on standard input, and say how the command ended."""
    from archive.cli import COMMANDS, SCHEDULE_COMMANDS, SITE_COMMANDS
    from archive.pipeline.pool import preload
    from crawler.cli import main

    for command in (*COMMANDS.values(), *SITE_COMMANDS.values(), *SCHEDULE_COMMANDS.values()):
        resolve_name(command.place)
    from crawler.commands import crawl_run  # noqa: F401 - what most tests run
    from crawler.spiders import news

    # Between the tries of a URL lies half a minute, in which a test would only wait. What servers ask for is kept.
    news._WAITS = (0.1, 0.2)
    preload("archive.pipeline.record_lines")
    # What is loaded is never collected, so that a command does not take a third of a second to free it at its end.
    gc.freeze()
    asking = socket.socket(fileno=os.dup(0))
    while True:
        message, streams, _, _ = socket.recv_fds(asking, _LONGEST, 3)
        if not message:
            return
        process = os.fork()
        if not process:
            break
        for stream in streams:
            os.close(stream)
        asking.send(str(process).encode())
        asking.send(str(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])).encode())
    asking.close()
    _become(json.loads(message), streams)
    main()


def _become(asked: dict[str, object], streams: list[int]) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(str(asked["folder"]))
    os.environ.clear()
    os.environ.update(asked["environment"])  # type: ignore[call-overload]
    sys.argv = ["cleancopy", *asked["arguments"]]  # type: ignore[misc]
    # The process that workers come from is there, as a sister of this one.
    forkserver._forkserver.ensure_running = forkserver.ensure_running = lambda: None  # type: ignore[method-assign]
    prepared = spawn.get_preparation_data
    spawn.get_preparation_data = lambda name: {**prepared(name), "name": _Name(name)}


class _Name(str):
    """The name of a worker process. It brings the environment of its command along, as a fork of that would."""

    __slots__ = ()

    def __reduce__(self) -> tuple[object, ...]:
        return _named, (str(self), dict(os.environ))


def _named(name: str, environment: dict[str, str]) -> str:
    os.environ.clear()
    os.environ.update(environment)
    return name
