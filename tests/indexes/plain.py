"""Minimizers by their definition, base by base: what kernels are compared with."""

from __future__ import annotations

_HASHES = (0x95C60474, 0x62A02B4C, 0x82572324, 0x4BE24456)  # ntHash, lower halves: A, C, T, G
_CODES = {letter: code for codes in ("ACTG", "actg") for code, letter in enumerate(codes)}


def _rotated(word: int, bits: int) -> int:
    bits %= 32
    return ((word << bits) | (word >> (32 - bits))) & 0xFFFF_FFFF


def codes_of(sequence: str) -> list[int]:
    """The code of each base; -1 for other letters."""
    return [_CODES.get(letter, -1) for letter in sequence]


def hash_of(codes: list[int]) -> int:
    """The canonical ntHash of a k-mer, rotated by one bit a base."""
    forward = backward = 0
    for place, code in enumerate(codes):
        forward ^= _rotated(_HASHES[code], len(codes) - 1 - place)
        backward ^= _rotated(_HASHES[code ^ 2], place)
    return (forward + backward) & 0xFFFF_FFFF


def value_of(codes: list[int]) -> int:
    """The lesser of both strands, two bits a base, the first base lowest."""
    forward = sum(code << 2 * place for place, code in enumerate(codes))
    backward = sum((code ^ 2) << 2 * place for place, code in enumerate(reversed(codes)))
    return min(forward, backward)


def minimizers(sequence: str, k: int, w: int) -> list[tuple[int, int]]:
    """The first base and the value of each minimizer, in order."""
    codes = codes_of(sequence)
    found: list[int] = []
    for start in range(len(codes) - (k + w - 1) + 1):
        window = codes[start : start + k + w - 1]
        if min(window) < 0:
            continue
        hashes = [hash_of(window[each : each + k]) >> 16 for each in range(w)]
        first = sum(code >> 1 for code in window) > len(window) // 2
        place = hashes.index(min(hashes)) if first else w - 1 - hashes[::-1].index(min(hashes))
        if not found or found[-1] != start + place:
            found.append(start + place)
    return [(place, value_of(codes[place : place + k])) for place in found]


def kmers(sequence: str, k: int) -> list[tuple[int, int]]:
    """The first base and the value of each k-mer without other letters, in order."""
    codes = codes_of(sequence)
    windows = ((start, codes[start : start + k]) for start in range(len(codes) - k + 1))
    return [(start, value_of(window)) for start, window in windows if min(window) >= 0]
