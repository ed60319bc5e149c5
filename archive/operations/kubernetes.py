"""What Kubernetes needs to keep a collection's schedule, or to crawl it with several workers, as manifests.

A collection with a frontier of its own is one pod's, which keeps the schedule. One whose frontier is shared is crawled
by the workers of an indexed Job that a CronJob begins: a crawl ends, and a Deployment would begin it again at once. All
have one folder. The manifests hold no secret: what is one comes from the Secret that they name.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from archive.errors import ConfigurationError
from archive.operations.service_units import STOP_SECONDS

#: Where pods serve metrics, and the id of the image's user (Containerfile).
METRICS_PORT, _USER = 9108, 1000
#: Debian's image of PostgreSQL, and the id of its user postgres.
_POSTGRES, _POSTGRES_USER = "docker.io/library/postgres:17-trixie", 999
_DATABASE_SIZE = "20Gi"
#: Seconds that workers may begin late; after that their next time is waited for.
_LATEST = 3600
Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cluster:
    """What is asked for: `name` is that of all objects, `sites` what workers crawl, `times` when, as cron says it,
    `settings` the text of collection.yaml, and `frontier` the server named in it."""

    name: str
    image: str
    storage: str
    settings: str = ""
    frontier: str | None = None
    sites: Sequence[str] = ()
    workers: int = 4
    times: str = "0 */6 * * *"
    environment: Mapping[str, str] = field(default_factory=dict)


def kubernetes(cluster: Cluster) -> str:
    """The manifests, one YAML document each. Raises ConfigurationError for a frontier without a user or a database."""
    shared = cluster.frontier is not None
    parts = [_volume(cluster)]
    if cluster.settings:
        data = {"collection.yaml": cluster.settings}
        parts.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": _named(cluster.name), "data": data})
    parts += _shared(cluster) if shared else [_deployment(cluster, "scheduler", _scheduler(), STOP_SECONDS)]
    parts.append(_service(cluster, "metrics" if shared else "scheduler", METRICS_PORT, "metrics"))
    return _hint(cluster) + yaml.dump_all(parts, Dumper=_Dumper, sort_keys=False, width=1000)


class _Dumper(yaml.SafeDumper):
    """Writes what stands in two places twice: people read it."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - as PyYAML asks it
        return True


def _hint(cluster: Cluster) -> str:
    values = "--from-literal=PGPASSWORD=... " if cluster.frontier else "--from-literal=NAME=VALUE "
    need = "First make the Secret" if cluster.frontier else "Where a setting needs a secret in the environment, first"
    return f"# {need}: kubectl create secret generic {cluster.name} {values}\n# Then: kubectl apply -f THIS_FILE\n"


def _scheduler() -> list[str]:
    return ["cleancopy", "schedule", "run", "/collection", "--metrics", f"0.0.0.0:{METRICS_PORT}"]


def _shared(cluster: Cluster) -> list[Manifest]:
    serve = ["cleancopy", "schedule", "metrics", "/collection", f"0.0.0.0:{METRICS_PORT}"]
    server = urlsplit(cluster.frontier or "")
    if not (server.username and server.path.strip("/")):
        raise ConfigurationError(f"frontier {cluster.frontier}: expected postgresql://USER@HOST/DATABASE")
    # A server by another name is somebody else's to run.
    is_ours = (server.hostname or "").partition(".")[0] == f"{cluster.name}-db"
    user, base = unquote(server.username), unquote(server.path.strip("/"))
    database = [_database(cluster, user, base), _service(cluster, "db", server.port or 5432, "postgresql")]
    return [*(database if is_ours else []), _workers(cluster), _deployment(cluster, "metrics", serve, 10)]


def _named(name: str, part: str | None = None) -> dict[str, Any]:
    return {"name": f"{name}-{part}" if part else name, "labels": _labels(name, part)}


