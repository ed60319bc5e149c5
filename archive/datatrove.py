"""A reader for datatrove's pipelines: WARC files to documents, by way of their records files.

    from archive.datatrove import CleancopyReader
    pipeline = [CleancopyReader("s3://bucket/warcs", "s3://bucket/records"), LanguageFilter(), JsonlWriter("out")]

It stands where datatrove's WarcReader and its extractor would. Completion is counted by task and not by file there:
give an executor as many tasks as there are WARC files.
"""

import json
from collections.abc import Iterator
from typing import Any

from datatrove.data import Document
from datatrove.pipeline.readers.base import BaseDiskReader

from archive.batch.places import place_of
from archive.batch.unit import Settings, extract_file
from archive.errors import WarcError


class CleancopyReader(BaseDiskReader):  # type: ignore[misc] # datatrove has no types
    """Reads the articles of WARC files. Their records are kept in `records_folder`, a folder or s3://BUCKET/PREFIX, and
    a task that is run again takes what is whole there. A document's text is the article's, its id the record's; its
    metadata is the rest of the record but for its blocks.

    A WARC that cannot be read to its end fails its task, once all of its documents that could be read were given out.
    The other arguments are those of datatrove's readers, such as `glob_pattern`, `paths_file` and `limit`.
    """

    name = "📰 cleancopy"

    def __init__(self, data_folder: Any, records_folder: str, settings: Settings | None = None, **options: Any) -> None:
        """`settings` are extraction's; one page is extracted at once by default, for tasks are many."""
        super().__init__(data_folder, **options)
        self.records_folder = records_folder
        self.settings = settings or Settings(jobs=1)

    def read_file(self, filepath: str) -> Iterator[Document]:
        """The documents of one WARC."""
        with self.track_time():
            made = extract_file(self.data_folder.resolve_paths(filepath), self.records_folder, self.settings)
        self.stat_update("records", value=made.records, unit="input_file")
        self.stat_update("left_out", value=sum(made.left_out.values()), unit="input_file")
        if made.failure is None:
            with place_of(self.records_folder).reading(made.records_file.rpartition("/")[2]) as lines:
                for number, line in enumerate(lines):
                    if document := self.get_document_from_dict(_data(line), filepath, number):
                        yield document
        if not made.is_whole:
            raise WarcError(made.failure or f"{filepath}: {'; '.join(made.faults)}")


def _data(line: bytes) -> dict[str, Any]:
    return {name: value for name, value in json.loads(line).items() if name != "blocks"}
