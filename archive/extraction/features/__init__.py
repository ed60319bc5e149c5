"""Blocks as numbers: what the label model sees of each block.

One row a block, one column a feature, float32; `matrix` puts them together. The groups of columns have modules of
their own: the words (`words`), the markup around them (`markup`), the block's part in the page (`page`, with
`container` and `known`) and in its sections (`sections`), the names that it opens with (`names`), and the same for the
blocks next to it (`neighbours`). Plain text (`plain`) has the words, the names and the neighbours.
"""
