"""FASTQ in, cut into partitions for several machines."""
