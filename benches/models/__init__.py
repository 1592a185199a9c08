"""What prediction costs: a model called by itself, in batches, and in the stream."""
