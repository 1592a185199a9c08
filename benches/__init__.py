"""Measures biometal_stream on real reads: ``python -m benches.run`` in the folder of the clone."""