def _labels(name: str, part: str | None) -> dict[str, str]:
    """https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/"""
    component = {"app.kubernetes.io/component": part} if part else {}
    return {"app.kubernetes.io/name": "cleancopy", "app.kubernetes.io/instance": name, **component}


def _volume(cluster: Cluster) -> Manifest:
    mode = "ReadWriteMany" if cluster.frontier else "ReadWriteOnce"
    spec = {"accessModes": [mode], "resources": {"requests": {"storage": cluster.storage}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": _named(cluster.name), "spec": spec}


def _service(cluster: Cluster, part: str, port: int, target: str) -> Manifest:
    ports = [{"name": target, "port": port, "targetPort": target}]
    spec = {"selector": _labels(cluster.name, part), "ports": ports}
    return {"apiVersion": "v1", "kind": "Service", "metadata": _named(cluster.name, part), "spec": spec}


def _deployment(cluster: Cluster, part: str, command: list[str], seconds: int) -> Manifest:
    """One pod that is never doubled."""
    probe = {"httpGet": {"path": "/metrics", "port": "metrics"}, "periodSeconds": 60, "timeoutSeconds": 30}
    container = {
        **_container(cluster, command),
        "ports": [{"name": "metrics", "containerPort": METRICS_PORT}],
        "startupProbe": {**probe, "periodSeconds": 5, "failureThreshold": 60},
        "readinessProbe": probe,
        "livenessProbe": {**probe, "failureThreshold": 5},
    }
    spec = {
        "replicas": 1,
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": _labels(cluster.name, part)},
        "template": _template(cluster, part, container, "Always", seconds),
    }
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": _named(cluster.name, part), "spec": spec}


def _workers(cluster: Cluster) -> Manifest:
    collection = ["--collection", "/collection"]
    # Kubernetes fills in $(WORKER) in commands but not in probes, where a shell does.
    shown = ["sh", "-c", f'cleancopy crawl --status {" ".join(collection)} --worker "worker-$WORKER"']
    probe = {"exec": {"command": shown}, "periodSeconds": 60, "timeoutSeconds": 30}
    container = {
        **_container(cluster, ["cleancopy", "crawl", *cluster.sites, *collection, "--worker", "worker-$(WORKER)"]),
        # What workers that were killed have left is made whole before this one joins the others.
        "startupProbe": {**probe, "failureThreshold": 120},
        "livenessProbe": {**probe, "failureThreshold": 5},
    }
    index = "metadata.annotations['batch.kubernetes.io/job-completion-index']"
    container["env"] = [*container["env"], {"name": "WORKER", "valueFrom": {"fieldRef": {"fieldPath": index}}}]
    spec = {
        "schedule": cluster.times,
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": _LATEST,
        "jobTemplate": {"spec": _job(cluster, _template(cluster, "worker", container, "Never", STOP_SECONDS))},
    }
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": _named(cluster.name, "worker"), "spec": spec}


def _job(cluster: Cluster, template: dict[str, Any]) -> dict[str, Any]:
    """A pod that is lost with its machine does not count as a failure; a wrong configuration (exit 2) ends all."""
    rules = [
        {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [2]}},
        {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
    ]
    return {
        "completionMode": "Indexed",
        "parallelism": cluster.workers,
        "completions": cluster.workers,
        "backoffLimitPerIndex": 3,
        "podReplacementPolicy": "Failed",
        "podFailurePolicy": {"rules": rules},
        "template": template,
    }


def _container(cluster: Cluster, command: list[str]) -> dict[str, Any]:
    values = {"HOME": "/tmp", "CLEANCOPY_SITES": "/collection/sites", **cluster.environment}  # noqa: S108 - no home
    mounts = [_mount("collection", "/collection"), _mount("tmp", "/tmp")]  # noqa: S108
    if cluster.settings:
        file = "collection.yaml"
        mounts.append({**_mount("settings", f"/collection/{file}"), "subPath": file, "readOnly": True})
    return {
        "name": "cleancopy",
        "image": cluster.image,
        "command": command,
        "env": [{"name": name, "value": value} for name, value in sorted(values.items())],
        "envFrom": [{"secretRef": {"name": cluster.name, "optional": cluster.frontier is None}}],
        "resources": {"requests": {"cpu": "100m", "memory": "512Mi"}, "limits": {"cpu": "2", "memory": "3Gi"}},
        "volumeMounts": mounts,
        "securityContext": _LOCKED,
    }


def _mount(name: str, path: str) -> dict[str, Any]:
    return {"name": name, "mountPath": path}


#: What no container of ours needs.
_LOCKED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def _as_user(number: int) -> dict[str, Any]:
    ids = {"runAsUser": number, "runAsGroup": number, "fsGroup": number, "fsGroupChangePolicy": "OnRootMismatch"}
    return {"runAsNonRoot": True, **ids, "seccompProfile": {"type": "RuntimeDefault"}}


def _template(cluster: Cluster, part: str, container: dict[str, Any], restart: str, seconds: int) -> dict[str, Any]:
    volumes: list[dict[str, Any]] = [
        {"name": "collection", "persistentVolumeClaim": {"claimName": cluster.name}},
        {"name": "tmp", "emptyDir": {}},
    ]
    if cluster.settings:
        volumes.append({"name": "settings", "configMap": {"name": cluster.name}})
    spec = {
        "restartPolicy": restart,
        "terminationGracePeriodSeconds": seconds,
        "automountServiceAccountToken": False,
        "securityContext": _as_user(_USER),
        "containers": [container],
        "volumes": volumes,
    }
    # A mounted file stays as it was; with this, pods are made anew when it changes.
    seen = {"cleancopy/settings": hashlib.sha256(cluster.settings.encode()).hexdigest()}
    return {"metadata": {"labels": _labels(cluster.name, part), "annotations": seen}, "spec": spec}


def _database(cluster: Cluster, user: str, database: str) -> Manifest:
    part = "db"
    pod = {
        "terminationGracePeriodSeconds": 120,
        "automountServiceAccountToken": False,
        "securityContext": _as_user(_POSTGRES_USER),
        "containers": [_postgres(cluster, user, database)],
        "volumes": [{"name": "socket", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}],
    }
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": _DATABASE_SIZE}}}
    spec = {
        "serviceName": f"{cluster.name}-{part}",
        "replicas": 1,
        "selector": {"matchLabels": _labels(cluster.name, part)},
        "template": {"metadata": {"labels": _labels(cluster.name, part)}, "spec": pod},
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}],
    }
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": _named(cluster.name, part), "spec": spec}


