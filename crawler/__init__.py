"""What fetches: the only part that knows Scrapy. `archive` never imports it."""
