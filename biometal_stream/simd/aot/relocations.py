"""How an address gets into an instruction: the relocations of ELF that kernels have.

Sources: System V ABI, AMD64 supplement, 4.4; ELF for the Arm 64-bit Architecture, 5.7.
"""

from __future__ import annotations

import struct

_X86, _AARCH64 = 62, 183
# The types of the two machines have numbers of their own, and none in common.
_ABS64, _PC32, _PLT32, _GOTPCREL, _PC64, _GOTPCRELX, _REX_GOTPCRELX = 1, 2, 4, 9, 24, 41, 42
_A_ABS64, _A_PREL64, _A_PREL32, _A_PAGE, _A_ADD = 257, 260, 261, 275, 277
_A_JUMP, _A_CALL, _A_SLOT_PAGE, _A_SLOT = 282, 283, 311, 312
_A_SCALED = {278: 0, 284: 1, 285: 2, 286: 3, 299: 4, _A_SLOT: 3}

BY_SLOT = frozenset({_GOTPCREL, _GOTPCRELX, _REX_GOTPCRELX, _A_SLOT_PAGE, _A_SLOT})
"""Those that want the address of a word with the address."""

BY_ADDRESS = frozenset({_ABS64, _A_ABS64})
"""Those that want the address itself, which is known once the image is in memory."""

STUBS: dict[int, tuple[bytes, list[tuple[int, int, int]]]] = {
    _X86: (bytes.fromhex("ff2500000000 6690"), [(2, _PC32, -4)]),  # jmp *slot(%rip)
    _AARCH64: (  # adrp x16, slot; ldr x16, [x16, slot]; br x16
        struct.pack("<4I", 0x90000010, 0xF9400210, 0xD61F0200, 0xD503201F),
        [(0, _A_SLOT_PAGE, 0), (4, _A_SLOT, 0)],
    ),
}
"""For each machine the code that jumps to the address in a slot; where the slot's own goes, by
which relocation, and what is added."""


class UnlinkableError(Exception):
    """An object has what no kernel needs."""


def relocate(content: bytearray, place: int, kind: int, target: int) -> None:
    """Writes the distance of an address into an instruction or a table.

    Args:
        content: The image.
        place: Where to write.
        kind: The type of relocation.
        target: The address, from the image's start, which is at the start of a page.

    Raises:
        UnlinkableError: The type is unknown, or the distance too large for it.
    """
    distance = target - place
    if kind in {_PC32, _PLT32, _GOTPCREL, _GOTPCRELX, _REX_GOTPCRELX, _A_PREL32}:
        struct.pack_into("<i", content, place, distance)
    elif kind in {_PC64, _A_PREL64}:
        struct.pack_into("<q", content, place, distance)
    elif kind in {_A_PAGE, _A_SLOT_PAGE}:
        pages = (target >> 12) - (place >> 12)
        _insert(content, place, (pages & 3) << 29 | (pages >> 2 & 0x7FFFF) << 5)
    elif kind == _A_ADD:
        _insert(content, place, (target & 0xFFF) << 10)
    elif kind in _A_SCALED:
        _insert(content, place, (target & 0xFFF) >> _A_SCALED[kind] << 10)
    elif kind in {_A_JUMP, _A_CALL}:
        _insert(content, place, distance >> 2 & 0x3FFFFFF)
    else:
        raise UnlinkableError(f"relocations of type {kind} are unknown")


def _insert(content: bytearray, place: int, bits: int) -> None:
    """Sets bits of an instruction, which are 0 in an object."""
    (instruction,) = struct.unpack_from("<I", content, place)
    struct.pack_into("<I", content, place, instruction | bits)
