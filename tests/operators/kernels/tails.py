"""What is cut off the ends of reads, written as plainly as the programs that define it.

Each takes the bases of a read and gives what stays as (first, stop).
"""

import re


def poly_g(read, least):
    """fastp's PolyX::trimPolyG."""
    length = len(read)
    mismatch, i, first = 0, 0, length - 1
    for i in range(length + 1):
        if i == length:
            break
        if read[length - i - 1] != "G":
            mismatch += 1
        else:
            first = length - i - 1
        if mismatch > 5 or (mismatch > (i + 1) // 8 and i >= least - 1):
            break
    return (0, first) if i >= least else (0, length)


def poly_x(read, least, bases="ATCG"):
    """fastp's PolyX::trimPolyX."""
    length = len(read)
    counts = dict.fromkeys(bases, 0)
    for pos in range(length + 1):
        if pos == length:
            break
        base = read[length - pos - 1]
        for each in counts:
            counts[each] += base in (each, "N")
        seen = pos + 1
        allowed = min(5, seen // 8)
        stop = all(seen - count > allowed for count in counts.values())
        if stop and (pos >= 8 or seen >= least - 1):
            break
    if pos + 1 < least:
        return 0, length
    poly = max(counts, key=counts.get)
    while pos >= 0 and (pos == length or read[length - pos - 1] != poly):
        pos -= 1
    return 0, length - pos - 1


def best_tail(read, base, least):
    """The length of the tail that cutadapt's poly_a_trim_index finds."""
    best = score = errors = tail = 0
    for seen, each in enumerate(reversed(read), 1):
        score += 1 if each == base else -2
        errors += each != base
        if score > best and errors * 5 <= seen:
            best, tail = score, seen
    return tail if tail >= least else 0


def ends_of_n(read, front, tail):
    """cutadapt's NEndTrimmer, with the fewest N that are cut at each end."""
    first = re.match("N*", read).end()
    first = first if first >= front else 0
    last = first + len(re.sub("N+$", "", read[first:]))
    return first, last if len(read) - last >= tail else len(read)
