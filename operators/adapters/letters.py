"""Which bases of a read a letter of an adapter matches, as cutadapt defines it."""

from __future__ import annotations

from functools import cache

_BASES = {"A": 1, "C": 2, "G": 4, "T": 8, "U": 8}
_OTHER = 0x80
"""The bit of all bytes that are no base."""
_CODES = {
    "X": 0,
    **_BASES,
    "R": 5,
    "Y": 10,
    "S": 6,
    "W": 9,
    "K": 12,
    "M": 3,
    "B": 14,
    "D": 13,
    "H": 11,
    "V": 7,
    "N": 15 | _OTHER,
}
"""The bases that an IUPAC code stands for, as bits. N stands for any byte, X for none."""


@cache
def accepted(letter: str, *, adapter_wildcards: bool, read_wildcards: bool) -> frozenset[int]:
    """The bytes of a read, in upper case, that a letter of an adapter matches.

    Args:
        letter: In upper case.
        adapter_wildcards: Whether the letter is an IUPAC code; otherwise it is itself.
        read_wildcards: Whether letters of the read are IUPAC codes.
    """
    if not adapter_wildcards and not read_wildcards:
        return frozenset({ord(letter)})
    mine = _CODES.get(letter, 0) if adapter_wildcards else _BASES.get(letter, _OTHER)
    codes, other = (_CODES, 0) if read_wildcards else (_BASES, _OTHER)
    return frozenset(
        byte
        for byte in range(256)
        if not ord("a") <= byte <= ord("z") and mine & codes.get(chr(byte), other)
    )
