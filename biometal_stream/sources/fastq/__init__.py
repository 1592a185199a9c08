"""FASTQ in."""
