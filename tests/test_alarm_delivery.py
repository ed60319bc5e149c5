"""Alarms on their way to those who are to hear of them, on real servers on loopback."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from archive.collection.alarm_settings import Alarms, Mail
from archive.collection.folder import Collection
from archive.errors import ConfigurationError
from archive.operations.alarm_conditions import AlarmKind, Condition, Event
from archive.operations.alarm_delivery import GIVEN_UP, DeliveryError, deliver, mail_of, send
from archive.operations.alarm_ledger import AlarmLedger, AlarmMessage, open_ledger
from tests.receivers import Hook, mail_server

NOW = 1_800_000_000.0
SILENCE = Condition(AlarmKind.SILENCE, "courier.example", "No new article since 2027-01-12")


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    made = Collection(tmp_path / "courier")
    made.create()
    return made


def ids() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"00000000-0000-4000-8000-{number:012}"


def ledger_of(collection: Collection) -> AlarmLedger:
    return AlarmLedger(collection, ids().__next__)


def quiet(_: str) -> None:
    pass


def test_a_webhook_hears_of_begin_and_end(collection: Collection, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURIER_HOOK", hook.url)
    monkeypatch.setenv("CLEANCOPY_WEBHOOK_TOKEN", "token")
    alarms = Alarms(webhooks=("$COURIER_HOOK",))
    ledger = ledger_of(collection)
    for found in ([SILENCE], [SILENCE], []):
        ledger.look(found, alarms.receivers, NOW)
        deliver(ledger, alarms, NOW, quiet)
    ledger.close()
    assert hook.bodies == [
        {
            "version": 1,
            "id": f"00000000-0000-4000-8000-{number:012}",
            "event": event,
            "kind": "silence",
            "collection": "courier",
            "subject": "courier.example",
            "sentence": "No new article since 2027-01-12",
            "since": "2027-01-15T08:00:00Z",
            "at": "2027-01-15T08:00:00Z",
        }
        for number, event in ((1, "begin"), (2, "end"))
    ]
    assert hook.headers[0]["Authorization"] == "Bearer token"
    assert hook.headers[0]["Content-Type"] == "application/json"


def test_a_receiver_that_is_down_hears_later_in_order_and_is_not_pestered(collection: Collection, hook: Hook) -> None:
    alarms, said = Alarms(webhooks=(hook.url,)), list[str]()
    ledger = ledger_of(collection)
    hook.status = 503
    ledger.look([SILENCE], alarms.receivers, NOW)
    ledger.look([], alarms.receivers, NOW)
    for second in range(0, 3600, 10):
        deliver(ledger, alarms, NOW + second, said.append)
    # At once, then after 1, 2, 4, 8, 16 minutes.
    assert len(hook.bodies) == 6
    assert said == [
        f"The webhook {hook.url.removesuffix('hooks/very-secret')}... answered with 503. It is tried again for a week."
    ]
    assert {body["event"] for body in hook.bodies} == {"begin"}, "the end waits behind the beginning"
    hook.status, hook.bodies[:] = 200, []
    assert deliver(ledger, alarms, NOW + 7200, said.append) == 2
    assert [body["event"] for body in hook.bodies] == ["begin", "end"]
    assert list(ledger.pending()) == []
    ledger.close()


def test_a_receiver_that_never_answers_is_given_up_after_a_week(collection: Collection) -> None:
    # Port 9 (discard) of loopback: nobody listens.
    alarms, said = Alarms(webhooks=("http://127.0.0.1:9/x",)), list[str]()
    ledger = ledger_of(collection)
    ledger.look([SILENCE], alarms.receivers, NOW)
    for hour in range(24 * 9):
        deliver(ledger, alarms, NOW + 3600 * hour, said.append)
    assert list(ledger.pending()) == []
    assert len(said) == 2
    assert said[1].endswith("The message of 2027-01-15T08:00:00Z is given up.")
    assert GIVEN_UP == 7 * 86_400
    ledger.close()


def test_the_ledger_holds_no_url_of_a_webhook(collection: Collection, hook: Hook) -> None:
    """The rest of it may be secret; messages that an earlier version left under it are still delivered."""
    alarms, other = Alarms(webhooks=(hook.url,)), Alarms(webhooks=(hook.url + "2",))
    assert alarms.receivers != other.receivers
    ledger = ledger_of(collection)
    ledger.look([SILENCE], alarms.receivers, NOW)
    for path in collection.path.glob("alarms.sqlite*"):
        assert b"very-secret" not in path.read_bytes()
    ledger.look([], [hook.url], NOW)
    assert deliver(ledger, alarms, NOW, quiet) == 2
    assert [body["event"] for body in hook.bodies] == ["begin", "end"]
    ledger.close()
    with pytest.raises(ValueError, match="environment variable that holds the URL"):
        Alarms(webhooks=("https://me:it@hooks.example/",))


def test_a_webhook_is_not_followed_elsewhere(hook: Hook) -> None:
    hook.status = 307
    with pytest.raises(DeliveryError, match="answered with 307"):
        send(hook.url, Alarms(webhooks=(hook.url,)), [_message(SILENCE)])
    assert len(hook.bodies) == 1


def _message(condition: Condition, event: Event = Event.BEGIN) -> AlarmMessage:
    at = "2027-01-15T08:00:00Z"
    return AlarmMessage("id-1", event, condition.kind, "courier", condition.subject, condition.sentence, at, at)


def test_mail_is_sent_and_says_what_and_where() -> None:
    with mail_server() as (postbox, server):
        alarms = Alarms(mail=Mail(to=("archive@example.org", "night@example.org"), server=server))
        send("mail", alarms, [_message(SILENCE)])
        send("mail", alarms, [_message(SILENCE, Event.END)])
    first, second = (letter.content.decode() for letter in postbox.letters)
    assert postbox.letters[0].rcpt_tos == ["archive@example.org", "night@example.org"]
    assert "Subject: [courier] Alarm: silence courier.example" in first
    assert "Alarm: silence, courier.example: No new article since 2027-01-12" in first
    assert "Subject: [courier] Over: silence courier.example" in second
    assert "Auto-Submitted: auto-generated" in second


def test_what_begins_together_is_one_letter(collection: Collection) -> None:
    sites = [Condition(AlarmKind.ERRORS, f"site-{number}.example", "No answer") for number in range(50)]
    with mail_server() as (postbox, server), open_ledger(collection) as ledger:
        alarms = Alarms(mail=Mail(to=("archive@example.org",), server=server))
        ledger.look(sites, alarms.receivers, NOW)
        assert deliver(ledger, alarms, NOW, quiet) == 50
        assert list(ledger.pending()) == []
    (letter,) = (letter.content.decode() for letter in postbox.letters)
    assert "Subject: [courier] Alarm: errors site-0.example and 49 more" in letter
    assert all(f"Alarm: errors, {site.subject}: No answer" in letter for site in sites)


def test_no_text_of_the_web_reaches_a_header() -> None:
    hostile = Condition(AlarmKind.ERRORS, "x\r\nBcc: all@example.org", "y\r\n.\r\nQUIT")
    letter = mail_of(Mail(to=("archive@example.org",)), [_message(hostile)])
    assert letter["Bcc"] is None
    with mail_server() as (postbox, server):
        send("mail", Alarms(mail=Mail(to=("archive@example.org",), server=server)), [_message(hostile)])
    assert [letter.rcpt_tos for letter in postbox.letters] == [["archive@example.org"]]


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1, signed by itself, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = (serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    return folder / "cert.pem", folder / "key.pem"


def test_a_login_goes_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = _certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    known: list[LoginPassword] = []

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        known.append(data)
        return AuthResult(success=data.password == b"very-secret", handled=False)

    with mail_server(tls_context=context, authenticator=authenticate, auth_required=True) as (postbox, server):
        mail = Mail(to=("archive@example.org",), server=server, security="starttls", user="archive")
        alarms = Alarms(mail=mail)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with pytest.raises(ConfigurationError, match="CLEANCOPY_SMTP_PASSWORD"):
            send("mail", alarms, [_message(SILENCE)])
        monkeypatch.setenv("CLEANCOPY_SMTP_PASSWORD", "wrong")
        with pytest.raises(DeliveryError, match="535") as refused:
            send("mail", alarms, [_message(SILENCE)])
        assert "wrong" not in str(refused.value)
        monkeypatch.setenv("CLEANCOPY_SMTP_PASSWORD", "very-secret")
        send("mail", alarms, [_message(SILENCE)])
    assert len(postbox.letters) == 1
    assert known[-1].login == b"archive"
