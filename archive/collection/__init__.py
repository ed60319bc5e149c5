"""Where things lie: a collection's folder, its catalogue, records, run reports and settings."""
