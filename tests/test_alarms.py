"""Alarms: what is one, and that each is told once when it begins and once when it ends."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.collection.folder import Collection
from archive.operations import alarm_watch as watch
from archive.operations.alarm_conditions import AlarmKind, Condition, changes
from archive.operations.alarm_conditions import Event as AlarmEvent
from archive.operations.alarm_ledger import open_ledger
from archive.operations.alarm_watch import look, of_disk, of_runs, of_site
from archive.operations.health_change import HealthChange, HealthState
from archive.operations.schedule_store import KeptRun, ScheduleStore
from archive.operations.scheduled_run import RunOutcome
from archive.operations.site_health import judge
from archive.preservation.fixity import KnownDigest, open_fixity
from tests.receivers import Hook, mail_server
from tests.scripted import PATIENCE, Run
from tests.simulated_runs import SimulatedSite

NOW = 1_800_000_000.0
SILENCE = Condition(AlarmKind.SILENCE, "courier.example", "No new article since 2027-01-12")
DISK = Condition(AlarmKind.DISK, "/archive", "1.0 GB are free, less than 5 GB")


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    made = Collection(tmp_path / "courier")
    made.create()
    return made


conditions = st.lists(
    st.builds(
        Condition, st.sampled_from(list(AlarmKind)), st.sampled_from(["a.example", "b.example"]), st.text(max_size=5)
    ),
    max_size=6,
)


@given(st.lists(conditions, max_size=30))
def test_every_condition_begins_once_and_ends_once(looks: list[list[Condition]]) -> None:
    in_force: dict[Any, Condition] = {}
    for look_now in looks:
        for change in changes(in_force, look_now):
            if change.event is AlarmEvent.BEGIN:
                assert change.condition.key not in in_force
                in_force[change.condition.key] = change.condition
            else:
                del in_force[change.condition.key]
        assert set(in_force) == {condition.key for condition in look_now}
        assert changes(in_force, look_now) == []


def test_a_restart_repeats_nothing(collection: Collection) -> None:
    told = []
    for moment, found in enumerate(([], [SILENCE], [SILENCE, DISK], [SILENCE, DISK], [DISK], [], [])):
        with open_ledger(collection) as ledger:
            told += [
                (message.event, message.kind, message.since) for message in ledger.look(found, [], NOW + 3600 * moment)
            ]
    assert told == [
        ("begin", "silence", "2027-01-15T09:00:00Z"),
        ("begin", "disk", "2027-01-15T10:00:00Z"),
        ("end", "silence", "2027-01-15T09:00:00Z"),
        ("end", "disk", "2027-01-15T10:00:00Z"),
    ]


def test_a_sentence_that_changes_is_no_news(collection: Collection) -> None:
    with open_ledger(collection) as ledger:
        ledger.look([SILENCE], [], NOW)
        assert ledger.look([Condition(SILENCE.kind, SILENCE.subject, "Still nothing")], [], NOW) == []
        assert [each.condition.sentence for each in ledger.in_force().values()] == ["Still nothing"]


@pytest.mark.parametrize("state", [state for state in HealthState if state.is_alarm])
def test_every_state_that_somebody_should_look_at_is_an_alarm(state: HealthState) -> None:
    calm = judge("site.example", SimulatedSite(1).runs(30))
    assert list(of_site(calm)) == []
    (found,) = of_site(replace(calm, state=state, changes=(HealthChange(state, "It is not as it was"),)))
    assert (found.subject, found.sentence) == ("site.example", "It is not as it was")


def test_a_disk_at_the_limit_does_not_flicker() -> None:
    low, in_force = [], False
    for free in (6.0, 4.9, 5.1, 4.9, 5.4, 5.6, 5.1):
        in_force = bool(list(of_disk(int(free * 1e9), 5 * 10**9, "/archive", was_low=in_force)))
        low.append(in_force)
    assert low == [False, True, True, True, True, False, False]


def test_runs_that_are_late_or_broke_off(collection: Collection) -> None:
    store = ScheduleStore(collection.schedule)
    due = datetime.fromtimestamp(NOW - 7200, UTC)
    store.set_sites(
        {name: KeptRun("6h", due) for name in ("late.example", "waits.example", "broke.example", "paused.example")}
    )
    store.begin("waits.example", due, datetime.fromtimestamp(NOW + 60, UTC))
    store.pause("paused.example", due)
    broken = store.begin("broke.example", due, datetime.fromtimestamp(NOW + 60, UTC))
    store.part_begins(broken.id, due, "report")
    store.end(broken.id, due, RunOutcome.STOPPED, "No space left on device")
    found = [(condition.kind, condition.subject, condition.sentence) for condition in of_runs(store, NOW, 3600)]
    assert found == [
        ("late", "late.example", "Its run of 2027-01-15 06:00 UTC has not begun"),
        ("late", "waits.example", "Its run of 2027-01-15 06:00 UTC has not begun"),
        ("errors", "broke.example", "Its last run stopped: No space left on device"),
    ]
    assert [condition.kind for condition in of_runs(store, NOW, 8000)] == ["errors"]
    store.close()


def test_a_look_tells_of_damaged_files_and_ends_when_they_are_whole(collection: Collection, hook: Hook) -> None:
    collection.settings.write_text(f"alarms: {{webhooks: '{hook.url}', disk_free: 0 GB}}\n")
    said: list[str] = []
    assert look(collection, said.append, NOW) == 0
    whole = KnownDigest("s3://bucket/courier", "archive/a.warc.gz", "0" * 64, 1, 0, NOW, NOW)
    with open_fixity(collection) as fixity:
        fixity.put(replace(whole, fault="it is missing"))
        fixity.copied("/mnt/backup", NOW, "/mnt/backup: the copy is not there. Is the disk mounted?")
    assert look(collection, said.append, NOW) == 2
    assert look(collection, said.append, NOW) == 2
    with open_fixity(collection) as fixity:
        fixity.put(whole)
        fixity.copied("/mnt/backup", NOW, None)
    assert look(collection, said.append, NOW + 60) == 0
    assert said[:2] == [
        "Alarm: verification, s3://bucket/courier: archive/a.warc.gz: it is missing",
        "Alarm: copy, /mnt/backup: /mnt/backup: the copy is not there. Is the disk mounted?",
    ]
    assert [(body["event"], body["kind"]) for body in hook.bodies] == [
        ("begin", "verification"), ("begin", "copy"), ("end", "copy"), ("end", "verification"),
    ]  # fmt: skip


def test_of_two_looks_at_a_time_the_later_one_counts(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first has found is over when the second looks; it is not told once more after that."""
    reading, slow = Event(), Event()

    def found(*_: object, **__: object) -> Iterator[Condition]:
        if not reading.is_set():
            reading.set()
            slow.wait(PATIENCE)
            yield SILENCE

    monkeypatch.setattr(watch, "conditions", found)
    looks = [Thread(target=look, args=(collection, print, NOW + number)) for number in range(2)]
    looks[0].start()
    reading.wait(PATIENCE)
    looks[1].start()
    looks[1].join(0.5)  # as long as a look takes that waits for none
    slow.set()
    for each in looks:
        each.join()
    with open_ledger(collection) as ledger:
        assert ledger.in_force() == {}


