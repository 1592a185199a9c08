"""What `extract` and `demultiplex` are built from: structures, patterns, sheets, barcodes."""
