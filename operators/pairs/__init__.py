"""Mates that have read the same bases: where they overlap, and what follows from that."""
