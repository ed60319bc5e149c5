"""From a sentence of a record back to the captured page that it was taken from."""