def test_a_report_that_cannot_be_read_silences_no_other_alarm(collection: Collection) -> None:
    (collection.crawls / "20270115080000000.json").write_text("{")
    collection.settings.write_text("alarms: {disk_free: 999999 TB}\n")
    said: list[str] = []
    look(collection, said.append, NOW)
    assert [line.split(",")[0] for line in said] == ["Alarm: errors", "Alarm: disk"]


def test_the_commands(cleancopy: Run, collection: Collection, hook: Hook) -> None:
    none = cleancopy("alarms", "list", "courier")
    assert (none.code, none.out, none.err) == (0, "", "No alarm is in force.\n")
    nobody = cleancopy("alarms", "test", "courier")
    assert nobody.code == 2
    assert "names nobody who hears of alarms" in nobody.err
    with mail_server() as (postbox, server):
        collection.settings.write_text(
            f"alarms:\n  webhooks: '{hook.url}'\n  disk_free: 999999 TB\n"
            f"  mail: {{to: archive@example.org, server: '{server}'}}\n"
        )
        tested = cleancopy("alarms", "test", "courier")
        assert (tested.code, len(hook.bodies), len(postbox.letters)) == (0, 1, 1), tested.err
        assert hook.bodies[0]["event"] == "test"
        low = cleancopy("alarms", "check", "courier")
        assert low.code == 1
        assert "Alarm: disk, courier: " in low.err
        assert cleancopy("alarms", "check", "courier").err == ""
        assert (len(hook.bodies), len(postbox.letters)) == (2, 2)
    assert "\tdisk\tcourier\t" in cleancopy("alarms", "list", "courier").out
    failed = cleancopy("alarms", "test", "courier")
    assert failed.code == 1
    assert "mail: The mail server 127.0.0.1" in failed.err
