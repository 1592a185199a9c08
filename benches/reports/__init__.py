"""What reports cost: alone beside other programs, and beside trimming."""
