"""The raw bytes of an input: files, pipes and Python's file objects."""
