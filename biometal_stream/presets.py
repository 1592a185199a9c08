"""The presets: chains of steps for common kinds of reads, as they are typed.

The only list of them. Light: data, which the command line and Python read. docs/presets.md has the
source of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

PresetName: TypeAlias = Literal[
    "illumina", "nextseq", "amplicon", "small-rna", "ont", "pacbio", "umi"
]
"""The names of the presets, for type checkers."""


class Preset(NamedTuple):
    """A chain of steps.

    Attributes:
        name: Its name.
        about: The reads that it is for.
        steps: The steps as typed on the command line.
    """

    name: str
    about: str
    steps: str


_QUALITY = "max-low-quality-fraction 0.4 --quality 15 max-n 5"
"""The filters that fastp applies by default, except that of the length."""

_ILLUMINA = f"trim-adapters trim-poly-g {_QUALITY} min-length 15"

_EVERY_PRESET = (
    Preset(
        "illumina",
        "Illumina reads, single or paired.",
        _ILLUMINA,
    ),
    Preset(
        "nextseq",
        "Illumina reads of two-colour instruments whose names no longer show the instrument.",
        f"trim-adapters trim-poly-g --when always {_QUALITY} min-length 15",
    ),
    Preset(
        "amplicon",
        "Amplicons, such as 16S or ITS, whose primers have been removed.",
        "trim-quality 3 --algorithm sliding-window --window 1 max-n 0 max-expected-errors 2"
        " min-length 20",
    ),
    Preset(
        "small-rna",
        "Small RNA, which is shorter than the reads.",
        f"trim-adapters trim-poly-g {_QUALITY} min-length 17 max-length 100",
    ),
    Preset(
        "ont",
        "Reads of Oxford Nanopore.",
        "split-adapters min-mean-quality 7 min-length 200",
    ),
    Preset(
        "pacbio",
        "HiFi reads of PacBio.",
        "min-mean-quality 20 min-length 10",
    ),
    Preset(
        "umi",
        "Illumina reads whose mate 1, or only read, begins with a UMI of 8 bases.",
        f"extract --read-structure 8M+T --name-as fastp {_ILLUMINA}",
    ),
)

PRESETS: Mapping[str, Preset] = {each.name: each for each in _EVERY_PRESET}
"""The presets by name."""
