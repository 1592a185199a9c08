"""What can be measured of each read, computed once for all operators that ask."""
