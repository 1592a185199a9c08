"""The operators by step name: our own, those of packages, and those of plugin files."""
