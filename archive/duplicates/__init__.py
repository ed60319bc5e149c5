"""Near-duplicates: the same story on several pages, found by MinHash in memory that does not grow with the texts."""
