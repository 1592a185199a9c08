"""Writing FASTQ."""
