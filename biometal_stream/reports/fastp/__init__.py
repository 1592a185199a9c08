"""The report in the shape of fastp's JSON, for MultiQC and for scripts that read fastp's."""
