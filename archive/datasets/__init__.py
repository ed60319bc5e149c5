"""Data sets out of a collection, and what others collected into one."""
