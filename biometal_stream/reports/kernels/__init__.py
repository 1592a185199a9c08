"""The compiled loops of reports."""
