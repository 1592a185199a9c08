"""Arrow files and streams, and Arrow data of other programs, as sources."""
