"""Where mates overlap, and what becomes of their bases, written as plainly as the definitions."""

import math

from tests.operators.kernels import ends
from tests.operators.plain import reverse_complement


def parts(one, two, size):
    """The overlap of an insert of this size: where it starts in mate 1, and in mate 2, turned."""
    first = max(size - len(two), 0)
    second = max(len(two) - size, 0)
    return first, second, min(size, len(one)) - first


def compared(one, two, size):
    """The pairs of places that overlap: of mate 1 and of mate 2, turned."""
    first, second, count = parts(one, two, size)
    return [(first + place, second + place) for place in range(count)]


def fastp(one, two, least, most, rate):
    two = reverse_complement(two)
    offsets = [
        *range(max(len(one) - least, 0)),
        *(-each for each in range(max(len(two) - least, 0))),
    ]
    for offset in offsets:
        places = compared(one, two, len(two) + offset)
        limit = min(most, int(len(places) * rate))
        if sum(one[a] != two[b] for a, b in places[:50]) <= limit:
            return len(two) + offset, sum(one[a] != two[b] for a, b in places)
    return -1, 0


def adapterremoval(one, two, least, most, rate):
    two = reverse_complement(two)
    best = (0, 0, 0)
    found = (-1, 0, 0)
    for size in range(1, len(one) + len(two)):
        bases = [(one[a], two[b]) for a, b in compared(one, two, size)]
        known = [each for each in bases if "N" not in each]
        unlike = sum(a != b for a, b in known)
        rank = (len(known) - 2 * unlike, len(bases), len(known) - len(bases))
        if rank > best:
            best, found = rank, (size, unlike, len(known))
    size, unlike, known = found
    limit = 0 if known < 6 else min(1, int(rate * known)) if known < 10 else int(rate * known)
    good = best[0] > 0 and known >= least and unlike <= min(most, limit)
    return (size, unlike) if good else (-1, 0)


def rate_of(score):
    return 0.75 if score < 2 else 10 ** (-score / 10)


def vsearch(one, two, scores, least, most, rate):
    two, scores = reverse_complement(two), (scores[0], scores[1][::-1])
    words = min(4, least - 4)
    enough = 1.6 * least if least < 9 else 16.0
    best, best_overlap, best_unlike, hits = 0.0, 0, 0, 0
    for overlap in range(1, len(one) + len(two)):
        places = compared(one, two, len(one) + len(two) - overlap)
        equal = [one[a] == two[b] != "N" for a, b in places]
        if sum(all(equal[at : at + 5]) for at in range(len(equal) - 4)) < words:
            continue
        score = highest = drop = 0.0
        unlike = 0
        for a, b in reversed(places):
            error, other = (
                rate_of(0 if base == "N" else score)
                for base, score in ((one[a], scores[0][a]), (two[b], scores[1][b]))
            )
            agree = 1.0 - error - other + error * other * 4.0 / 3.0
            if one[a] == two[b]:
                score += math.log2(agree / 0.25)
                highest = max(highest, score)
            else:
                score += min(math.log2((1.0 - agree) / 0.75), -4.0)
                unlike += 1
                drop = max(drop, highest - score)
        score = 0.0 if drop >= 16 else score
        hits += score >= enough
        if score > best:
            best, best_overlap, best_unlike = score, overlap, unlike
    good = hits == 1 and best >= enough and best_overlap <= len(one) and best_overlap >= least
    if good and best_unlike <= most and best_unlike / best_overlap <= rate:
        return len(one) + len(two) - best_overlap, best_unlike
    return -1, 0


def alike(text):
    """How many of 64 bases agree if a text is moved by one to six, with 16 bases by chance."""
    shifts = [shift for shift in range(1, 7) if len(text) > 2 * shift]
    return max(
        [
            (sum(map(str.__eq__, text, text[shift:])) + 4) * 64 // (len(text) - shift + 16)
            for shift in shifts
        ]
        + [16]
    )


def posterior(one, two, scores, least):
    two, scores = reverse_complement(two), (scores[0], scores[1][::-1])
    found = []
    for size in range(max(least, 1), len(one) + len(two)):
        places = compared(one, two, size)
        unlike = [(a, b) for a, b in places if one[a] != two[b]]
        allowed = len(places) * 3 // 10 + (len(places) > 2)
        if len(places) < least or len(unlike) > allowed:
            continue
        here = "".join(one[a] for a, _ in places)
        there = "".join(two[b] for _, b in places)
        agree = ends.GAINS[512 + max(alike(here[:64]), alike(there[-64:]))]
        score = agree * (len(places) - len(unlike))
        for a, b in unlike:
            if "N" not in (one[a], two[b]):
                score += ends.GAINS[min(scores[0][a], scores[1][b]) + 33]
        found.append((score, -size, len(unlike)))
    if not found:
        return -1, 0
    score, size, unlike = max(found)
    others = sorted(each[0] for each in found)[:-1]
    second = max(others[-1] if others else 0, 0)
    good = score >= 12 * 64 and score - second >= 5 * 64
    return (-size, unlike) if good else (-1, 0)


def merged(one, two, scores, size, decide, length):
    """The insert and its scores: ``decide`` takes both bases and their scores."""
    turned, backwards = reverse_complement(two), scores[1][::-1]
    first, second, count = parts(one, two, size)
    bases, qualities = list(one[:first]), list(scores[0][:first])
    for place in range(count):
        a, b = first + place, second + place
        base, quality = decide(one[a], turned[b], scores[0][a], backwards[b])
        bases.append(base)
        qualities.append(quality)
    rest = second + count
    bases += turned[rest:] if size > len(one) else ""
    qualities += backwards[rest:] if size > len(one) else []
    return "".join(bases)[:length], qualities[:length]
