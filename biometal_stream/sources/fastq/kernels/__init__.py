"""The compiled loops that find, check and copy FASTQ records."""
