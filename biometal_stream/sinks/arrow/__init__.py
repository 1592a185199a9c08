"""Arrow IPC files and streams out."""
