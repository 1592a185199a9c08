"""The index format of our own: 14.5 bits a k-mer, mapped into memory.

docs/compact-index.md describes it bit by bit.
"""
