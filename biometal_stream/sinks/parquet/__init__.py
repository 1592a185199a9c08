"""Parquet out."""
