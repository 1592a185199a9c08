"""Makes indexes of k-mers: from sequences, from other indexes, and in another format."""
