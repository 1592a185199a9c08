"""FASTA out."""
