"""A connection is read while somebody takes what comes, and no further."""

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol
from twisted.internet.testing import StringTransport
from twisted.web.http_headers import Headers

from crawler.capture.connection import RecordedRequest, RecordingProtocol
from crawler.capture.recording import Recording

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n"


class _Transport(StringTransport):
    """Counts how often it is paused."""

    pauses = 0

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        self.pauses += 1
        super().pauseProducing()


class _Body(Protocol):
    """Takes a body."""

    def __init__(self) -> None:
        self.body = b""

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        self.body += data


def asked(transport: _Transport) -> tuple[RecordingProtocol, Recording, Deferred[Any]]:
    """A connection on which a request has been sent."""
    recording, protocol = Recording(), RecordingProtocol()
    request: Any = RecordedRequest(b"GET", b"/", Headers({b"Host": [b"news.example.test"]}), None, persistent=True)
    request.begin = lambda _: recording
    protocol.makeConnection(transport)
    return protocol, recording, protocol.request(request)


def test_a_body_that_nobody_takes_is_not_read_on() -> None:
    transport, found = _Transport(), list[Any]()
    protocol, recording, answer = asked(transport)
    answer.addCallback(found.append)
    protocol.dataReceived(HEAD + b"half")
    assert (transport.producerState, transport.pauses) == ("paused", 1)
    body = _Body()
    found[0].deliverBody(body)
    assert (transport.producerState, body.body) == ("producing", b"half")
    protocol.dataReceived(b"more")
    assert body.body == b"halfmore"
    assert recording.response == HEAD + b"halfmore"


def test_a_connection_whose_body_is_taken_at_once_is_not_paused() -> None:
    transport, body = _Transport(), _Body()
    protocol, recording, answer = asked(transport)
    answer.addCallback(lambda response: response.deliverBody(body))
    protocol.dataReceived(HEAD + b"half")
    protocol.dataReceived(b"more")
    assert (transport.producerState, transport.pauses, body.body) == ("producing", 0, b"halfmore")
    assert recording.response == HEAD + b"halfmore"


def test_a_whole_answer_that_nobody_has_taken_leaves_the_connection_open_to_the_next() -> None:
    transport, found = _Transport(), list[Any]()
    protocol, _, answer = asked(transport)
    answer.addCallback(found.append)
    protocol.dataReceived(HEAD + b"halfmore")
    assert (transport.producerState, protocol.state) == ("producing", "QUIESCENT")
    body = _Body()
    found[0].deliverBody(body)
    assert body.body == b"halfmore"
