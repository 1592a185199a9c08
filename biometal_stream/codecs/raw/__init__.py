"""The bytes of an input as the system gives them: files, pipes and Python's file objects."""
