"""BGZF, the gzip of blocks, in and out."""
