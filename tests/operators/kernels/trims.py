"""What the trimmers cut, written as plainly as the programs that define it.

Each takes the qualities of a read, Phred scores, and gives what stays as (first, stop).
"""

EMPTY = (0, 0)


def bwa(scores, front, tail):
    """cutadapt's quality_trim_index."""
    start, stop = 0, len(scores)
    total = best = 0
    for index, score in enumerate(scores):
        total += front - score
        if total < 0:
            break
        if total > best:
            best, start = total, index + 1
    total = best = 0
    for index in reversed(range(len(scores))):
        total += tail - scores[index]
        if total < 0:
            break
        if total > best:
            best, stop = total, index
    return (start, stop) if start < stop else EMPTY


def nextseq(scores, bases, tail):
    """cutadapt's nextseq_trim_index."""
    stop = len(scores)
    total = best = 0
    for index in reversed(range(len(scores))):
        total += 1 if bases[index] in "Gg" else tail - scores[index]
        if total < 0:
            break
        if total > best:
            best, stop = total, index
    return stop


def mott(scores, error_rate, least):
    """seqtk's trimfq."""
    if len(scores) <= least:
        return 0, len(scores)
    start = after = 0
    stop = len(scores)
    total = best = 0.0
    for index, score in enumerate(scores):
        total += error_rate - 10 ** (-max(score, 3) / 10)
        if total > best:
            best, start, stop = total, after, index + 1
        if total < 0:
            total, after = 0.0, index + 1
    if best == 0:
        start, stop = 0, least
    if stop - start < least:
        sums = [sum(scores[first : first + least]) for first in range(len(scores) - least + 1)]
        start = sums.index(max(sums))
        stop = start + least
    return (start, stop) if start < stop else EMPTY


def _mean(scores):
    return sum(scores) / len(scores)


def front(scores, bases, window, quality):
    """fastp's --cut_front."""
    length = len(scores)
    if length <= window:
        return EMPTY
    start = 0
    while start + window < length and _mean(scores[start : start + window]) < quality:
        start += 1
    if start > 0:
        start += window - 1
    while start < length and bases[start] == "N":
        start += 1
    return (start, length) if start < length - 1 else EMPTY


def tail(scores, bases, window, quality):
    """fastp's --cut_tail."""
    length = len(scores)
    if length <= window:
        return EMPTY
    last = length - 1
    while last - window >= 0 and _mean(scores[last - window + 1 : last + 1]) < quality:
        last -= 1
    if last < length - 1:
        last -= window - 1
    while last >= 0 and bases[last] == "N":
        last -= 1
    return (0, last + 1) if last >= 0 else EMPTY


def right(scores, _bases, window, quality):
    """fastp's --cut_right."""
    length = len(scores)
    if length <= window:
        return EMPTY
    for start in range(length - window):
        if _mean(scores[start : start + window]) < quality:
            stop = start
            while stop < length - 1 and scores[stop] >= quality:
                stop += 1
            return (0, stop) if stop else EMPTY
    return 0, length


def _without_n(scores, bases):
    return [0 if base == "N" else score for score, base in zip(scores, bases, strict=True)]


def window(scores, bases, window, quality):
    """Trimmomatic's SLIDINGWINDOW."""
    scores = _without_n(scores, bases)
    length = len(scores)
    if length < window or _mean(scores[:window]) < quality:
        return EMPTY
    stop = length
    for start in range(1, length - window + 1):
        if _mean(scores[start : start + window]) < quality:
            stop = start + window - 1
            break
    while stop > 1 and scores[stop - 1] < quality:
        stop -= 1
    return 0, stop


def leading(scores, bases, _window, quality):
    """Trimmomatic's LEADING."""
    for index, score in enumerate(_without_n(scores, bases)):
        if score >= quality:
            return index, len(scores)
    return EMPTY


def trailing(scores, bases, _window, quality):
    """Trimmomatic's TRAILING."""
    scores = _without_n(scores, bases)
    for index in range(len(scores) - 1, 0, -1):
        if scores[index] >= quality:
            return 0, index + 1
    return EMPTY
