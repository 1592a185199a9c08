"""What the removal of a host's reads costs, and which reads it finds."""
