"""Inflates a file and drops what comes out: ``python inflate.py gzip|bgzf|zstd FILE``."""

from __future__ import annotations

import sys
from collections.abc import Callable

_BUFFER = 2 * 2**20
_BLOCK_SIZE_AT = 16  # of the field BC: SAM specification, section 4.1


def inflate_gzip(path: str) -> None:
    """Reads into one buffer, by ISA-L."""
    from isal import igzip

    target = memoryview(bytearray(_BUFFER))
    with igzip.open(path, "rb") as stream:  # type: ignore[no-untyped-call]
        while stream.readinto(target):
            pass


def inflate_zstd(path: str) -> None:
    """Reads into one buffer, by libzstd."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    target = memoryview(bytearray(_BUFFER))
    with zstd.open(path, "rb") as stream:
        while stream.readinto(target):
            pass


def inflate_bgzf(path: str) -> None:
    """Inflates block after block, check sums included, by libdeflate."""
    import deflate

    rest = b""
    with open(path, "rb", buffering=0) as stream:  # noqa: PTH123
        while data := stream.read(_BUFFER):
            view = memoryview(rest + data)
            start = 0
            while start + _BLOCK_SIZE_AT + 2 <= len(view):
                at = start + _BLOCK_SIZE_AT
                end = start + int.from_bytes(view[at : at + 2], "little") + 1
                if end > len(view):
                    break
                size = int.from_bytes(view[end - 4 : end], "little")
                if size:
                    deflate.gzip_decompress(view[start:end], size)
                start = end
            rest = bytes(view[start:])
    if rest:
        raise ValueError(f"{path}: ends inside a block")


FORMS: dict[str, Callable[[str], None]] = {
    "gzip": inflate_gzip,
    "bgzf": inflate_bgzf,
    "zstd": inflate_zstd,
}

if __name__ == "__main__":
    FORMS[sys.argv[1]](sys.argv[2])
