"""What re-extraction would change: the records as they stand beside those that the present code would make."""
