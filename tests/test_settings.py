"""collection.yaml: what it may say, and what is said of one that is wrong."""

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from archive.collection.folder import Collection
from archive.collection.settings import CollectionSettings, settings_schema
from archive.collection.settings_file import load_settings
from archive.commands.groups import app
from archive.commands.schema import of_settings
from archive.errors import ConfigurationError
from archive.operations.schedule_times import next_runs
from archive.sites import MODELINE
from archive.sites.schedule import Schedule, check_cron, quiet_range
from archive.sites.site import Site

EVERYTHING = """\
schedule:
  every: 6h
  timezone: Europe/Berlin
  quiet_hours: [22:00-06:00, "12:00-12:30"]
  jitter: 10m
sites_at_once: 5
sites:
  courier.example: "*/30 * * * *"
  gull.example: {every: 1d, priority: 5, limit_per_run: 100, limit_per_day: 500}
  plain.example:
  unlisted.example: {home: "https://unlisted.example/news/"}
"""


def written(folder: Path, content: str) -> Collection:
    collection = Collection(folder)
    collection.settings.write_text(content, encoding="utf-8")
    return collection


def problem(folder: Path, content: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(written(folder, content))
    return str(caught.value).replace(f"{folder}/", "")


def test_a_collection_without_the_file_has_the_defaults(tmp_path: Path) -> None:
    assert load_settings(Collection(tmp_path)) == CollectionSettings()
    assert load_settings(written(tmp_path, "")) == CollectionSettings()


def test_everything_that_may_be_said(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, EVERYTHING))
    assert settings.sites["courier.example"].over(settings.schedule) == Schedule(
        cron="*/30 * * * *",
        timezone="Europe/Berlin",
        quiet_hours=("22:00-06:00", "12:00-12:30"),
        jitter="10m",
    )
    assert settings.sites["gull.example"].over(settings.schedule).every == "1d"
    assert settings.sites["plain.example"].over(settings.schedule).every == "6h"
    assert settings.sites["unlisted.example"].home == "https://unlisted.example/news/"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("shedule: 6h", "collection.yaml:1: unknown key 'shedule'; did you mean 'schedule'?"),
        (
            "sites:\n  a.example:\n    evry: 6h",
            "collection.yaml:3: unknown key 'sites.a.example.evry'; did you mean 'every'?",
        ),
        (
            "schedule:\n  every: often",
            "collection.yaml:2: schedule.every: expected a time such as 30m, 1h, 7d or 4w, found 'often'",
        ),
        (
            "schedule: 0 25 * * *",
            "collection.yaml:1: schedule.cron: expected hour 0 to 23; '25' is none, found '0 25 * * *'",
        ),
        (
            "schedule: {timezone: Europe/Berln}",
            "collection.yaml:1: schedule.timezone: expected a time zone such as Europe/Berlin; "
            "did you mean 'Europe/Berlin'?, found 'Europe/Berln'",
        ),
        (
            "schedule: {quiet_hours: 22-6}",
            "collection.yaml:1: schedule.quiet_hours[0]: expected hours such as 22:00-06:00, found '22-6'",
        ),
        (
            "schedule: {cron: 0 1 * * *, every: 1h}",
            "collection.yaml:1: schedule: expected 'cron' or 'every', and not both",
        ),
        ("sites: {www.a.example: 1h}", "collection.yaml:1: sites.www.a.example: expected a host name"),
        ("sites_at_once: 0", "collection.yaml:1: sites_at_once: expected greater than or equal to 1, found 0"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, content: str, said: str) -> None:
    assert problem(tmp_path, content).startswith(said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("alarms: {webhooks: hooks.example.org}", "expected an http or https URL, or $NAME"),
        ("alarms: {mail: {to: nobody}}", "expected a mail address such as"),
        ("alarms: {mail: {server: localhost}}", "the key 'alarms.mail.to' is missing"),
        ("alarms: {mail: {to: a@b.example, password: x}}", "unknown key 'alarms.mail.password'"),
        ("alarms: {mail: {to: a@b.example, server: s.example, user: u, security: none}}", "starttls or tls where"),
        ("alarms: {disk_free: lots}", "expected a size such as 500 MB or 20 GB"),
        ("copies: [backup/courier]", "1: copies[0].to: expected a directory that begins with / or s3://BUCKET/PREFIX"),
        ("copies:\n- s3://key:secret@bucket/x", "expected a directory that begins with /"),
        ("copies:\n- {to: /mnt/x, endpont: 'https://s3.example'}", "unknown key 'copies[0].endpont'; did you mean"),
        ("verify: {every: monthly}", "verify.every: expected a time such as"),
    ],
)
def test_what_is_wrong_about_alarms_and_copies_is_told(tmp_path: Path, content: str, said: str) -> None:
    assert said in problem(tmp_path, content)


@pytest.mark.parametrize("place", ["courier", "courier/archive", "courier/new/copy", "", "news/../courier", "link/a"])
@pytest.mark.parametrize("reached", ["courier", "link"])
def test_a_copy_that_is_not_apart_from_its_collection_is_refused(tmp_path: Path, place: str, reached: str) -> None:
    (tmp_path / "courier").mkdir()
    (tmp_path / "link").symlink_to("courier")
    made = written(tmp_path / reached, f"copies:\n- /mnt/sound\n- {tmp_path}/{place}\n")
    with pytest.raises(ConfigurationError, match="would be no copy of it") as caught:
        load_settings(made)
    assert str(caught.value).startswith(f"{made.settings}:3: copies[1].to: {tmp_path / place} ")


