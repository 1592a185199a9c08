"""Reading FASTA."""
