"""Reads as keys, which are equal if the reads are, and tables that remember keys."""
