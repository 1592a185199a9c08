"""The machine code that came with the package, if this processor and these sources suit it."""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import NamedTuple

from biometal_stream.simd import images
from biometal_stream.simd.processor import suitable

VARIABLE = "BIOMETAL_STREAM_KERNELS"
"""The environment variable that says where kernels come from, for tests.

``numba``: all are compiled by numba. ``shipped``: where otherwise numba would compile a kernel of
this package, because there is no machine code or it is not for the types that the kernel is called
with, the call raises an error. The name of an image, such as ``x86-64-v2``: the same, with this
image and not with the one that suits the processor best.
"""


class Shipped(NamedTuple):
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
    """Whether numba may not compile what was compiled ahead of time."""
    return os.environ.get(VARIABLE, "") not in {"", "numba"}


_loading = threading.Lock()


def shipped() -> Shipped:
    """Loads the code that suits this processor best, once a process; from any thread."""
    with _loading:  # without it, two threads that call their first kernels would each load it
        return _shipped()


@cache
def _shipped() -> Shipped:
    asked, names = os.environ.get(VARIABLE), suitable()
    if asked == "numba":
        return Shipped(None, reason=f"{VARIABLE} is set to numba")
    if asked and asked != "shipped":
        if asked not in names:
            known = ", ".join(["numba", "shipped", *names])
            return Shipped(None, reason=f"{VARIABLE} must be one of {known} here: {asked}")
        names = [asked]
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
    if images.is_of_another_version(data):
        return Shipped(None, name, "they were compiled by another version")
    try:
        header, content = images.unpacked(data)
        if changed := images.changed_sources(header):
            return Shipped(None, name, f"{changed[0]} has changed since they were compiled")
        return Shipped(images.Image(header, content), name)
    except (ValueError, TypeError, OSError) as fault:
        return Shipped(None, name, str(fault), expected=True)
