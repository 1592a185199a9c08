"""What observers find in the reads of a run: states to merge, and results made from them."""
