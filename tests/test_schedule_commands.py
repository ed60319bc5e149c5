"""`cleancopy schedule list | now | pause | status | install`."""

import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from archive.cli import app
from archive.collection.folder import Collection
from archive.errors import CleancopyError, ConfigurationError
from archive.operations.kubernetes import Cluster, kubernetes
from archive.operations.service_units import crontab, systemd_unit, unit_name
from tests.scripted import Ran, Run

SETTINGS = """\
schedule: {timezone: Europe/Berlin}
sites:
  courier.example: {cron: "0 6 * * *", home: "https://courier.example/"}
  gull.example: {every: 6h, quiet_hours: 22:00-06:00, limit_per_run: 100, home: "https://gull.example/"}
"""


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    made = Collection(tmp_path / "c")
    made.create()
    made.settings.write_text(SETTINGS)
    return made


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in this process, which is a lot faster."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: object) -> Ran:
        done = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if isinstance(done.exception, CleancopyError):
            code = 2 if isinstance(done.exception, ConfigurationError) else 1
            return Ran(code, done.stdout, done.stderr + str(done.exception))
        return Ran(done.exit_code, done.stdout, done.stderr)

    return invoke


def test_list_prints_the_next_five_runs_of_each_site(collection: Collection, run: Run) -> None:
    ran = run("schedule", "list", "c")
    assert ran.code == 0, ran.err
    courier, gull = (line.split("\t") for line in ran.out.splitlines())
    assert courier[:2] == ["courier.example", "0 6 * * *"]
    times = [datetime.strptime(time, "%Y-%m-%d %H:%M:%S%z") for time in courier[2:]]
    assert [(time.hour, time.minute) for time in times] == [(6, 0)] * 5
    assert len({time.date() for time in times}) == 5
    assert gull[1] == "every 6h, not 22:00-06:00, 100 a run"
    assert all(6 <= datetime.strptime(time, "%Y-%m-%d %H:%M:%S%z").hour < 22 for time in gull[2:])


def test_list_says_what_is_wrong(collection: Collection, run: Run) -> None:
    collection.settings.write_text(SETTINGS + "  unheard-of.example: 6h\n  fazz.net: 6h\n  dw.com: {priority: 1}\n")
    (collection.sites / "tern.example.yaml").write_text("name: The Tern\nschedule: {every: 6}\n")
    ran = run("schedule", "list", "c")
    assert ran.code == 2
    assert len(ran.out.splitlines()) == 2, "what is right is listed"
    assert "c/collection.yaml:5: sites.unheard-of.example: no site file for 'unheard-of.example'; a site" in ran.err
    assert "c/collection.yaml:6: sites.fazz.net: no site file for 'fazz.net'; did you mean 'faz.net'? A site" in ran.err
    assert "c/collection.yaml:7: sites.dw.com: expected 'cron' or 'every'" in ran.err
    assert "c/sites/tern.example.yaml:2: schedule.every: expected text, found 6" in ran.err


def test_a_site_file_in_the_collection_may_bring_its_schedule(collection: Collection, run: Run) -> None:
    (collection.sites / "tern.example.yaml").write_text("name: The Tern\nschedule: 1d\n")
    (collection.sites / "auk.example.yaml").write_text(
        "name: The Auk\nschedule: 1d\nstatus: {state: blocked, since: 2026-11-01, reason: Captchas.}\n"
    )
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in run("schedule", "list", "c").out.splitlines()}
    assert rows["tern.example"][0] == "every 1d"
    assert rows["auk.example"][1] == "blocked since 2026-11-01: Captchas."


def test_orders_are_checked_and_kept_for_whoever_keeps_the_schedule(collection: Collection, run: Run) -> None:
    wrong = run("schedule", "now", "c", "courir.example")
    assert wrong.code == 2
    assert "did you mean 'courier.example'?" in wrong.err
    assert "cleancopy schedule run c" in run("schedule", "now", "c", "courier.example").err
    assert run("schedule", "pause", "c", "gull.example").code == 0
    status = run("schedule", "status", "c")
    assert "Nobody keeps the schedule" in status.err
    assert [line.split("\t")[:2] for line in status.out.splitlines()] == [
        ["courier.example", "idle"],
        ["gull.example", "paused"],
    ]
    assert run("schedule", "resume", "c").code == 0
    assert "paused" not in run("schedule", "status", "c").out


