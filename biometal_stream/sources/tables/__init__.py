"""What Parquet and Arrow have in common as sources: rows that come as columns."""
