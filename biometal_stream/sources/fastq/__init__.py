"""Reading FASTQ."""
