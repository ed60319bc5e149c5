"""What is captured with a page: what it needs to be shown (pictures, style sheets, scripts, fonts, icons), and the
documents that an article links to. Pure functions.

Not taken: films and sound, which are larger than all the rest, and the pages in frames.
"""

from crawler.requisites.documents import LEFT_OUT, documents_of
from crawler.requisites.needs import LARGEST, PRIORITY, key_of, needs_of

__all__ = ["LARGEST", "LEFT_OUT", "PRIORITY", "documents_of", "key_of", "needs_of"]
