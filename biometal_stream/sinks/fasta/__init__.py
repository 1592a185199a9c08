"""Writing FASTA."""
