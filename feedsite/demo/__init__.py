"""A network to look at: a few hundred people who never were, and what they wrote up to the last minutes.

Made for development only. The same people, notes and ids every time; their dates are counted back from today.
"""
