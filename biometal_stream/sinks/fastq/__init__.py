"""FASTQ out."""
