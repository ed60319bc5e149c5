"""Names of hosts in one form: in small letters and in ASCII, as they are looked up (IDNA 2008 with UTS 46).

`Münchner.example` and `xn--mnchner-n2a.example` are one host, however a file, an alias or a URL writes it.
"""

import re
from functools import lru_cache

#: Labels of up to 63 characters; underscores stand in some, though IDNA has none.
_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*+[a-z0-9-]{1,63}")


def host_name(text: str) -> str:
    """The name of a host in its one form. Raises ValueError for what is none, such as `example..org`."""
    name = text.lower()
    if not name.isascii():
        import idna  # noqa: PLC0415 - its tables take as long to load as two others of our modules, and few names need them

        try:
            name = idna.encode(name, uts46=True).decode()
        except idna.IDNAError as error:
            raise ValueError(f"not a host name: {error}") from error
    if not _HOST.fullmatch(name):
        raise ValueError("not a host name")
    return name


@lru_cache(maxsize=4096)
def looked_up(text: str) -> str:
    """The same of what a URL or a user says, without a last dot; what is no host name stays, in small letters."""
    name = text.lower().removesuffix(".")
    try:
        return host_name(name)
    except ValueError:
        return name
