"""One crawl run: its plan, what it shares, and what it tells."""
