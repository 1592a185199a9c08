"""Which reads are mates, by their names: one rule for all that asks."""
