"""Copies of a collection elsewhere, and the proof that they and the collection are still what they were."""
