"""Fixtures that several tests share."""

import gc
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from benchmarks.postgres_server import PostgresServer, postgres_server
from tests.receivers import Hook, webhook
from tests.scripted import Run, ScriptedSite, run_cleancopy

# Shells start what runs in the background with Ctrl-C ignored, and the commands that tests press it for inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples each time, however busy the machine is. `--hypothesis-profile=default` looks for others.
settings.register_profile("repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")


def pytest_sessionfinish() -> None:
    """Let the collector see again what loading commands hid from it: DuckDB says at the end what is still there."""
    gc.unfreeze()


@pytest.fixture
def site() -> Iterator[ScriptedSite]:
    """An empty scripted site."""
    opened = ScriptedSite()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def live() -> Iterator[ScriptedSite]:
    """A site that is there while captures are shown, and that nothing archived may reach."""
    opened = ScriptedSite()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of the module's own."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def cleancopy(tmp_path: Path) -> Run:
    """Runs `cleancopy ARGUMENTS` in an empty folder."""
    return partial(run_cleancopy, tmp_path)


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A webhook's receiver."""
    with webhook() as made:
        yield made
