"""Adapters by rules, in plain Python: what the kernel finds, one read after another."""

from __future__ import annotations

from biometal_stream.operators.adapters.notation import Linked

CODES = dict(
    zip("ACGTURYSWKMBDHVNX", (1, 2, 4, 8, 8, 5, 10, 6, 9, 12, 3, 14, 13, 11, 7, 15, 0), strict=True)
)
FAR = 10**9


def matches(adapter, letter, base):
    """Whether a letter of an adapter matches a base of a read."""
    base = base.upper()
    if not adapter.has_wildcards and not adapter.settings.read_wildcards:
        return letter == base
    mine = CODES.get(letter, 0) if adapter.has_wildcards or letter in "ACGTU" else 0
    any_base = adapter.has_wildcards and letter == "N"
    if adapter.settings.read_wildcards:
        if base == "N" and not adapter.has_wildcards and letter not in "ACGTU":
            return True
        return bool(mine & CODES.get(base, 0))
    return any_base or bool(mine & (CODES[base] if base in "ACGTU" else 0))


def pieces(text, count):
    size, longer = divmod(len(text), count)
    found = []
    for index in range(count):
        piece, text = text[: size + (index < longer)], text[size + (index < longer) :]
        found.append(piece)
    return [piece for piece in found if piece]


def end_words(text, overlap, rate):
    """Words of the start of an adapter, and in how many bases of the read's end they are."""
    spans, errors = [], 0
    for length in range(len(text) + 1):
        if int(length * rate) > errors:
            spans.append((errors, length - 1))
            errors += 1
    for allowed, longest in [*spans, (errors, len(text))]:
        if overlap > longest:
            continue
        if allowed == 0 and overlap < 5:
            yield from ((text[:short], short) for short in range(overlap, 5))
            overlap = 5
        yield from ((piece, longest) for piece in pieces(text[:overlap], allowed + 1))
        overlap = longest + 1


def screened(adapter, text, read, *, front, back):
    """Whether a read has one of the words of an adapter."""

    def stands(word, part):
        return any(
            all(map(matches, [adapter] * len(word), word, part[at : at + len(word)]))
            for at in range(len(part) - len(word) + 1)
        )

    looked = []
    if back:
        looked += [
            (word, read[-size:]) for word, size in end_words(text, adapter.overlap, adapter.rate)
        ]
    if front:
        looked += [
            (word[::-1], read[:size])
            for word, size in end_words(text[::-1], adapter.overlap, adapter.rate)
        ]
    if adapter.internal:
        looked += [(word, read) for word in pieces(text, int(len(text) * adapter.rate) + 1)]
    return any(len(word) > 64 for word, _ in looked) or any(stands(*each) for each in looked)


def aligned(adapter, text, read, start_free, read_start_free, end_free, read_end_free):
    """The best alignment: the places in the read, the score and the errors; or nothing."""
    whole, length = len(text), len(read)
    most = int(adapter.rate * whole)
    gap = 1 if adapter.settings.indels else FAR
    stop = length if read_start_free else min(length, whole + most)
    begin = 0 if read_end_free else max(0, length - whole - most)

    def first_cell(row):
        cost = {
            (True, True): min(row, begin),
            (True, False): begin,
            (False, True): row,
            (False, False): max(row, begin),
        }[start_free, read_start_free]
        origin = begin - row if read_start_free or start_free else 0
        if not (start_free and read_start_free):
            origin = max(0, origin) if read_start_free else min(0, origin)
        return cost * gap, 0 if start_free else -2 * row, origin

    def fine(row, cell):
        covered = text[max(-cell[2], 0) : row]
        counted = len(covered) - (covered.count("N") if adapter.has_wildcards else 0)
        return len(covered) >= adapter.overlap and cell[0] <= counted * adapter.rate

    def spans(row, origin):
        return row + min(origin, 0)

    best = None

    def replaces(row, cell, origin):
        if best is None:
            return True
        near = origin <= best[2] + whole // 2
        return cell[1] > best[1] and (near or spans(row, cell[2]) > spans(best[3], best[2]))

    column = [first_cell(row) for row in range(whole + 1)]
    last = whole if start_free else min(whole, most + 1)
    origin = filled = 0
    for place in range(begin, stop):
        above = column[0]
        cost, score, at = above
        column[0] = (cost, score, at + 1) if read_start_free else (cost + gap, score - 2, at)
        for row in range(1, last + 1):
            here = column[row]
            if matches(adapter, text[row - 1], read[place]):
                cell = above[0], above[1] + 1, above[2]
            else:
                left = column[row - 1]
                cell = min(
                    (above[0] + 1, 0, above[1] - 1, above[2]),
                    (left[0] + gap, 1, left[1] - 2, left[2]),
                    (here[0] + gap, 2, here[1] - 2, here[2]),
                    key=lambda each: each[:2],
                )
                cell = cell[0], cell[2], cell[3]
            above, column[row], origin = here, cell, cell[2]
        filled = last
        while last >= 0 and column[last][0] > most:
            last -= 1
        if last < whole:
            last += 1
        elif read_end_free:
            cell = column[whole]
            origin = cell[2]
            if fine(whole, cell) and replaces(whole, cell, origin):
                best = (*cell, whole, place + 1)
                if cell[0] == 0 and origin >= 0:
                    break
    if stop == length:
        for row in range(filled, (0 if end_free else whole) - 1, -1):
            if fine(row, column[row]) and replaces(row, column[row], origin):
                best = (*column[row], row, length)
    if best is None:
        return None
    cost, score, at, _, end = best
    return max(at, 0), end, score, cost


