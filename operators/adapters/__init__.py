"""Where inserts end: known adapters, how long inserts are, and what is found in the first reads."""
