"""Extraction of many WARC files: one unit of work, and what runs it, here or on other machines.

    from archive.batch import Settings, extract_file
    result = extract_file("s3://bucket/a.warc.gz", "s3://bucket/records")

A unit takes one WARC and gives one records file. It needs no lock and no daemon and may run twice at once anywhere:
either attempt leaves the same bytes. Whatever engine runs it has only to run it, and to look at what it says.
"""

from archive.batch.digests import Digests, digests_here
from archive.batch.unit import Pools, Result, Settings, extract_file

__all__ = ["Digests", "Pools", "Result", "Settings", "digests_here", "extract_file"]
