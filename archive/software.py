"""Which cleancopy this is."""

#: The build reads it here: asking for what is installed takes a thirtieth of a second, which every program would spend.
VERSION = "0.2.0"


def software_version() -> str:
    """The version of cleancopy that stands in records."""
    return VERSION
