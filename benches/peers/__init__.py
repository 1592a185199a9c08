"""biometal_stream beside the newest of other tools: ``python -m benches.peers``."""
