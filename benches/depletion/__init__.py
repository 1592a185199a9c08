"""What the removal of a host's reads costs, beginning with the index."""
