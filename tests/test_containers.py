"""The image, the compose file and the manifests for Kubernetes: as their own programs read them, and their commands run
as they stand there."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import compose_spec
import kubernetes_validate
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from archive.collection.folder import Collection
from archive.errors import ConfigurationError
from archive.operations.kubernetes import Cluster, kubernetes
from benchmarks.postgres_server import PostgresServer, programs
from tests.reader import Reader, commands
from tests.scripted import PATIENCE, Run, ScriptedSite, environment, story

ROOT = Path(__file__).parent.parent
CONTAINERFILE = (ROOT / "Containerfile").read_text()
KUBERNETES = "1.37"
FRONTIER = "postgresql://cleancopy@cleancopy-news-db/news"
SHARED = Cluster("cleancopy-news", "registry.example/cleancopy:1", "1Ti", "a: 1\n", FRONTIER)
HADOLINT = str(Path(sys.executable).with_name("hadolint"))


def composed() -> dict[str, Any]:
    """The compose file as compose reads it: with the defaults of its variables."""
    text = re.sub(r"(?<!\$)\$\{[A-Z_]+:-([^}]*)\}", r"\1", (ROOT / "compose.yaml").read_text())
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def manifests(cluster: Cluster) -> dict[tuple[str, str], dict[str, Any]]:
    read = list(yaml.safe_load_all(kubernetes(cluster)))
    found = {(one["kind"], one["metadata"]["name"].removeprefix(cluster.name)): one for one in read}
    assert len(found) == len(read)
    return found


def pods(cluster: Cluster) -> dict[str, dict[str, Any]]:
    """The pods' specs by part."""
    found = {}
    for (_, part), one in manifests(cluster).items():
        spec = one.get("spec", {})
        if "template" in spec:
            found[part.removeprefix("-")] = spec["template"]["spec"]
    return found


