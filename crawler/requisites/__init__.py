"""What a page needs to be shown: pictures, style sheets, scripts, fonts, icons. Pure functions.

Not taken: films and sound, which are larger than all the rest, and the pages in frames.
"""

from crawler.requisites.needs import LARGEST, PRIORITY, key_of, needs_of

__all__ = ["LARGEST", "PRIORITY", "key_of", "needs_of"]
