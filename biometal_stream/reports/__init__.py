"""What observers find in the reads of a run: states that are merged, and results made of them."""
