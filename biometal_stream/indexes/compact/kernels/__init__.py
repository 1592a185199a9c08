"""The compiled loops that fill the lines of a compact index, and look k-mers up in them."""
