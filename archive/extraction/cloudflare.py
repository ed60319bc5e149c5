"""E-mail addresses hidden by Cloudflare's "Email Address Obfuscation", put back as a browser shows them.

The address is hexadecimal in `data-cfemail` or behind `#` of a link to /cdn-cgi/l/email-protection; each byte
is XORed with the first (Cloudflare's own email-decode.min.js does the same).
"""

from lxml import etree

_PATH = "/cdn-cgi/l/email-protection"


def decode_address(code: str) -> str | None:
    """The address behind a `data-cfemail` value, or None if it is not one."""
    try:
        key, *hidden = bytes.fromhex(code)
        address = bytes(byte ^ key for byte in hidden).decode("utf-8")
    except ValueError:
        return None
    return address if "@" in address and address.isprintable() else None


def reveal_addresses(tree: etree._Element) -> None:
    """Write the real address into every element that hides one."""
    for element in tree.iter("a", "span"):
        code = element.get("data-cfemail")
        target = element.get("href", "")
        if code and (address := decode_address(code)):
            _show(element, address)
        if _PATH + "#" in target and (address := decode_address(target.partition("#")[2].partition("?")[0])):
            element.set("href", "mailto:" + address)


def _show(element: etree._Element, address: str) -> None:
    for child in list(element):
        element.remove(child)
    element.text = address
