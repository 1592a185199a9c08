"""Lines of the compact format as its page describes them, one k-mer at a time."""

from __future__ import annotations

GROUPS, SLOTS, BLOCK, MEANS = 31, 37, 4096, (39, 42, 29)
_ALL = 2**64 - 1


def mixed(word: int, times: int = 1) -> int:
    """The step of SplitMix64."""
    for _ in range(times):
        word = (word + 0x9E3779B97F4A7C15) & _ALL
        word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _ALL
        word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _ALL
        word ^= word >> 31
    return word


def place_of(code: int, lines: int) -> tuple[int, tuple[int, int]]:
    """The line of a hash, and its group and remainder."""
    address = code * lines >> 32
    line, fraction = address >> 32, address & 0xFFFF_FFFF
    group, rest = divmod(fraction * GROUPS, 2**32)
    return line, (group, rest >> 20)


def line_of(cells: list[tuple[int, int]]) -> bytes:
    """The 64 bytes of a line to which these k-mers came."""
    kept = sorted(cells)[:SLOTS]
    number = 0
    for slot, (group, remainder) in enumerate(kept):
        number |= (remainder & 0xFF) << 8 * slot
        number |= (remainder >> 8) << 8 * 37 + 4 * slot
        number |= 1 << 444 + slot + group
    number |= (len(cells) > SLOTS) << 511
    return number.to_bytes(64, "little")


def level_of(hashes: list[int], lines: int, first: int = 0, own: int | None = None) -> list[bytes]:
    """The lines of a level, or some of them."""
    cells: list[list[tuple[int, int]]] = [[] for _ in range(lines if own is None else own)]
    for code in hashes:
        line, cell = place_of(code, lines)
        cells[line - first].append(cell)
    return [line_of(each) for each in cells]


def left_by(hashes: list[int], lines: int) -> list[int]:
    """The hashes that there is no room for, ascending."""
    came: dict[int, int] = {}
    left = []
    for code in sorted(hashes):
        line = place_of(code, lines)[0]
        came[line] = came.get(line, 0) + 1
        if came[line] > SLOTS:
            left.append(code)
    return left


def index_of(hashes: list[int]) -> tuple[list[bytes], list[bytes], list[int], list[int]]:
    """The lines of the first level, those of later levels, the rest and the directory."""
    lines = max(1, -(-len(hashes) // MEANS[0]))
    blocks = -(-lines // BLOCK)
    of_blocks: list[list[int]] = [[] for _ in range(blocks)]
    for code in left_by(hashes, lines):
        of_blocks[place_of(code, lines)[0] // BLOCK].append(code)
    later: list[bytes] = []
    rest: list[int] = []
    directory = []
    for left in of_blocks:
        codes = {mixed(code): code for code in left}  # by the hash of the level
        for mean in MEANS[1:]:
            directory.append(len(later))
            own = -(-len(codes) // mean)
            later += level_of(list(codes), own)
            codes = {mixed(code): codes[code] for code in left_by(list(codes), own)}
        rest += codes.values()
    return level_of(hashes, lines), later, sorted(rest), [*directory, len(later)]


def has_cell(line: bytes, cell: tuple[int, int]) -> bool:
    """Whether a line has a cell, by reading all of them."""
    return cell in cells_of(line)


def cells_of(line: bytes) -> list[tuple[int, int]]:
    """The cells of a line."""
    number = int.from_bytes(line, "little")
    bits = [bit for bit in range(67) if number >> 444 + bit & 1]
    return [
        (bit - slot, (number >> 8 * slot & 0xFF) | (number >> 8 * 37 + 4 * slot & 15) << 8)
        for slot, bit in enumerate(bits)
    ]
