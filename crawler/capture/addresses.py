"""Which addresses a crawl may connect to: a page of the web must not make it ask the machines next to it."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from twisted.internet.interfaces import IReactorPluggableNameResolver
from zope.interface import implementer

from archive.collection.failure import FailureKind
from archive.errors import CleancopyError

#: IPv6 addresses that stand for the IPv4 address in their last 32 bits: NAT64 (RFC 6052, section 2.1) and the
#: IPv4-compatible form (RFC 4291, section 2.5.5.1).
_EMBEDDING = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))


class RequestRefusedError(CleancopyError):
    """A request that this crawl will not send, however often it is tried."""

    final = True

    def __init__(self, sentence: str, kind: FailureKind = FailureKind.PRIVATE_ADDRESS) -> None:
        super().__init__(sentence)
        self.kind = kind


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet's. A scope (`%eth0`) does not matter."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inner = _inner(ip)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local or ip.is_reserved:
            return False
    return ip.is_global and not ip.is_multicast


def _inner(ip: IPv6Address) -> IPv4Address | None:
    if any(ip in network for network in _EMBEDDING) and int(ip) > 1:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour


def check_public(address: str) -> None:
    """Raises RequestRefusedError for an address that is not public."""
    if not is_public(address):
        raise RequestRefusedError(
            f"{address} is not a public address; a site of your own network needs `allow_private: true` "
            "in its file, or --allow-private. Both are for the hosts that the file or the command line names, and "
            "not for others that these lead to"
        )


@implementer(IReactorPluggableNameResolver)
class PublicReactor:
    """A reactor that opens no connection to an address that is not public.

    Twisted resolves a name and then connects to what it resolved to: the address is checked there, so that a
    name whose address changes in between gains nothing.
    """

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)

    def connectTCP(self, host: str, *args: Any, **kwargs: Any) -> Any:  # noqa: N802 - Twisted's name
        """Connect to an IP address. Raises RequestRefusedError."""
        check_public(host)
        return self._reactor.connectTCP(host, *args, **kwargs)
