"""Pass, warn or fail for each module of quality control, by limits that fit the assay."""
