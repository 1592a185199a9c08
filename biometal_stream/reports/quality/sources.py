"""Where an over-represented sequence may come from, as FastQC tells it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from biometal_stream.reports.quality.contaminants import CONTAMINANTS

NO_HIT = "No Hit"
"""What FastQC says of a sequence that is like none that it knows."""

_SEED = 10
_LEAST = 20
_COMPLEMENT = str.maketrans("ACGT", "TGCA")


class Hit(NamedTuple):
    """A part of a sequence that a contaminant has as well.

    Attributes:
        length: Its bases.
        identity: The percentage of equal bases, rounded down.
    """

    length: int
    identity: int


def source_of(sequence: str) -> str:
    """The known contaminant that is most like a sequence.

    The rules are those of FastQC 0.12.1: more than 20 bases with one mismatch at most, on either
    strand; 8 to 19 bases must be a part of a contaminant. The longest hit counts, of those the
    one with the most equal bases, and of those the first.

    Returns:
        Such as ``TruSeq Adapter, Index 1 (97% over 49bp)``; `NO_HIT` if there is none.
    """
    best, name = Hit(0, 0), ""
    for contaminant, hit in _hits(sequence):
        if hit > best:
            best, name = hit, CONTAMINANTS[contaminant][0]
    return f"{name} ({best.identity}% over {best.length}bp)" if name else NO_HIT


def _hits(sequence: str) -> Iterator[tuple[int, Hit]]:
    """The best hit of each contaminant, in their order."""
    if 8 <= len(sequence) < _LEAST:
        for number, strands in enumerate(_strands()):
            if any(sequence in strand for strand in strands):
                yield number, Hit(len(sequence), 100)
        return
    for number, places in sorted(_places(sequence).items()):
        best = Hit(0, 0)
        for strand, offset in sorted(places):
            hit = _hit(_strands()[number][strand], sequence, offset)
            if hit.length > best.length:
                best = hit
        if best.length:
            yield number, best


def _places(sequence: str) -> dict[int, set[tuple[int, int]]]:
    """The strands and offsets at which contaminants share a word with a sequence.

    A hit of 21 bases with one mismatch has 10 equal bases in a row.
    """
    found: dict[int, set[tuple[int, int]]] = {}
    for place in range(len(sequence) - _SEED + 1):
        for number, strand, start in _seeds().get(sequence[place : place + _SEED], ()):
            length = len(_strands()[number][strand])
            if _LEAST - length <= place - start < len(sequence) - _LEAST:
                found.setdefault(number, set()).add((strand, place - start))
    return found


def _hit(contaminant: str, sequence: str, offset: int) -> Hit:
    """The best hit with the first base of a contaminant at ``offset`` of the sequence.

    A part ends before its second mismatch, and the next one starts after it.
    """
    best = Hit(0, 0)
    start = end = max(0, -offset)
    mismatches = 0
    for place in range(start, min(len(contaminant), len(sequence) - offset)):
        if contaminant[place] == sequence[place + offset]:
            end = place
            continue
        mismatches += 1
        if mismatches > 1:
            best = max(best, _part(start, end, 1))
            start = end = place + 1
            mismatches = 0
    return max(best, _part(start, end, mismatches))


def _part(start: int, end: int, mismatches: int) -> Hit:
    length = 1 + end - start
    return Hit(length, (length - mismatches) * 100 // length) if length > _LEAST else Hit(0, 0)


@cache
def _strands() -> tuple[tuple[str, str], ...]:
    return tuple((sequence, sequence.translate(_COMPLEMENT)[::-1]) for _, sequence in CONTAMINANTS)


@cache
def _seeds() -> dict[str, list[tuple[int, int, int]]]:
    """Where each word of contaminants occurs: contaminants, strands, places."""
    seeds: dict[str, list[tuple[int, int, int]]] = {}
    for number, strands in enumerate(_strands()):
        for strand, bases in enumerate(strands):
            for place in range(len(bases) - _SEED + 1):
                seeds.setdefault(bases[place : place + _SEED], []).append((number, strand, place))
    return seeds
