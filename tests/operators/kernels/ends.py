"""Where inserts end, in plain Python: the same whole numbers as the kernels find."""

from __future__ import annotations

from biometal_stream.operators.adapters.finding import gains
from biometal_stream.operators.kernels.adapters import BREAK, MOST, SEEDS, START
from biometal_stream.operators.kernels.ends import NEAR
from biometal_stream.operators.kernels.inserts import BY_CHANCE, FAILED, SURE
from tests.operators.plain import reverse_complement

GAINS = gains().tolist()
WIDTH = 64
SHORTEST = 12


def allowed(compared):
    return compared * 3 // 10 + (compared > 2)


def unlike(one, two, compared):
    """The bases of the first that differ, or of which one text has too few."""
    pairs = zip(
        one[:compared].ljust(compared, "\0"), two[:compared].ljust(compared, "\1"), strict=True
    )
    return sum(a != b for a, b in pairs)


def adapter_score(bases, scores, adapter):
    total = best = 0
    for base, score, expected in zip(bases, scores, adapter, strict=False):
        if base != "N":
            total += GAINS[256 * (base == expected) + score + 33]
        best = max(best, total)
    return max(total, best - BREAK)


def seeded(text, pattern):
    return any(
        len(pattern) >= word + 4 and text[word : word + 4] == pattern[word : word + 4]
        for word in range(0, SEEDS, 4)
    )


class Candidates:
    """The best few, a score for each place."""

    def __init__(self):
        self.rows = []

    def add(self, place, score):
        """Takes a candidate unless others are better; returns its number, or None."""
        if score <= -BREAK:
            return None
        for number, (other, known) in enumerate(self.rows):
            if other == place:
                if known >= score:
                    return None
                self.rows[number] = (place, score)
                return number
        if len(self.rows) < MOST:
            self.rows.append((place, score))
            return len(self.rows) - 1
        worst = min(range(MOST), key=lambda number: self.rows[number][1])
        if self.rows[worst][1] >= score:
            return None
        self.rows[worst] = (place, score)
        return worst


def single(bases, scores, adapters):
    """The candidates of a read, and where the unmistakable start of an adapter stands."""
    found, first = Candidates(), len(bases)
    for adapter in adapters:
        known = adapter[:WIDTH]
        for place in range(len(bases)):
            rest = bases[place:]
            if len(rest) > SEEDS and not seeded(rest, known):
                continue
            compared = min(len(rest), len(known), SEEDS)
            if compared >= START and rest[:START] == known[:START]:
                first = min(first, place)
            if unlike(rest, known, compared) <= allowed(compared):
                found.add(place, adapter_score(rest, scores[place:], known))
    return found.rows, first


def alike(text):
    most = WIDTH // 4
    for period in range(1, 7):
        if len(text) > 2 * period:
            compared = min(len(text), WIDTH) - period
            agreeing = compared - unlike(text, text[period:], compared)
            most = max(most, agreeing * WIDTH // compared)
    return most


def overlap_score(one, two, scores, other_scores):
    if not one:
        return 0
    agree, total = GAINS[512 + alike(one)], 0
    for a, b, score, other in zip(one, two, scores, other_scores, strict=True):
        if a == b:
            total += agree
        elif "N" not in {a, b}:
            total += GAINS[min(score, other) + 33]
    return total


def overlaps(one, turned):
    """The sizes of inserts of which mates overlap from the start of mate 1 on."""
    for size in range(len(turned) + 1, len(one)):
        compared = min(len(turned), WIDTH)
        if compared >= SHORTEST and unlike(one[size - len(turned) :], turned, compared) <= allowed(
            compared
        ):
            yield size
    for at in range(len(turned) - SHORTEST + 1):
        rest = turned[at:]
        if len(rest) > SEEDS and len(one) >= SEEDS and not seeded(rest, one):
            continue
        compared = min(len(rest), len(one), WIDTH)
        if compared >= SHORTEST and unlike(one, rest, compared) <= allowed(compared):
            yield len(rest)


def longer(one, turned):
    """The sizes of longer inserts of which mates overlap."""
    for size in range(max(len(one), len(turned)), len(one) + len(turned) - SHORTEST + 1):
        low = size - len(turned)
        compared = min(len(one) - low, len(turned), WIDTH)
        if compared >= SHORTEST and unlike(one[low:], turned, compared) <= allowed(compared):
            yield size


def adapters_in(bases, adapter, limit):
    """The places where an adapter seems to begin, and the first where it surely does."""
    places, first = [], len(bases)
    if len(adapter) < SHORTEST or len(bases) < SHORTEST:
        return places, first
    for place in range(len(bases) - SHORTEST + 1):
        rest = bases[place:]
        if len(rest) > SEEDS and not seeded(rest, adapter):
            continue
        if rest[:START] == adapter[:START]:
            first = min(first, place)
        compared = min(len(rest), len(adapter), SEEDS)
        if place < limit and unlike(rest, adapter, compared) <= allowed(compared):
            places.append(place)
    return places, first


def pair(mates, scores, adapters):
    """The candidates of a pair, and where adapters surely begin in each mate."""
    one, two = mates
    turned = reverse_complement(two)
    sizes = list(overlaps(one, turned))[:WIDTH]
    limit = SHORTEST if sizes else max(len(one), len(two))
    firsts = [len(one), len(two)]
    known = [tuple(each[:WIDTH] for each in kind) for kind in adapters]
    for kind in known:
        for mate in (0, 1):
            places, first = adapters_in(mates[mate], kind[mate], limit)
            sizes += places
            firsts[mate] = min(firsts[mate], first)
    sizes = sizes[:WIDTH]
    found, raw, surest = Candidates(), {}, -FAILED
    highest, done = 0, 0
    for further in (False, True):
        if further:
            if not found.rows or surest >= SURE:
                break
            sizes = (sizes + list(longer(one, turned)))[:WIDTH]
        for size in sizes[done:]:
            low, shift = max(size - len(two), 0), max(len(two) - size, 0)
            count = min(size, len(one)) - low
            overlap = overlap_score(
                one[low : low + count],
                turned[shift : shift + count],
                scores[0][low : low + count],
                scores[1][::-1][shift : shift + count],
            )
            best = -2 * FAILED if known else 0
            for kind in known:
                parts = [
                    adapter_score(mates[mate][size:], scores[mate][size:], kind[mate])
                    for mate in (0, 1)
                ]
                surest = max(surest, *parts)
                best = max(best, sum(max(part, -FAILED) for part in parts))
            number = found.add(size, max(overlap, -FAILED) + best)
            if number is not None:
                raw[number] = overlap
                highest = max(highest, overlap)
        done = len(sizes)
    excess = max(highest - BY_CHANCE, 0)
    rows = []
    for number, (size, score) in enumerate(found.rows):
        overlap = max(raw[number], -FAILED)
        rows.append((size, score + max(overlap - excess, -FAILED) - overlap))
    return rows, firsts


def chosen(length, candidates, sizes, longer_sizes, weights):
    """Where an insert ends."""
    last = len(sizes) - 1
    whole = best = longer_sizes[min(length, last)]
    mode = length
    for place, score in candidates:
        if score + sizes[min(place, last)] > best:
            best, mode = score + sizes[min(place, last)], min(place, length)
    total = moment = 0
    for place, score in [
        (length, whole),
        *((min(place, length), score + sizes[min(place, last)]) for place, score in candidates),
    ]:
        if abs(place - mode) <= NEAR and best - score < len(weights):
            total += weights[best - score]
            moment += weights[best - score] * (place - mode)
    return mode + (2 * moment + total) // (2 * total)
