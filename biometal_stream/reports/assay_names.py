"""The names of assays, which set the limits of verdicts. Light: the command line's help uses it."""

ASSAY_NAMES = ("any", "fastqc", "wgs", "rna", "amplicon", "16s", "small-rna", "ont")
"""All assays. `biometal_stream.reports.verdicts.assays` has their limits."""

DEFAULT_ASSAY = "any"
"""The assay of a run that names none: only what is a fault in every assay is one."""
