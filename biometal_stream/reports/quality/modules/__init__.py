"""The modules of quality control, one per file."""
