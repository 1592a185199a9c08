"""The tables of reports in the long form, for SQL."""
