"""Arrow files and streams, and what other programs hold as Arrow, as sources."""
