"""Requests as captures hold them: what is secret in their headers is left out, and said to be."""

from collections.abc import Collection

#: What stands in the place of a secret value.
MARK = b"[redacted]"


def redacted(request: bytes, hidden: Collection[str]) -> tuple[bytes, tuple[str, ...]]:
    """A request as it was sent, but for the values of headers with these names (in small letters), and the names of
    those that it had."""
    if not hidden:
        return request, ()
    head, end, body = request.partition(b"\r\n\r\n")
    lines, names = [], []
    for line in head.split(b"\r\n"):
        name, colon, _ = line.partition(b":")
        if colon and (found := name.decode("latin-1")).lower() in hidden:
            names.append(found)
            lines.append(name + b": " + MARK)
        else:
            lines.append(line)
    return b"\r\n".join(lines) + end + body, tuple(names)
