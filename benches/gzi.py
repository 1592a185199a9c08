"""Indexes of BGZF files, as ``bgzip -r`` writes them: ``FILE.gzi``.

The number of entries, then for each block with text but the first where it begins in the file and
where its text begins; all unsigned 64-bit integers, little-endian (manual of bgzip, "GZI FORMAT").
"""

from __future__ import annotations

import struct
from pathlib import Path

_HEADER = 18
_BLOCK_SIZE = 16  # where the size of a block less 1 stands: SAM specification, section 4.1
_PAIR = struct.Struct("<QQ")


def write_index(path: Path) -> Path:
    """Writes the index of a BGZF file next to the file."""
    entries: list[bytes] = []
    begin = text = 0
    size = path.stat().st_size
    with path.open("rb") as stream:
        while begin < size:
            header = stream.read(_HEADER)
            end = begin + int.from_bytes(header[_BLOCK_SIZE:], "little") + 1
            stream.seek(end - 4)
            length = int.from_bytes(stream.read(4), "little")
            if begin and length:
                entries.append(_PAIR.pack(begin, text))
            begin, text = end, text + length
    target = path.with_name(f"{path.name}.gzi")
    target.write_bytes(struct.pack("<Q", len(entries)) + b"".join(entries))
    return target
