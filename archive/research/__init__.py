"""What is asked of records: search, a page's history, the capture behind a sentence, what a new version changes."""
