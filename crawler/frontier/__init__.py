"""Every URL that a collection knows, what is to be done with it, and what became of it."""
