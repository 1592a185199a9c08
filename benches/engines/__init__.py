"""What each way to use the reads in another engine costs: ``python -m benches.engines``."""
