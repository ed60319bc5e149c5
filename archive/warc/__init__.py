"""The archive: WARC files written, read, repaired, indexed and verified.

Standard: ISO 28500:2017 (WARC 1.1), https://iipc.github.io/warc-specifications/.
"""
