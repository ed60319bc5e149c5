"""Blocks as numbers: what the label model sees of each block.

One row a block, one column a feature, float32; `matrix` puts them together. The groups of columns have modules of
their own: the words (`words`), the markup around them (`markup`), the block's part in the page (`page`), and what
stands around it (`neighbours`). Plain text (`plain`) has the words and the neighbours. What is true of an element is
found once for all its blocks (`elements`); the network also sees words and names as numbers (`terms`).
"""
