"""WARC files that other tools wrote: found, read whatever is broken in them, and their articles told from the rest."""
