"""Which reads are mates, by their names: the one rule that everything uses."""
