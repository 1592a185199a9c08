"""Inputs that nobody would write by hand, and what must hold for each of them.

Each target is a function of bytes that raises where something is wrong, so that any engine can
drive it: ``python -m tests.fuzz --help``.
"""
