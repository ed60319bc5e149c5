"""Numbers, sizes and times as the report writes them."""

from datetime import UTC, datetime


def size(count: float) -> str:
    """Bytes for people: `48.2 GB`."""
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if count < 1000 or unit == "TB":
            break
        count /= 1000
    return f"{count:,.0f} {unit}" if unit == "bytes" or count >= 100 else f"{count:.1f} {unit}"


def moment(time: datetime) -> str:
    """`26 November 2026, 14:05 UTC`."""
    time = time.astimezone(UTC)
    return f"{time.day} {time:%B %Y, %H:%M} UTC"


def short(time: datetime) -> str:
    """`26 Nov, 14:05`; UTC is said elsewhere."""
    time = time.astimezone(UTC)
    return f"{time.day} {time:%b, %H:%M}"


def many(count: int, one: str, more: str | None = None) -> str:
    """`1 site`, `1,204 sites`."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"
