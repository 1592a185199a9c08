"""What the steps share that look up the k-mers of reads in indexes."""
