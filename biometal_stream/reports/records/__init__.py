"""The kinds of counts that a report is made of. Counts of parts of a run add up to those of it."""
