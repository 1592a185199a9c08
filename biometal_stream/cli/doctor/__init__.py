"""``doctor``: reports what is installed and supported, and runs a smoke test."""
