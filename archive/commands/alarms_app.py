"""`cleancopy alarms`: what is wrong with a collection now, and whether those who should hear of it do."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from archive.collection.folder import Collection
from archive.collection.settings_file import load_settings
from archive.errors import ConfigurationError
from archive.operations.alarm_delivery import DeliveryError, send
from archive.operations.alarm_ledger import open_ledger
from archive.operations.alarm_watch import look
from archive.telling.terminal import put_rows, tell

app = typer.Typer(name="alarms", help="What is wrong with a collection, and who hears of it.", no_args_is_help=True)
Target = Annotated[Path, typer.Argument(metavar="COLLECTION", help="The collection.")]


@app.command()
def check(path: Target) -> None:
    """Look for what is wrong, tell what has begun or ended, and deliver what waits. Exit 1 while an alarm is in force;
    where nothing has begun or ended nothing is said, so that cron mails nothing.

    The scheduler does this by itself; from cron it also notices that the scheduler is not running."""
    collection = Collection(path).require()
    if look(collection, tell):
        raise typer.Exit(1)


@app.command("list")
def show(path: Target) -> None:
    """Show the alarms in force, and how many messages wait for their receiver."""
    with open_ledger(Collection(path).require()) as ledger:
        in_force = ledger.in_force().values()
        for each in in_force:
            since = f"{datetime.fromtimestamp(each.since, UTC):%Y-%m-%d %H:%M}"
            words = (since, each.condition.kind, each.condition.subject, each.condition.sentence)
            put_rows([words])
        if not in_force:
            tell("No alarm is in force.")
        if waiting := sum(1 for _ in ledger.pending()):
            tell(f"{waiting} messages wait for receivers that could not be reached.")


@app.command()
def test(path: Target) -> None:
    """Send a test message to every receiver that collection.yaml names, and say whether it was taken."""
    collection = Collection(path).require()
    alarms = load_settings(collection).alarms
    if not alarms.receivers:
        raise ConfigurationError(
            f"{collection.settings} names nobody who hears of alarms. Write there, for example:\n"
            "alarms:\n  webhooks: $CLEANCOPY_WEBHOOK\n  mail: {to: archive@example.org, server: smtp.example.org:587}"
        )
    with open_ledger(collection) as ledger:
        message = ledger.test_message(time.time())
    failed = 0
    for receiver in alarms.receivers:
        try:
            send(receiver, alarms, [message])
            tell(f"{receiver}: taken.")
        except DeliveryError as error:
            failed += 1
            tell(f"{receiver}: {error}.")
    if failed:
        raise typer.Exit(1)