@pytest.mark.skipif(not Path(HADOLINT).exists(), reason="hadolint is not installed")
@pytest.mark.parametrize(
    ("old", "new", "code"), [("", "", 0), (":3.13-slim-trixie", "", 1), ("WORKDIR /\n", "RUN cd /\n", 1)]
)
def test_the_containerfile_is_linted(old: str, new: str, code: int) -> None:
    # hadolint cannot know what an argument holds.
    text = CONTAINERFILE.replace(old, new).replace(
        "${PYTHON}", re.findall("PYTHON=(.+)", CONTAINERFILE.replace(old, new))[-1]
    )
    ran = subprocess.run([HADOLINT, "-"], input=text, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert ran.returncode == code, ran.stdout


def test_the_image_holds_what_make_installs_and_runs_without_root() -> None:
    made = re.findall(r"\$\(INSTALL\) (.+)", (ROOT / "Makefile").read_text())
    built = re.findall(r"pip install --quiet --no-deps (.+)", CONTAINERFILE)
    assert built == [made[-1], "--no-build-isolation ."]
    assert "--no-build-isolation --editable ." in made
    taken = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert all((ROOT / name).exists() for name in taken)
    wheel = set(re.findall(r'"(\w+)"', re.findall(r"packages = (\[.+)", (ROOT / "pyproject.toml").read_text())[0]))
    built_by = {"hatch_build.py", "pyproject.toml", "requirements.txt"}
    assert wheel | built_by | {"configs", "README.md", "LICENSE"} == taken
    assert CONTAINERFILE.rindex("USER 1000:1000") > CONTAINERFILE.rindex("RUN ")
    assert {pod["securityContext"]["runAsUser"] for part, pod in pods(SHARED).items() if part != "db"} == {1000}


def test_compose_takes_its_file() -> None:
    whole = composed()
    compose_spec.PyCompose.from_yaml(yaml.safe_dump(whole)).validate()
    wrong = yaml.safe_dump(whole).replace("start_interval: 1s", "start_intervall: 1s")
    with pytest.raises(ValueError, match="start_intervall"):
        compose_spec.PyCompose.from_yaml(wrong)
    for name, service in composed()["services"].items():
        assert service["healthcheck"]["test"], name
        assert service["cap_drop"] == ["ALL"], name
        mounted = {volume.partition(":")[0] for volume in service["volumes"]}
        assert {one for one in mounted if not one.startswith(".")} <= set(whole["volumes"]), name
        assert set(service.get("depends_on", ())) <= set(whole["services"]), name
    images = {one["image"] for one in whole["services"].values()}
    assert pods(SHARED)["db"]["containers"][0]["image"] in images, "one PostgreSQL for both"


def test_kubernetes_takes_the_manifests() -> None:
    for cluster in (SHARED, Cluster("cleancopy-news", "x:1", "1Ti"), Cluster("c", "x:1", "1Ti", "a: 1\n")):
        for one in manifests(cluster).values():
            assert kubernetes_validate.validate(one, KUBERNETES, strict=True) == KUBERNETES
    one["spec"]["selectr"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(one, KUBERNETES, strict=True)


def test_the_parts_find_one_another() -> None:
    found = manifests(SHARED)
    services = {name: one["spec"] for (kind, name), one in found.items() if kind == "Service"}
    assert set(services) == {"-db", "-scheduler"}
    for name, service in services.items():
        ((_, owner),) = [(kind, one) for (kind, part), one in found.items() if part == name and kind != "Service"]
        template = owner["spec"]["template"]
        assert service["selector"] == template["metadata"]["labels"] == owner["spec"]["selector"]["matchLabels"]
        names = {port["name"] for port in template["spec"]["containers"][0]["ports"]}
        assert {port["targetPort"] for port in service["ports"]} <= names
    assert found["StatefulSet", "-db"]["spec"]["serviceName"] == "cleancopy-news-db"
    claims = [volume.get("persistentVolumeClaim") for pod in pods(SHARED).values() for volume in pod["volumes"]]
    assert [claim["claimName"] for claim in claims if claim] == ["cleancopy-news"] * 2
    assert found["PersistentVolumeClaim", ""]["spec"]["accessModes"] == ["ReadWriteMany"]
    text = kubernetes(SHARED)
    assert text.count("PGPASSWORD") == 2, "the hint, and a reference"
    assert "kind: Secret\n" not in text


def test_no_pod_has_more_rights_than_it_needs_and_each_says_whether_it_lives() -> None:
    for part, pod in {**pods(SHARED), **pods(Cluster("c", "x:1", "1Ti"))}.items():
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"], part
        assert not pod["automountServiceAccountToken"], part
        assert container["securityContext"]["readOnlyRootFilesystem"], part
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}, part
        assert {"cpu", "memory"} <= set(container["resources"]["requests"]), part
        assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(container), part
        mounts = {mount["name"] for mount in container["volumeMounts"]}
        assert mounts <= {volume["name"] for volume in pod["volumes"]} | {"data"}, part


def test_pods_are_made_anew_when_the_settings_change() -> None:
    def seen(settings: str) -> Any:
        template = manifests(Cluster("c", "x:1", "1Ti", settings))["Deployment", "-scheduler"]["spec"]["template"]
        return template["metadata"]["annotations"]

    assert seen("a: 1\n") == seen("a: 1\n") != seen("a: 2\n")


def test_a_server_of_ones_own_is_left_out_and_a_wrong_one_refused() -> None:
    elsewhere = Cluster("c", "x:1", "1Ti", frontier="postgresql://me@db.example/news")
    assert set(pods(elsewhere)) == {"worker", "scheduler"}
    with pytest.raises(ConfigurationError, match="expected postgresql://USER@HOST/DATABASE"):
        kubernetes(Cluster("c", "x:1", "1Ti", frontier="postgresql://db.example/news"))


def test_a_worker_is_asked_after_where_there_are_workers(tmp_path: Path, cleancopy: Run) -> None:
    Collection(tmp_path / "c").create()
    ran = cleancopy("crawl", "--status", "--collection", "c", "--worker", "auk")
    assert ran.code == 2
    assert "--worker needs 'frontier' in collection.yaml" in ran.err


@pytest.fixture
def site() -> Iterator[ScriptedSite]:
    opened = ScriptedSite("127.0.0.2")
    items = ""
    for number in range(4):
        url = opened.page(f"/2026/11/25/a-story-with-number-{number}.html", story(f"Story {number}", 150))
        items += f"<item><title>{number}</title><link>{url}</link></item>"
    feed = f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>"
    opened.page("/feed.xml", feed, Content_Type="application/rss+xml")
    yield opened
    opened.close()


class Machine:
    """Runs what a container would, with `cleancopy` on the path and a folder in place of its volume."""

    def __init__(self, folder: Path, settings: str) -> None:
        self.folder = folder
        self.collection = Collection(folder / "collection")
        self.collection.create()
        self.collection.settings.write_text(settings)
        (folder / "bin").mkdir()
        tool = folder / "bin/cleancopy"
        tool.write_text(f'#!/bin/sh\nexec {sys.executable} -m crawler "$@"\n')
        tool.chmod(0o755)

    def here(self, word: str) -> str:
        return word.replace("/collection", str(self.collection.path)).replace("0.0.0.0:9108", "127.0.0.1:0")

    def begin(self, words: list[str], **values: str) -> subprocess.Popen[str]:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        given = {"CLEANCOPY_SITES": str(self.collection.sites), **values}
        # Kubernetes and compose fill in what `$(NAME)` and `$$` stand for.
        filled = [re.sub(r"\$\(([A-Z]+)\)", lambda name: given[name[1]], self.here(word)) for word in words]
        return subprocess.Popen(
            [word.replace("$$", "$") for word in filled],
            env={**environment(), "PATH": path, **given},
            cwd=self.folder,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )

    def ends(self, words: list[str], **values: str) -> int:
        with self.begin(words, **values) as process:
            process.communicate(timeout=PATIENCE)
        return process.returncode


@contextmanager
def page(machine: Machine, words: list[str]) -> Iterator[str]:
    """The address of the metrics that a command serves, which ends by SIGTERM."""
    with machine.begin(words) as process:
        assert process.stderr is not None
        try:
            yield next(line for line in process.stderr if line.startswith("Metrics: ")).split()[1]
        finally:
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
    assert process.returncode == 0


def told(address: str) -> dict[str, dict[str | None, float]]:
    with urlopen(address, timeout=PATIENCE) as answer:
        families = text_string_to_metric_families(answer.read().decode())
    return {one.name: {sample.labels.get("worker"): sample.value for sample in one.samples} for one in families}


@pytest.mark.skipif(programs() is None, reason="PostgreSQL (initdb, pg_ctl) is not installed")
def test_workers_crawl_as_the_manifests_and_the_compose_file_say(
    tmp_path: Path, postgres: PostgresServer, site: ScriptedSite
) -> None:
    once = "schedule: 0 0 1 1 *\nsites: {127.0.0.2: }\nalarms: {webhooks: 'http://127.0.0.1:9/'}\n"
    machine = Machine(tmp_path, f"frontier: {postgres.new('pods')}\n{once}")
    (machine.collection.sites / "127.0.0.2.yaml").write_text(
        f"home: {site.url}/\ndiscover: {{feeds: [/feed.xml]}}\ncrawl: {{delay: 0, allow_private: true}}\n"
    )
    given = pods(Cluster("c", "x:1", "1Ti", frontier=FRONTIER))
    scheduler, worker = (given[part]["containers"][0]["command"] for part in ("scheduler", "worker"))
    services = composed()["services"]
    assert [*re.findall(r"ENTRYPOINT \[\"(.+)\"\]", CONTAINERFILE), *services["worker"]["command"]] == worker
    opened = site.gate("/2026/11/25/a-story-with-number-3.html")
    with page(machine, scheduler) as address:
        until_asked(site, "/2026/11/25/a-story-with-number-3.html")
        with page(machine, worker), page(machine, ["cleancopy", *services["metrics"]["command"]]) as apart:
            while len((found := told(address))["cleancopy_worker_hosts_under_way"]) < 2:
                time.sleep(0.2)
            assert told(apart)["cleancopy_workers_under_way"] == {None: 2}
            opened.set()
            while told(address)["cleancopy_runs_under_way"] != {None: 0}:
                time.sleep(0.2)
    with page(machine, ["cleancopy", *services["metrics"]["command"]]) as apart:
        postgres.stop()
        try:
            assert told(apart)["cleancopy_frontier_up"] == {None: 0}
        finally:
            postgres.start()
    assert sorted(found["cleancopy_worker_hosts_under_way"].values()) == [0, 1]
    assert found["cleancopy_frontier_up"] == {None: 1}
    assert found["cleancopy_worker_articles_captured"].keys() == found["cleancopy_worker_hosts_under_way"].keys()
    assert all(
        time.time() - 60 < one <= time.time() for one in found["cleancopy_worker_last_heard_timestamp_seconds"].values()
    )


def until_asked(site: ScriptedSite, path: str) -> None:
    while path not in site.paths():
        time.sleep(0.05)


def test_the_scheduler_and_the_health_check_are_commands_that_work(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "sites: {127.0.0.2: {every: 6h, home: 'http://127.0.0.2:9/'}}\n")
    service = composed()["services"]["scheduler"]
    entry = re.findall(r"ENTRYPOINT \[\"(.+)\"\]", CONTAINERFILE)
    assert pods(Cluster("c", "x:1", "1Ti"))["scheduler"]["containers"][0]["command"] == [*entry, *service["command"]]
    check = service["healthcheck"]["test"]
    assert check[:2] == ["CMD", "python"]
    with page(machine, [*entry, *service["command"]]) as address:
        here = [sys.executable, *check[2:]]
        assert machine.ends([word.replace("http://127.0.0.1:9108/metrics", address) for word in here]) == 0
    assert machine.ends([word.replace("http://127.0.0.1:9108/metrics", address) for word in here]) == 1


def test_the_commands_of_the_page(tmp_path: Path) -> None:
    reader = Reader(tmp_path, "http://127.0.0.1:9/")
    (tmp_path / "sites").mkdir()
    made = Collection(tmp_path / "collections/news")
    made.create()
    made.settings.write_text("sites: {courier.example: {every: 6h, home: 'https://courier.example/'}}\n")
    for line in commands((ROOT / "docs/containers.md").read_text()):
        ran = reader.run(line)
        assert ran.code == 0, ran.err
    alone, shared = (
        list(yaml.safe_load_all((tmp_path / name).read_text())) for name in ("scheduler.yaml", "shared.yaml")
    )
    assert [one["kind"] for one in alone] == ["PersistentVolumeClaim", "ConfigMap", "Deployment", "Service"]
    replicas = {one["metadata"]["name"]: one["spec"]["replicas"] for one in shared if one["kind"] == "Deployment"}
    assert replicas == {"cleancopy-news-scheduler": 1, "cleancopy-news-worker": 8}
    documented = re.findall(r"^\| `(cleancopy-news[a-z-]*)`", (ROOT / "docs/containers.md").read_text(), re.MULTILINE)
    assert {one["metadata"]["name"] for one in shared} == set(documented)
