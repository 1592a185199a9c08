"""Copies without the GIL."""

from __future__ import annotations

import numpy as np


def copy_unlocked(source: bytes | bytearray | memoryview, target: memoryview) -> None:
    """Copies bytes to the beginning of a target.

    numpy releases the GIL while it copies; a memoryview would hold it.

    Args:
        source: The bytes.
        target: Writable, with room for them.
    """
    if source:
        np.copyto(np.frombuffer(target, np.uint8, len(source)), np.frombuffer(source, np.uint8))
