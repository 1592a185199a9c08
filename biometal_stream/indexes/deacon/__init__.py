"""The files of deacon: its index, format 3, and its frozen filter."""
