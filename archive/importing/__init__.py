"""Pages and texts that others collected, taken into a collection: they become WARC records first, and all else follows
from these.

A page or text without HTTP becomes a `resource` record (WARC 1.1, section 6.5): "a resource without full protocol
response information". Not a `conversion`, which must stand beside the record that it was made from.
"""
