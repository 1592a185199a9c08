"""Sources of record batches."""
