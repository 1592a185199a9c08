"""The operators by the names of their steps: our own, those of packages, those of plugin files."""
