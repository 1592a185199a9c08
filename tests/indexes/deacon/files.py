"""Files of deacon, written by their definition."""

from __future__ import annotations

import math
import struct
from collections import defaultdict

WORD = (1 << 64) - 1


def exact_bytes(values, k=31, w=15, version=3):
    """A file of format 3 (or of another version)."""
    width = -(-k // 4)
    packed = b"".join(value.to_bytes(16, "little")[:width] for value in values)
    return struct.pack("<BBBQ", version, k, w, len(values)) + packed


def mixed(word):
    """The finaliser of MurmurHash3."""
    word &= WORD
    word = (word ^ (word >> 33)) * 0xFF51AFD7ED558CCD & WORD
    word = (word ^ (word >> 33)) * 0xC4CEB9FE1A85EC53 & WORD
    return word ^ (word >> 33)


def cells_of(word, segment, cells):
    """The three fingerprints that stand for a hash."""
    first = word * cells >> 64
    second = first + segment ^ (word >> 18 & segment - 1)
    return first, second, first + 2 * segment ^ (word & segment - 1)


def frozen_bytes(values, bits, k=31, w=15, version=1):
    """A frozen filter: a binary fuse filter of three segments a k-mer, built by peeling."""
    size = len(values)
    segment = 4 if not size else 1 << int(math.log(size) / math.log(3.33) + 2.25)
    factor = max(1.125, 0.875 + 0.25 * math.log(1e6) / math.log(size)) if size > 1 else 0
    segments = max(1, math.ceil(round(size * factor) / segment) - 2)
    cells = segments * segment
    for seed in range(1, 100):
        fingerprints = _peeled(values, bits, seed * 0x9E3779B97F4A7C15 & WORD, segment, cells)
        if fingerprints is not None:
            break
    assert fingerprints is not None
    head = struct.pack("<3sBBBBQ", b"DBF", bits, version, k, w, size)
    seed = seed * 0x9E3779B97F4A7C15 & WORD
    described = struct.pack("<QIIIQ", seed, segment, segment - 1, cells, len(fingerprints))
    kind = {16: "H", 32: "I"}[bits]
    return head + described + struct.pack(f"<{len(fingerprints)}{kind}", *fingerprints)


def _peeled(values, bits, seed, segment, cells):
    """The fingerprints; ``None`` if these cells do not peel."""
    words = [mixed(value + seed) for value in values]
    places = {word: cells_of(word, segment, cells) for word in words}
    at = defaultdict(set)
    for word, three in places.items():
        for place in three:
            at[place].add(word)
    alone = [place for place, found in at.items() if len(found) == 1]
    order = []
    while alone:
        place = alone.pop()
        if len(at[place]) != 1:
            continue
        (word,) = at[place]
        order.append((word, place))
        for other in places[word]:
            at[other].discard(word)
            if len(at[other]) == 1:
                alone.append(other)
    if len(order) < len(places):
        return None
    fingerprints = [0] * (cells + 2 * segment)
    mask = (1 << bits) - 1
    for word, place in reversed(order):
        left = (word ^ word >> 32) & mask
        for other in places[word]:
            if other != place:
                left ^= fingerprints[other]
        fingerprints[place] = left
    return fingerprints
