"""Reading gzip: one member or many, in one thread, in several, or with an index."""