def test_a_copy_that_holds_the_captures_themselves_is_refused(tmp_path: Path) -> None:
    (tmp_path / "large" / "archive").mkdir(parents=True)
    (tmp_path / "courier").mkdir()
    (tmp_path / "courier" / "archive").symlink_to(tmp_path / "large" / "archive")
    assert "would be no copy of it" in problem(tmp_path / "courier", f"copies: [{tmp_path}/large]\n")


def test_a_copy_beside_the_collection_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "courier").mkdir()
    made = written(tmp_path / "courier", f"copies: [{tmp_path}/courier-2, s3://bucket/courier]\n")
    assert len(load_settings(made).copies) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("* * * *", "expected five fields"),
        ("60 * * * *", "expected minute 0 to 59"),
        ("*/0 * * * *", "expected minute 0 to 59"),
        ("0 0 0 * *", "expected day of the month 1 to 31"),
        ("0 0 31 2,4 *", "expected a day that the month has"),
        ("0 0 * febr *", "expected month 1 to 12 or jan, feb"),
        ("0 0 * * fry", "expected day of the week 0 to 7 or sun, mon"),
        ("0 0 * * 5-3", "expected day of the week"),
        ("0 0 L * *", "expected day of the month 1 to 31; 'L' is none"),
        ("0 0 * * 5L", "expected day of the week"),
        ("0 0 * * 5#2", "expected day of the week"),
        ("1,,2 * * * *", "expected minute 0 to 59; '' is none"),
        ("0 0 mon * *", "expected day of the month"),
        ("0 0 30 2 *", "expected a day that the month has"),
        ("0 * * * * *", "expected five fields"),
    ],
)
def test_a_wrong_crontab_expression_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_cron(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*/30 8-9 1,15 * *", ["10-01 08:00", "10-01 08:30", "10-01 09:00", "10-01 09:30", "10-15 08:00"]),
        ("5 4 * jan mon-fri", ["01-01 04:05", "01-04 04:05"]),
        ("0 0 * * 7", ["10-04 00:00", "10-11 00:00"]),
        ("0 0 * * SUN", ["10-04 00:00", "10-11 00:00"]),
        ("0 0 * * */2", ["10-01 00:00", "10-03 00:00", "10-04 00:00", "10-06 00:00"]),
        ("10/20 * * * *", ["10-01 00:10", "10-01 00:30", "10-01 00:50", "10-01 01:10"]),
        ("0 0 31 2,3 *", ["03-31 00:00"]),
        # Either day will do where both are named; where one of the two begins with a star, both must hold.
        ("0 0 13 * 1", ["10-05 00:00", "10-12 00:00", "10-13 00:00", "10-19 00:00"]),
        ("0 0 */2 * 1", ["10-05 00:00", "10-19 00:00", "11-09 00:00", "11-23 00:00"]),
        ("0 0 13 * */5", ["11-13 00:00", "12-13 00:00"]),
    ],
)
def test_crontab_expressions_mean_what_they_mean_to_cron(text: str, expected: list[str]) -> None:
    october = datetime(2026, 9, 30, 23, 59, tzinfo=UTC)
    found = next_runs(Schedule(cron=text), "a.example", october, len(expected))
    assert [f"{moment:%m-%d %H:%M}" for moment in found] == expected


def test_a_schedule_stands_over_the_defaults() -> None:
    base = Schedule(every="6h", timezone="Europe/Berlin", limit_per_run=10)
    assert Schedule(cron="0 6 * * *").over(base) == Schedule(
        cron="0 6 * * *", timezone="Europe/Berlin", limit_per_run=10
    )
    assert Schedule(limit_per_run=20).over(base).every == "6h"
    assert not Schedule(priority=1).runs


def test_a_site_file_may_say_when() -> None:
    assert Site.model_validate({"domain": "a.example", "schedule": "6h"}).schedule == Schedule(every="6h")
    assert [moment.isoformat("minutes") for moment in quiet_range("22:00-06:30")] == ["22:00", "06:30"]


def test_the_schema_accepts_and_refuses_what_the_program_does(tmp_path: Path) -> None:
    read_by_editors = settings_schema()
    jsonschema.Draft202012Validator.check_schema(read_by_editors)
    check = jsonschema.Draft202012Validator(read_by_editors)
    more = "copies: [/mnt/backup, {to: 's3://news/courier'}]\nverify: 30d\nalarms: {mail: {to: [a@gull.example]}}\n"
    for content in (EVERYTHING + more, "schedule: 6h\ncopies: []\nverify: {every: 7d}\n"):
        load_settings(written(tmp_path, content))
        assert list(check.iter_errors(yaml.safe_load(content))) == []
    for content in (
        "sitse: {}",
        "sites: {gull.example: {evry: 6h}}",
        "schedule: {priority: high}",
        "sites_at_once: 0",
        "copies: [{place: /mnt}]",
        "verify: 30",
        "alarms: {mail: {to: a@gull.example, security: ssl}}",
    ):
        assert problem(tmp_path, content)
        assert list(check.iter_errors(yaml.safe_load(content))), content


def test_the_schema_explains_every_key() -> None:
    whole = settings_schema()
    for name, model in {"CollectionSettings": whole, **whole["$defs"]}.items():
        for key, said in model["properties"].items():
            assert said.get("description"), f"{name}.{key}"


def test_the_command_prints_the_schema_and_editors_are_told_of_it_in_a_comment(tmp_path: Path) -> None:
    printed = CliRunner().invoke(app, ["schedule", "schema"]).output
    assert json.loads(printed) == settings_schema()
    line = MODELINE.format(place="collection.schema.json")
    assert line in " ".join((of_settings.__doc__ or "").split())
    assert load_settings(written(tmp_path, f"{line}\n{EVERYTHING}")).sites