def test_a_folder_that_is_not_there_and_a_wrong_file_are_refused(tmp_path: Path, cleancopy: Run) -> None:
    assert cleancopy("schedule", "run", "nowhere").code == 2
    (tmp_path / "collection.yaml").write_text("sites: 6h\n")
    ran = cleancopy("schedule", "run", ".")
    assert ran.code == 2
    assert "collection.yaml:1: sites: expected keys and values, found '6h'" in ran.err


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("owner", ["root", None])
def test_systemd_takes_the_unit_as_it_is(tmp_path: Path, owner: str | None) -> None:
    program = tmp_path / "clean copy"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    folder = tmp_path / "a collection, 100 % $HOME"
    folder.mkdir()
    text = systemd_unit(
        [str(program), "schedule", "run", str(folder)], folder, {"CLEANCOPY_CONTACT": 'a "b" c%'}, owner=owner
    )
    unit = tmp_path / f"{unit_name(folder)}.service"
    unit.write_text(text)
    scope = [] if owner else ["--user"]
    checked = subprocess.run(
        ["systemd-analyze", *scope, "verify", "--recursive-errors=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    ours = [line for line in checked.stderr.splitlines() if unit.name in line]
    assert (checked.returncode, ours) == (0, [])
    assert "Restart=always" in text
    assert ("User=root" in text) == (owner is not None)
    assert "MemoryMax=" in text


def test_systemd_finds_a_broken_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "broken.service"
    unit.write_text(systemd_unit(["/bin/true"], tmp_path, {}, owner="root").replace("Type=exec", "Type=exce"))
    checked = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert "exce" in checked.stderr


def test_a_shell_takes_the_line_of_the_crontab(tmp_path: Path) -> None:
    folder = tmp_path / "a collection"
    folder.mkdir()
    out = tmp_path / "out"
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\necho "$CLEANCOPY_CONTACT|$3" > {out}\n')
    program.chmod(0o755)
    text = crontab([str(program), "schedule", "run", str(folder)], folder, {"CLEANCOPY_CONTACT": "50% of it's"})
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line.split(" ulimit")[0] for line in lines] == ["@reboot", "*/5 * * * *"]
    shell = lines[0].removeprefix("@reboot ").replace("\\%", "%").replace("| logger", "| cat #")
    assert subprocess.run(["sh", "-c", shell], check=False).returncode == 0
    assert out.read_text() == f"50% of it's|{folder}\n"


def test_kubernetes_is_given_one_pod_that_is_never_doubled() -> None:
    claim, deployment, _ = yaml.safe_load_all(kubernetes(Cluster("cleancopy-news-of-2026", "cleancopy:1", "1Ti")))
    assert claim["spec"]["resources"]["requests"]["storage"] == "1Ti"
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]
    assert deployment["metadata"]["name"] == "cleancopy-news-of-2026-scheduler"
    assert (deployment["spec"]["replicas"], deployment["spec"]["strategy"]) == (1, {"type": "Recreate"})
    pod = deployment["spec"]["template"]["spec"]
    assert pod["restartPolicy"] == "Always"
    (container,) = pod["containers"]
    assert container["command"][:4] == ["cleancopy", "schedule", "run", "/collection"]
    assert set(container["resources"]["limits"]) == {"cpu", "memory"}
    assert pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]


def test_install_prints_what_it_is_asked_for(collection: Collection, run: Run) -> None:
    ran = run("schedule", "install", "c", "--systemd")
    assert ran.code == 0
    assert f"schedule run {collection.path}\n" in ran.out
    assert run("schedule", "install", "c", "--cron").out.startswith("# Add these lines")
    assert "--image" in run("schedule", "install", "c", "--kubernetes").err
    assert run("schedule", "install", "c", "--cron", "--systemd").code == 2
