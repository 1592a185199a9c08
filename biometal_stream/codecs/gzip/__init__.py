"""gzip in: one member or many, in one thread, in several, or from an index."""
