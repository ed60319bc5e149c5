"""When each site of a collection is crawled, what was run, and the process that keeps to it."""
