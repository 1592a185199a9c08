"""BGZF, gzip in independent blocks: reading and writing."""
