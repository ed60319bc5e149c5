"""Messages to webhooks and by mail. What cannot be delivered waits in the ledger and is tried again, less and less
often, for a week."""

import os
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from http.client import HTTPException

import urllib3

from archive.collection.alarm_settings import Alarms, Mail, shown_webhook, url_of
from archive.errors import CleancopyError, ConfigurationError
from archive.operations.alarm_conditions import Event
from archive.operations.alarm_ledger import AlarmLedger, AlarmMessage, PendingMessage
from archive.telling.unseen import visible

TOKEN, PASSWORD = "CLEANCOPY_WEBHOOK_TOKEN", "CLEANCOPY_SMTP_PASSWORD"
#: Seconds that a receiver has to answer.
_PATIENCE = 10.0
#: Seconds until the second attempt; each further one waits twice as long, up to the longest wait.
_FIRST_WAIT, _LONGEST_WAIT = 60.0, 3600.0
#: Messages that one letter holds.
_MOST_IN_A_LETTER = 200
#: Seconds after which a message that could not be delivered is given up.
GIVEN_UP = 7 * 86_400.0


class DeliveryError(CleancopyError):
    """A receiver did not take a message."""


def deliver(ledger: AlarmLedger, alarms: Alarms, now: float, tell: Callable[[str], None]) -> int:
    """Deliver what is due, in order; how many messages were delivered. `tell` hears what could not be."""
    delivered = 0
    for receiver in {pending.receiver: None for pending in ledger.pending()}:
        # Earlier versions named webhooks by their URLs.
        if receiver not in (*alarms.receivers, *alarms.webhooks):
            _drop_all(ledger, receiver)
        elif ledger.is_due(receiver, now):
            delivered += _deliver_to(receiver, ledger, alarms, now, tell)
    return delivered


def _drop_all(ledger: AlarmLedger, receiver: str) -> None:
    """Nobody wants these any more."""
    for pending in ledger.pending(receiver):
        ledger.drop(pending.number)


def _deliver_to(receiver: str, ledger: AlarmLedger, alarms: Alarms, now: float, tell: Callable[[str], None]) -> int:
    delivered = 0
    waiting = list(ledger.pending(receiver))
    size = _MOST_IN_A_LETTER if receiver == "mail" else 1
    for batch in (waiting[start : start + size] for start in range(0, len(waiting), size)):
        try:
            send(receiver, alarms, [pending.message for pending in batch])
        except (DeliveryError, ConfigurationError) as error:
            _put_off(batch[0], ledger, now, str(error), tell)
            return delivered
        for pending in batch:
            ledger.drop(pending.number)
        delivered += len(batch)
    return delivered


def _put_off(pending: PendingMessage, ledger: AlarmLedger, now: float, why: str, tell: Callable[[str], None]) -> None:
    if now - pending.made >= GIVEN_UP:
        ledger.drop(pending.number)
        tell(f"{why}. The message of {pending.message.at} is given up.")
        return
    if pending.attempts == 0:
        tell(f"{why}. It is tried again for a week.")
    wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(pending.attempts, 10))
    ledger.put_off(pending.number, now + wait)


def send(receiver: str, alarms: Alarms, messages: Sequence[AlarmMessage]) -> None:
    """Deliver messages: to a webhook one by one, by mail in one letter, so that a network that is down is one letter
    and not one for each site. Raises DeliveryError, or ConfigurationError where a variable is not set."""
    if receiver == "mail" and alarms.mail:
        _mail(alarms.mail, messages)
    else:
        for message in messages:
            _post(alarms.webhook(receiver), message)


def _post(webhook: str, message: AlarmMessage) -> None:
    headers = {"User-Agent": "cleancopy"}
    if token := os.environ.get(TOKEN):
        headers["Authorization"] = f"Bearer {token}"
    try:
        with urllib3.PoolManager(timeout=urllib3.Timeout(_PATIENCE), retries=False) as pool:
            told = {"version": 1, **asdict(message)}
            answer = pool.request("POST", url_of(webhook), json=told, headers=headers, redirect=False)
    except (urllib3.exceptions.HTTPError, HTTPException, OSError) as error:
        # What urllib3 says may hold the URL, and the URL a secret.
        raise DeliveryError(
            f"The webhook {shown_webhook(webhook)} cannot be reached ({type(error).__name__})"
        ) from error
    if not 200 <= answer.status < 300:
        raise DeliveryError(f"The webhook {shown_webhook(webhook)} answered with {answer.status}")


def _mail(mail: Mail, messages: Sequence[AlarmMessage]) -> None:
    try:
        with _connected(mail) as server:
            server.send_message(mail_of(mail, messages))
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(f"The mail server {mail.server} did not take a message: {_why(error)}") from error


def _connected(mail: Mail) -> smtplib.SMTP:
    if mail.encryption == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            mail.host, mail.port, timeout=_PATIENCE, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=_PATIENCE)
    try:
        if mail.encryption == "starttls":
            server.starttls(context=ssl.create_default_context())
        if mail.user:
            server.login(mail.user, _password())
    except BaseException:
        server.close()
        raise
    return server


def _password() -> str:
    password = os.environ.get(PASSWORD)
    if password is None:
        raise ConfigurationError(f"alarms.mail: 'user' needs its password in the environment variable {PASSWORD}")
    return password


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "it refuses " + ", ".join(error.recipients)
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def mail_of(mail: Mail, messages: Sequence[AlarmMessage]) -> EmailMessage:
    """Messages as one letter. Sentences may hold text from the web: no header takes a line break from them."""
    first, letter = messages[0], EmailMessage()
    letter["Subject"] = " ".join(visible(_subject(first, len(messages) - 1)).split())[:200]
    letter["From"] = mail.sender or mail.to[0]
    letter["To"] = ", ".join(mail.to)
    letter["Date"] = format_datetime(datetime.fromisoformat(first.at))
    letter["Message-ID"] = f"<{first.id}@cleancopy.invalid>"
    letter["Auto-Submitted"] = "auto-generated"
    said = "".join(f"{told(message)}\nAt {message.at}\n\n" for message in messages)
    letter.set_content(visible(f"{said}Collection: {first.collection}\n"))
    return letter


def _subject(message: AlarmMessage, more: int) -> str:
    what = " ".join(filter(None, (message.kind, message.subject)))
    word = {Event.BEGIN: "Alarm", Event.END: "Over", Event.TEST: "Test"}[message.event]
    return f"[{message.collection}] {word}: {what}" + (f" and {more} more" if more else "")


def told(message: AlarmMessage) -> str:
    """A message in a line for people."""
    if message.event is Event.TEST:
        return message.sentence
    about = f"{message.kind}, {message.subject}" if message.subject else message.kind
    if message.event is Event.END:
        return f"Over: {about} (since {message.since}; it was: {message.sentence})"
    return f"Alarm: {about}: {message.sentence}"
