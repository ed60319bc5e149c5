"""What an export says of the records that it left out."""

from collections.abc import Iterator, Mapping

from archive.datasets.export_choices import Lesser

#: What makes a record a lesser one.
WHAT = {
    Lesser.CUT: "only the beginning of the page came",
    Lesser.EMPTY: "no text was found",
    Lesser.OBSTACLE: "something else came than the page, such as a captcha or a refusal",
    Lesser.TRIES: "less than a whole page came, and a better capture of its URL was made within a day",
}


def option(lesser: Lesser) -> str:
    """What a user writes to have it."""
    return f"--include {lesser}"


def sentences(counts: Mapping[Lesser, int]) -> Iterator[str]:
    """How many were left out, why, and what takes them in."""
    for lesser in Lesser:
        if count := counts.get(lesser, 0):
            records = "1 record was" if count == 1 else f"{count:,} records were"
            yield f"{records} left out: {WHAT[lesser]} ({option(lesser)} takes {'it' if count == 1 else 'them'})"
