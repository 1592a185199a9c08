"""What the operators compute, written as plainly as the definitions."""

import math
import statistics
from collections import Counter
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


def median_quality(quality):
    return statistics.median(ord(letter) - 33 for letter in quality) if quality else None


def windows(sequence):
    """PRINSEQ's windows."""
    first, found = 0, []
    while len(sequence) - first > 64:
        found.append(sequence[first : first + 64])
        first += 32
    return [*found, sequence[first:]]


def triplets(window):
    letters = "".join(b if b in "ACGT" else "N" for b in window.upper().replace("U", "T"))
    return Counter(letters[k : k + 3] for k in range(len(letters) - 2)).values()


def entropy(sequence):
    if len(sequence) < 6:
        return None
    found = []
    for window in windows(sequence):
        n = len(window) - 2
        shares = [count / n for count in triplets(window)]
        found.append(-math.fsum(share * math.log(share) for share in shares) / math.log(n))
    return abs(math.fsum(found) / len(found))


def dust(sequence):
    if len(sequence) < 6:
        return None
    *whole, last = windows(sequence)
    found = [sum(c * (c - 1) / 2 for c in triplets(window)) / 62 for window in whole]
    n = len(last) - 2
    found.append(sum(c * (c - 1) / 2 for c in triplets(last)) / (n - 1) * 62 / n)
    return math.fsum(found) / len(found) * 100 / 31


def share(sequence, letters):
    return sum(base in letters for base in sequence) / len(sequence) if sequence else None


def a_fraction(sequence):
    return share(sequence, "Aa")


def c_fraction(sequence):
    return share(sequence, "Cc")


def g_fraction(sequence):
    return share(sequence, "Gg")


def t_fraction(sequence):
    return share(sequence, "TtUu")


def n_fraction(sequence):
    return share(sequence, "Nn")


def low_quality_fraction(quality, phred):
    low = sum(ord(letter) - 33 < phred for letter in quality)
    return low / len(quality) if quality else 0.0


COMPLEMENTS = dict(zip("ACGTURYKMSWBVDHN", "TGCAAYRMKSWVBHDN", strict=True))
COMPLEMENTS |= {base.lower(): other.lower() for base, other in COMPLEMENTS.items()}


def reverse_complement(sequence):
    return "".join(COMPLEMENTS.get(base, base) for base in reversed(sequence))
