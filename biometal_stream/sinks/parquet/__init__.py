"""Writing Parquet."""
