"""Writing Arrow IPC files and streams."""
