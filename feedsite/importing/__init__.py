"""Real input: files of other places read into the record, in bulk, once however often they are read."""
