"""Sets of k-mers on disk and in memory, and which of them are in reads."""
