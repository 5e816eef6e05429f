"""Pages about accounts, one module a thing."""