def _postgres(cluster: Cluster, user: str, database: str) -> dict[str, Any]:
    data = "/var/lib/postgresql/data"
    password = {"secretKeyRef": {"name": cluster.name, "key": "PGPASSWORD"}}
    # The folder that is mounted may hold what its file system needs: PostgreSQL takes one below it.
    values = {"POSTGRES_USER": user, "POSTGRES_DB": database, "PGDATA": f"{data}/pgdata"}
    probe = {"exec": {"command": ["pg_isready", "-U", user, "-d", database]}, "periodSeconds": 10, "timeoutSeconds": 5}
    return {
        "name": "postgres",
        "image": _POSTGRES,
        "env": [{"name": name, "value": value} for name, value in values.items()]
        + [{"name": "POSTGRES_PASSWORD", "valueFrom": password}],
        "ports": [{"name": "postgresql", "containerPort": 5432}],
        # After a crash it reads its log first, which may take an hour.
        "startupProbe": {**probe, "failureThreshold": 360},
        "readinessProbe": probe,
        "livenessProbe": {**probe, "failureThreshold": 6},
        "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"memory": "4Gi"}},
        "volumeMounts": [_mount("data", data), _mount("socket", "/var/run/postgresql"), _mount("tmp", "/tmp")],  # noqa: S108
        "securityContext": _LOCKED,
    }
