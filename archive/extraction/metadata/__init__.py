"""Metadata of an article page: what structured data states, completed from the labelled page."""

from archive.extraction.metadata.authors import parse_byline
from archive.extraction.metadata.completion import Metadata, complete
from archive.extraction.metadata.dates import parse_date
from archive.extraction.metadata.facts import Fact, Facts, LabelledText, read_facts

__all__ = ["Fact", "Facts", "LabelledText", "Metadata", "complete", "parse_byline", "parse_date", "read_facts"]
