"""Follows the commands of a document as its reader would, with the demo site in place of the site it speaks of."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.scripted import PATIENCE, Ran, environment

#: The site that the documents speak of.
SITE, DOMAIN = "https://courier.example/", "courier.example"
#: What needs the network, and the options that a test needs for that.
FETCHES, FAST = ("site init", "--live", "discover", "crawl "), " --allow-private --delay 0"
#: What goes on until Ctrl-C, by what it says once it is at work. A test presses it then.
LASTING = {"schedule run": "Keeping the schedule", "replay": "http://", "explore": "http://"}


def examples(document: str, language: str) -> list[str]:
    """The fenced examples of a document in a language, in their order."""
    return re.findall(rf"```{language}\n(.*?)```", document, re.DOTALL)


def commands(document: str) -> list[str]:
    """The lines of all shell examples."""
    return [line for example in examples(document, "sh") for line in example.splitlines()]


class Reader:
    """Follows a document in a folder, with `cleancopy` on the path."""

    def __init__(self, folder: Path, url: str) -> None:
        """`url` is that of the demo site."""
        self.folder, self.url = folder, url
        tool = folder / "bin" / "cleancopy"
        tool.parent.mkdir()
        tool.write_text(f'#!/bin/sh\nexec {sys.executable} -m crawler "$@"\n')
        tool.chmod(0o755)

    def here(self, text: str) -> str:
        """What the document says, of the demo site."""
        return text.replace(SITE, self.url).replace(DOMAIN, "127.0.0.1")

    def run(self, line: str) -> Ran:
        """Run one line. What `export` says holds for all."""
        at_work = next((said for words, said in LASTING.items() if words in line), None)
        begun = "exec " if at_work else ""  # The signal is for the command and not for a shell around it.
        with subprocess.Popen(
            ["bash", "-c", 'export CLEANCOPY_SITES="$PWD/sites"; ' + begun + _fast(self.here(line))],
            cwd=self.folder,
            env={**environment(), "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if at_work else subprocess.PIPE,
            start_new_session=True,
            bufsize=0,  # communicate() does not see what a buffered readline() has read ahead
        ) as process:
            try:
                return _ran(process, at_work)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                raise


def _ran(process: subprocess.Popen[bytes], at_work: str | None) -> Ran:
    """How a command ends: by itself, or once it is at work and Ctrl-C is pressed."""
    assert process.stdout is not None
    said = b""
    if at_work:
        while at_work.encode() not in said and (line := process.stdout.readline()):
            said += line
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    return Ran(process.returncode, (said + out).decode(), (err or b"").decode())


def _fast(line: str) -> str:
    command = line.partition("   #")[0]
    if command.startswith("cleancopy clean http"):
        return command + " --allow-private"
    return command + FAST * (command.startswith("cleancopy") and any(words in command for words in FETCHES))
