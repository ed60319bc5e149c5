"""Whether the certificate of a server holds, as a browser would see it. A capture is made in any case, unless a site's
file says otherwise: an archive that leaves out a page because its owner forgot to renew a certificate loses the page.
"""

import ssl
from functools import cache
from ipaddress import ip_address
from typing import Any

from OpenSSL.crypto import Error as CryptoError
from OpenSSL.crypto import X509Store, X509StoreContext, X509StoreContextError
from service_identity import CertificateError, VerificationError
from service_identity.pyopenssl import verify_hostname, verify_ip_address


def certificate_fault(connection: Any, host: str) -> str | None:
    """What is wrong with the certificate that a TLS connection to a host was given, in words; None if it holds.

    Revocation is not asked for: that would be a request of its own, to somebody else.
    """
    faults = [_of_chain(connection), _of_name(connection, host.strip("[]"))]
    return "; ".join(fault for fault in faults if fault) or None


def _of_chain(connection: Any) -> str | None:
    certificate, chain = connection.get_peer_certificate(), connection.get_peer_cert_chain() or ()
    if certificate is None:
        return "the server has none"
    try:
        X509StoreContext(_trusted(), certificate, chain[1:]).verify_certificate()
    except X509StoreContextError as error:
        return str(error.errors[2] if len(error.errors) > 2 else error)
    return None


def _of_name(connection: Any, host: str) -> str | None:
    try:
        verify = verify_ip_address if _is_address(host) else verify_hostname
        verify(connection, host)
    except (VerificationError, CertificateError, ValueError):
        return f"it is not for {host}"
    return None


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


@cache
def _trusted() -> X509Store:
    """Whom the system trusts."""
    store, paths = X509Store(), ssl.get_default_verify_paths()
    for file, folder in ((paths.cafile, None), (None, paths.capath)):
        try:
            store.load_locations(file, folder)
        except (CryptoError, TypeError):
            continue  # A system may have one of them, or none.
    return store
