"""The files of FastQC, for MultiQC and for scripts that read them."""
