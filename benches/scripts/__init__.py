"""What the bench runs in processes of their own. Each is run as a file, and imports no other."""
