"""Data sets: records of collections in the formats that researchers use, with a card and a manifest."""
