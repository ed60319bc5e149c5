"""The explorer: collections in a browser, to be looked at, searched, judged and mended."""
