"""How rows of the record come to an index: sending what changed, filling generations, comparing them with the record.

`feedsite.feeds.delivery` puts these together.
"""
