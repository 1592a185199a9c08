"""What the name of a target stands for."""

from __future__ import annotations

import re

STANDARD_OUTPUT = "-"
"""The target that stands for standard output."""

_DESCRIPTORS = {"/dev/stdout": 1, "/dev/stderr": 2}
_NUMBERED = re.compile(r"/(?:dev|proc/self)/fd/([0-9]{1,9})")


def descriptor_in(target: str) -> int | None:
    """Returns the number of the open descriptor that a path names, if it names one."""
    named = _DESCRIPTORS.get(target)
    if named is None and (found := _NUMBERED.fullmatch(target)):
        return int(found[1])
    return named
