"""Who is compared: each a program of its own that answers the same questions about the same world (serving.py)."""