def one(adapter, read):
    """An adapter in a read: its places, the score and the errors."""
    whole = len(adapter.sequence)
    starts = adapter.place == "front"
    if adapter.anchored and not adapter.settings.indels:
        if len(read) < whole:
            return None
        at = 0 if starts else len(read) - whole
        errors = sum(
            not matches(adapter, *each) for each in zip(adapter.sequence, read[at:], strict=False)
        )
        counted = whole - (adapter.sequence.count("N") if adapter.has_wildcards else 0)
        return (
            (at, at + whole, whole - 2 * errors, errors)
            if errors <= int(adapter.rate * counted)
            else None
        )
    text = adapter.sequence
    if adapter.rightmost:
        text, read, starts = text[::-1], read[::-1], not starts
    free = adapter.place == "anywhere" or adapter.partial
    if not screened(adapter, text, read, front=free or starts, back=free or not starts):
        return None
    partial = not adapter.anchored
    found = aligned(
        adapter,
        text,
        read,
        free or (starts and partial),
        free or not starts or adapter.internal,
        free or (not starts and partial),
        free or starts or adapter.internal,
    )
    if found and adapter.rightmost:
        found = len(read) - found[1], len(read) - found[0], *found[2:]
    return found


def distance(adapter, text):
    """The errors of all of an adapter against all of a text, and the matching bases."""
    gap = 1 if adapter.settings.indels else FAR
    column = [(row * gap, 0) for row in range(len(adapter.sequence) + 1)]
    for base in text:
        above, column[0] = column[0], (column[0][0] + gap, 0)
        for row, letter in enumerate(adapter.sequence, start=1):
            match = letter == base
            cell = min(
                (above[0] + 1 - match, 0, above[1] + match),
                (column[row - 1][0] + gap, 1, column[row - 1][1]),
                (column[row][0] + gap, 2, column[row][1]),
                key=lambda each: each[:2],
            )
            above, column[row] = column[row], (cell[0], cell[2])
    return column[-1]


def together(adapters, read):
    """The best of anchored adapters that are looked up together; it is ambiguous if two fit."""
    starts = adapters[0].place == "front"
    slack = {each: int(each.rate * len(each.sequence)) * each.settings.indels for each in adapters}
    lengths = {
        len(each.sequence) + more
        for each in adapters
        for more in range(-slack[each], slack[each] + 1)
    }
    best = None
    for length in sorted(lengths, reverse=True):
        if best and length < best[3]:
            break
        used = min(length, len(read))
        part = read[:used] if starts else read[len(read) - used :]
        asked, winner, ambiguous = part.replace("N", "A"), None, False
        for each in adapters:
            errors, score = distance(each, asked)
            if errors <= int(each.rate * len(each.sequence)) and not set(asked) - set("ACGT"):
                if winner and score < winner[0]:
                    continue
                ambiguous |= bool(winner and score == winner[0])
                winner = score, errors, each
        if winner is None or ambiguous:
            continue
        score, errors, each = winner
        if "N" in part:
            found = one(each, part)
            if found is None:
                continue
            _, _, score, errors = found
        if score > (best[3] if best else -1) or (best and score == best[3] and errors < best[4]):
            at = 0 if starts else len(read) - used
            best = each, at, at + used, score, errors
    return best


def settled(adapter, low, high, found):
    """What is left: without the adapter, with it, it alone; and score and errors."""
    start, stop, score, errors = found
    before = adapter.place == "front" or (adapter.place == "anywhere" and start == 0)
    left = (low + stop, high) if before else (low, low + start)
    kept = (low + start, high) if before else (low, low + stop)
    return left, kept, (low + start, low + stop), score, errors


def linked(pair, read, low, high):
    found = one(pair.front, read[low:high])
    first = settled(pair.front, low, high, found) if found else None
    if first is None and pair.front_required:
        return None
    after = first[0][0] if first else low
    found = one(pair.back, read[after:high])
    if found is None:
        return None if pair.back_required else first
    left, kept, own, score, errors = settled(pair.back, after, high, found)
    if first:
        start = first[2][0]
        kept, own = (start, kept[1]), (start, own[1])
        score, errors = score + first[3], errors + first[4]
    return left, kept, own, score, errors


def groups(adapters, together_too):
    """The adapters in the order in which they are tried; those looked up together as lists."""
    sets = {"front": [], "back": []}
    for each in adapters:
        if (
            not isinstance(each, Linked)
            and each.anchored
            and not set(each.sequence) - set("ACGT")
            and not each.settings.read_wildcards
            and int(each.rate * len(each.sequence)) <= 3
        ):
            sets[each.place].append(each)
    if not together_too or max(map(len, sets.values())) < 2:
        return list(adapters)
    grouped = [each for each in adapters if each not in sets["front"] + sets["back"]]
    for some in sets.values():
        grouped += [some] if len(some) > 1 else some
    return grouped


def found(adapters, read, times=1, *, together_too=True):
    """What `match_adapters` finds in a read."""
    read = read.upper()
    low, high = 0, len(read)
    last = (0, high), (0, high), (0, high), 0, 0
    which, total = -1, 0
    for _ in range(times):
        best = None
        for each in groups(adapters, together_too):
            part = read[low:high]
            if isinstance(each, list):
                won = together(each, part)
                this, here = won and won[0], won and settled(won[0], low, high, won[1:])
            elif isinstance(each, Linked):
                this, here = each, linked(each, read, low, high)
            else:
                spot = one(each, part)
                this, here = each, spot and settled(each, low, high, spot)
            if here and (
                best is None
                or here[3] > best[1][3]
                or (here[3] == best[1][3] and here[4] < best[1][4])
            ):
                best = this, here
        if best is None:
            break
        which, last = adapters.index(best[0]), best[1]
        total += last[3]
        low, high = last[0]
    return [*last[0], *last[1], *last[2], which, total, last[4]]
