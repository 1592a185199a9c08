"""What the operators compute, written as plainly as the definitions."""

import math
from itertools import pairwise


def probabilities(quality):
    return [10 ** (-(ord(letter) - 33) / 10) for letter in quality]


def expected_errors(quality):
    return math.fsum(probabilities(quality))


def mean_quality(quality):
    if not quality:
        return None
    return -10 * math.log10(expected_errors(quality) / len(quality))


def arithmetic_mean_quality(quality):
    return sum(ord(letter) - 33 for letter in quality) / len(quality) if quality else None


def gc(sequence):
    known = [base for base in sequence.upper() if base in "ACGTU"]
    return sum(base in "GC" for base in known) / len(known) if known else None


def n_count(sequence):
    return sequence.upper().count("N")


def complexity(sequence):
    if len(sequence) < 2:
        return None
    return sum(here != there for here, there in pairwise(sequence)) / (len(sequence) - 1)


def low_quality_fraction(quality, phred):
    low = sum(ord(letter) - 33 < phred for letter in quality)
    return low / len(quality) if quality else 0.0


COMPLEMENTS = dict(zip("ACGTURYKMSWBVDHN", "TGCAAYRMKSWVBHDN", strict=True))
COMPLEMENTS |= {base.lower(): other.lower() for base, other in COMPLEMENTS.items()}


def reverse_complement(sequence):
    return "".join(COMPLEMENTS.get(base, base) for base in reversed(sequence))
