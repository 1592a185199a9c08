"""What reports cost: alone, compared with other programs, and added to trimming."""
