"""What formats of text share: segments, locations, mates, and how input is shown."""
