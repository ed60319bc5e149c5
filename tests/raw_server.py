"""A server that sends scripted bytes, over http and https, and keeps the bytes it received."""

import socket
import ssl
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.scripted import PATIENCE

#: Seconds that threads are waited for once clients have gone.
_SECONDS = 5.0


class Then(Enum):
    """What a script does besides sending bytes and waiting."""

    CLOSE = "close the connection"
    RESET = "close it with a TCP reset"
    DROP_NEXT = "read one more request, then close without an answer"


#: Bytes are sent, seconds are waited. Where a script ends, the next request may come.
Step = bytes | float | Then


@dataclass
class Received:
    """One request: the bytes of it, on which connection."""

    path: str
    data: bytes
    connection: int


@dataclass
class RawServer:
    """Answers the n-th request for a path by its n-th script, and the last script from then on."""

    scripts: Mapping[str, list[list[Step]]]
    tls: ssl.SSLContext | None = None
    log: list[Received] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self._threads = [Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(_SECONDS)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"

    def received(self, path: str) -> list[Received]:
        """The requests for a path, in order."""
        return [request for request in self.log if request.path == path]

    def _accept(self) -> None:
        for connection in range(1_000_000):
            try:
                raw, _ = self._listener.accept()
            except OSError:
                return
            self._threads.append(Thread(target=self._serve, args=(raw, connection), daemon=True))
            self._threads[-1].start()

    def _serve(self, raw: socket.socket, connection: int) -> None:
        raw.settimeout(PATIENCE)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            peer = self.tls.wrap_socket(raw, server_side=True) if self.tls else raw
        except OSError:
            raw.close()
            return
        try:
            while self._answer(peer, connection):
                pass
        except OSError:
            pass
        finally:
            peer.close()

    def _answer(self, peer: socket.socket, connection: int) -> bool:
        request = _read_request(peer)
        if not request:
            return False
        path = request.split(b" ", 2)[1].decode("latin-1")
        self.log.append(Received(path, request, connection))
        scripts = self.scripts.get(path, [[b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"]])
        return self._play(scripts[min(len(self.received(path)), len(scripts)) - 1], peer, connection)

    def _play(self, script: list[Step], peer: socket.socket, connection: int) -> bool:
        for step in script:
            match step:
                case bytes():
                    peer.sendall(step)
                case float():
                    time.sleep(step)
                case Then.DROP_NEXT:
                    request = _read_request(peer)
                    self.log.append(Received(request.split(b" ", 2)[1].decode("latin-1"), request, connection))
                    return False
                case Then.CLOSE:
                    if isinstance(peer, ssl.SSLSocket):
                        peer.unwrap()
                    return False
                case Then.RESET:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return False
        return True


def _read_request(peer: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = peer.recv(65536)
        if not more or more.startswith(b"\x16\x03"):  # the client has gone, or speaks TLS
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    sizes = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    missing = int(sizes[0]) - len(body) if sizes else 0
    while missing > 0:
        more = peer.recv(missing)
        data += more
        missing -= len(more)
    return data


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's TLS context with a certificate that nobody else has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
