"""The names of assays, which set the limits of verdicts. Light: the command line's help uses it."""

ASSAY_NAMES = ("wgs", "rna", "amplicon", "16s", "small-rna", "ont")
"""All assays. `biometal_stream.reports.verdicts.assays` has their limits."""

DEFAULT_ASSAY = "wgs"
"""What is taken to have been sequenced."""
