"""Full-text search over the records of a collection, by SQLite's FTS5."""
