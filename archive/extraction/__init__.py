"""A captured page to labelled blocks, metadata and a record. Nothing in here goes out to the web."""
