"""The name of a sample, by the names of its files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import PurePath

from biometal_stream.sinks.names import said_by

UNNAMED = "reads"
"""The sample's name if the reads come from a pipe."""

_OF_MATE = re.compile(r"[._-](R[12](_\d{3})?|[12])$", re.IGNORECASE)
_OF_LANE = re.compile(r"[._-]L\d{3}$")


def names_of(inputs: Iterable[object]) -> tuple[str, ...]:
    """The inputs that have names, as text.

    Args:
        inputs: Paths, ``-`` for standard input, and file objects.
    """
    paths = (each for each in inputs if isinstance(each, str | os.PathLike))
    return tuple(os.fsdecode(path) for path in paths)


def sample_name(inputs: Iterable[str]) -> str:
    """The sample's name: that of the first file, without suffixes and the number of the mate.

    ``run/liver_S1_R1_001.fastq.gz`` is ``liver_S1``. The lane is also left out if there are files
    of several lanes. Standard input is `UNNAMED`.

    Args:
        inputs: The files in their order, ``-`` for standard input.
    """
    stems = [_stem(path) for path in inputs]
    if not stems or not stems[0]:
        return UNNAMED
    if len(set(stems)) > 1 and _OF_LANE.search(stems[0]):
        return _OF_LANE.sub("", stems[0]) or stems[0]
    return stems[0]


def _stem(path: str) -> str:
    if path == "-" or path.startswith("/dev/"):
        return ""
    stem = PurePath(said_by(PurePath(path).name).stem).name
    return _OF_MATE.sub("", stem) or stem
