"""The machine code that came with the package, if this processor and these sources suit it."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from functools import cache

from biometal_stream.simd import images
from biometal_stream.simd.processor import suitable

VARIABLE = "BIOMETAL_STREAM_KERNELS"
"""The environment variable that says where kernels come from, for tests.

``numba``: all are compiled by numba. ``shipped``: a kernel that was compiled ahead of time, but not
for the types that it is called with, raises `TypeError`, where otherwise numba compiles it.
"""


@dataclass(frozen=True)
class Shipped:
    """What is known of the machine code that came with the package.

    Attributes:
        image: The code; ``None`` where it cannot be used.
        target: For which processor it is; empty where there is none for this one.
        reason: Why it cannot be used; empty if it can.
        expected: Whether it should be usable: the package has code for other processors.
    """

    image: images.Image | None
    target: str = ""
    reason: str = ""
    expected: bool = False


def must_be_shipped() -> bool:
    """Whether a kernel that was compiled ahead of time must be so for all types."""
    return os.environ.get(VARIABLE) == "shipped"


_loading = threading.Lock()


def shipped() -> Shipped:
    """Loads the code that suits this processor best, once a process; from any thread."""
    with _loading:  # without it, two threads that call their first kernels would each load it
        return _shipped()


@cache
def _shipped() -> Shipped:
    if os.environ.get(VARIABLE) == "numba":
        return Shipped(None, reason=f"{VARIABLE} is set to numba")
    names = suitable()
    for name in names:
        try:
            data = (images.FOLDER / f"{name}.image").read_bytes()
        except OSError:
            continue
        return _loaded(name, data)
    others = sorted(images.FOLDER.glob("*.image"))
    if not others:
        return Shipped(None, reason="this installation has no compiled kernels")
    there = ", ".join(file.stem for file in others)
    wanted = names[0] if names else "this processor"
    return Shipped(None, reason=f"there are none for {wanted}, only for {there}", expected=True)


def _loaded(name: str, data: bytes) -> Shipped:
    try:
        header, content = images.unpacked(data)
        if changed := images.changed_sources(header):
            return Shipped(None, name, f"{changed[0]} has changed since they were compiled")
        return Shipped(images.Image(header, content), name)
    except (ValueError, TypeError, OSError) as fault:
        return Shipped(None, name, str(fault), expected=True)
