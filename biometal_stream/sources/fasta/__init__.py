"""FASTA in."""
