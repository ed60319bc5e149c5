"""Captures taken down: removed from every file of a collection, with a tombstone, a log and no way back.

order      what is to go, and why
survey     which records that are, and what refers to them
site_files the collection's site files without the tests of those pages
rewriting  a WARC without them, everything else byte for byte
stores     records, search, memory and payloads seen without them
execution  all of it, in place at once
log        takedowns.jsonl, which later crawls and imports ask
"""
