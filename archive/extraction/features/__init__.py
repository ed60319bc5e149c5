"""Blocks as numbers: what the label model sees of each block.

One row a block, one column a feature, float32. Four groups of columns, each in its own module: the words
(`words`), the markup around them (`markup`), the block's part in the page (`page`), and the same for the blocks
next to it (`neighbours`). Plain text has the first and the last.
"""
