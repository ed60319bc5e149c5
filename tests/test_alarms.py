"""Alarms: told once when they begin and once when they end, to real servers on loopback."""

import json
import ssl
from asyncio import Server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from hypothesis import given
from hypothesis import strategies as st

from archive.alarms.condition import Condition, Event, Kind, changes
from archive.alarms.delivery import GIVEN_UP, DeliveryError, deliver, mail_of, send
from archive.alarms.ledger import Ledger, Message, open_ledger
from archive.alarms.settings import Alarms, Mail
from archive.alarms.watch import look, of_disk, of_runs, of_site
from archive.collection import Collection
from archive.copies.fixity import Known, open_fixity
from archive.errors import ConfigurationError
from archive.health import Change, HealthState, judge
from archive.schedule.run import Outcome
from archive.schedule.store import Kept, ScheduleStore
from tests.scripted import Run
from tests.simulated_runs import SimulatedSite

NOW = 1_800_000_000.0
SILENCE = Condition(Kind.SILENCE, "courier.example", "No new article since 2027-01-12")
DISK = Condition(Kind.DISK, "/archive", "1.0 GB are free, less than 5 GB")


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    made = Collection(tmp_path / "courier")
    made.create()
    return made


@dataclass
class Hook:
    """A webhook: what it was sent, and what it answers."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    status: int = 204


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A server that takes messages."""
    made = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.headers.append(dict(self.headers))
            made.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(made.status)
            self.send_header("Location", made.url)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_port}/hooks/very-secret"
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield made
        server.shutdown()


class Postbox:
    """What a mail server has taken."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.letters.append(envelope)
        return "250 OK"


class _FreePort(Controller):
    """A server at a port that the system chooses."""

    def _trigger_server(self) -> None:
        self.port = cast("Server", self.server).sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(**options: Any) -> Iterator[tuple[Postbox, str]]:
    """An SMTP server and its address."""
    postbox = Postbox()
    controller = _FreePort(postbox, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield postbox, f"127.0.0.1:{controller.port}"
    finally:
        controller.stop()


def ids() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"00000000-0000-4000-8000-{number:012}"


def ledger_of(collection: Collection) -> Ledger:
    return Ledger(collection, ids().__next__)


def quiet(_: str) -> None:
    pass


conditions = st.lists(
    st.builds(Condition, st.sampled_from(list(Kind)), st.sampled_from(["a.example", "b.example"]), st.text(max_size=5)),
    max_size=6,
)


@given(st.lists(conditions, max_size=30))
def test_every_condition_begins_once_and_ends_once(looks: list[list[Condition]]) -> None:
    in_force: dict[Any, Condition] = {}
    for look_now in looks:
        for change in changes(in_force, look_now):
            if change.event is Event.BEGIN:
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


def test_a_webhook_is_not_followed_elsewhere(hook: Hook) -> None:
    hook.status = 307
    with pytest.raises(DeliveryError, match="answered with 307"):
        send(hook.url, Alarms(webhooks=(hook.url,)), [_message(SILENCE)])
    assert len(hook.bodies) == 1


def _message(condition: Condition, event: Event = Event.BEGIN) -> Message:
    at = "2027-01-15T08:00:00Z"
    return Message("id-1", event, condition.kind, "courier", condition.subject, condition.sentence, at, at)


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
    sites = [Condition(Kind.ERRORS, f"site-{number}.example", "No answer") for number in range(50)]
    with mail_server() as (postbox, server), open_ledger(collection) as ledger:
        alarms = Alarms(mail=Mail(to=("archive@example.org",), server=server))
        ledger.look(sites, alarms.receivers, NOW)
        assert deliver(ledger, alarms, NOW, quiet) == 50
        assert list(ledger.pending()) == []
    (letter,) = (letter.content.decode() for letter in postbox.letters)
    assert "Subject: [courier] Alarm: errors site-0.example and 49 more" in letter
    assert all(f"Alarm: errors, {site.subject}: No answer" in letter for site in sites)


def test_no_text_of_the_web_reaches_a_header() -> None:
    hostile = Condition(Kind.ERRORS, "x\r\nBcc: all@example.org", "y\r\n.\r\nQUIT")
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


@pytest.mark.parametrize("state", [state for state in HealthState if state.is_alarm])
def test_every_state_that_somebody_should_look_at_is_an_alarm(state: HealthState) -> None:
    calm = judge("site.example", SimulatedSite(1).runs(30))
    assert list(of_site(calm)) == []
    (found,) = of_site(replace(calm, state=state, changes=(Change(state, "It is not as it was"),)))
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
        {name: Kept("6h", due) for name in ("late.example", "waits.example", "broke.example", "paused.example")}
    )
    store.begin("waits.example", due, datetime.fromtimestamp(NOW + 60, UTC))
    store.pause("paused.example", due)
    broken = store.begin("broke.example", due, datetime.fromtimestamp(NOW + 60, UTC))
    store.part_begins(broken.id, due, "report")
    store.end(broken.id, due, Outcome.STOPPED, "No space left on device")
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
    whole = Known("s3://bucket/courier", "archive/a.warc.gz", "0" * 64, 1, 0, NOW, NOW)
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


def test_a_report_that_cannot_be_read_silences_no_other_alarm(collection: Collection) -> None:
    (collection.crawls / "20270115080000000.json").write_text("{")
    collection.settings.write_text("alarms: {disk_free: 999999 TB}\n")
    said: list[str] = []
    look(collection, said.append, NOW)
    assert [line.split(",")[0] for line in said] == ["Alarm: errors", "Alarm: disk"]


def test_the_commands(cleancopy: Run, collection: Collection, hook: Hook) -> None:
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
