"""What Parquet and Arrow share as sources: rows in columns."""
