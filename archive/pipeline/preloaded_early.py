"""What some pages need besides, loaded where it is a while until the first page comes, as in a crawl.

That is trafilatura, which is asked where labels are unsure, and htmldate, where no date is stated: each worker that
meets such a page would take a sixth of a second for it.
"""

from contextlib import suppress

from archive.errors import ConfigurationError
from archive.extraction.collector import loading

with suppress(ConfigurationError), loading():
    from archive.extraction.extract import extract

    extract("<p>The ferry left early.</p>", "https://herald.example/2024/ferry")
