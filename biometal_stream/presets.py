"""The presets: chains of steps for common kinds of reads, with their sources.

The only list of them. Light: data, which the command line, Python and the documentation read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Preset(NamedTuple):
    """A chain of steps.

    Attributes:
        name: Its name.
        about: The reads that it is for.
        steps: The steps as typed on the command line.
        source: Where its settings come from.
    """

    name: str
    about: str
    steps: str
    source: str


_EVERY_PRESET = (
    Preset(
        "illumina",
        "Illumina reads, single or paired",
        "trim-adapters max-low-quality-fraction 0.4 --quality 15 max-n 5 min-length 15",
        "what fastp 1.3.6 does by default",
    ),
)

PRESETS: Mapping[str, Preset] = {each.name: each for each in _EVERY_PRESET}
"""The presets by name."""
