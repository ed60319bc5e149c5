"""What systemd and cron need to keep a collection's schedule running, as text.

The limits are for one small machine: crawling and extraction take about 1 GB of memory and the processor time that is
left; whoever crawls more at once raises them.
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

#: Seconds that the process is given to end cleanly; it needs 25 at most (crawler.schedule.service).
STOP_SECONDS = 60
_SYSTEMD = """\
# {hint}
[Unit]
Description=cleancopy: the schedule of {name}
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart={command}
WorkingDirectory={folder}
User={owner}
{environment}Restart=always
RestartSec=10
RestartPreventExitStatus=2
KillMode=mixed
TimeoutStopSec={stop}
OOMPolicy=continue
Nice=5
CPUWeight=50
IOWeight=50
MemoryHigh=2G
MemoryMax=3G
TasksMax=512
LimitNOFILE=16384
NoNewPrivileges=yes
ProtectSystem=full
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes

[Install]
WantedBy={target}
"""


def unit_name(collection: Path) -> str:
    """A name for a collection's unit that every system takes."""
    return "cleancopy-" + (re.sub(r"[^a-z0-9]+", "-", collection.name.lower()).strip("-") or "collection")


def systemd_unit(command: Sequence[str], collection: Path, environment: Mapping[str, str], *, owner: str | None) -> str:
    """A service that runs as `owner`, whose files the collection's are; of a user's own systemd without. A wrong
    configuration (exit 2) is not tried again."""
    user = owner is None
    name = unit_name(collection)
    folder = "~/.config/systemd/user" if user else "/etc/systemd/system"
    scope = " --user" if user else ""
    lines = [f"Environment={_systemd_word(f'{key}={value}')}\n" for key, value in sorted(environment.items())]
    unit = _SYSTEMD.format(
        hint=f"Write this to {folder}/{name}.service, then: systemctl{scope} enable --now {name}",
        name=_percent(collection.name),
        command=" ".join(map(_systemd_word, command)),
        folder=_percent(str(collection)),
        owner=owner,
        environment="".join(lines),
        stop=STOP_SECONDS,
        target="default.target" if user else "multi-user.target",
    )
    # A user's own systemd may not set up these.
    system_only = ("User=", "ProtectSystem", "ProtectKernel", "ProtectControl", "IOWeight")
    return "".join(line for line in unit.splitlines(keepends=True) if not (user and line.startswith(system_only)))


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _systemd_word(text: str) -> str:
    """A word of a command line (systemd.service, "Command lines"; systemd.syntax, "Quoting")."""
    escaped = _percent(text).replace("$", "$$").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if re.search(r"[\s\"'\\;]", escaped) else escaped


def crontab(command: Sequence[str], collection: Path, environment: Mapping[str, str]) -> str:
    """Lines for `crontab -e`: it is started with the machine, and every five minutes if it does not run."""
    words = [f"{key}={shlex.quote(value)}" for key, value in sorted(environment.items())]
    lock = shlex.quote(str(collection / ".cron.lock"))
    keep = (
        f"ulimit -n 16384; ulimit -v 16777216; {' '.join([*words, ''])}"
        f"exec nice -n 5 flock --nonblock {lock} {shlex.join(command)} 2>&1 | logger -t {unit_name(collection)}"
    )
    line = keep.replace("%", "\\%")
    return (
        "# Add these lines with `crontab -e`. cron restarts nothing: flock starts what does not run every 5 minutes.\n"
        f"@reboot {line}\n*/5 * * * * {line}\n"
    )
