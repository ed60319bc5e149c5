"""The captures of one URL over time, and what changed between them."""
