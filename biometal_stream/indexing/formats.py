"""The formats of indexes that can be written, and which one an output's name says.

Light: used by the command line's help.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError
from biometal_stream.indexes.opening import COMPACT, DEACON
from biometal_stream.paths import path_text
from biometal_stream.sources.formats import named_format, suffix_of

if TYPE_CHECKING:
    from biometal_stream.sources.options import Input

FORMATS = (COMPACT, DEACON)
"""The formats, the default first."""

DEACON_SUFFIX = ".idx"
_FROZEN_SUFFIX = ".pidx"


def format_for(output: str | os.PathLike[str], format: str | None) -> str:
    """The format to write.

    Args:
        output: The file to write.
        format: The format that was asked for; ``None`` for that of the name: deacon's for
            ``.idx``, and compact for any other.

    Raises:
        ConfigurationError: There is no such format, or the name contradicts it.
    """
    name = path_text(output)
    if format is not None and format not in FORMATS:
        raise ConfigurationError(f"format must be one of {', '.join(FORMATS)}: {format!r}")
    lower = name.lower()
    reads = named_format(name)
    if reads is not None:
        raise ConfigurationError(
            f"{name}: the suffix {suffix_of(name)} says {reads.title}, not an index; name the index"
            f" {_renamed(name, suffix_of(name) or '', DEACON_SUFFIX)} (deacon's format) or"
            f" {_renamed(name, suffix_of(name) or '', '.' + COMPACT)} (compact)"
        )
    if lower.endswith(_FROZEN_SUFFIX):
        raise ConfigurationError(
            f"{name}: frozen filters of deacon can be read but not written; name another suffix"
        )
    if lower.endswith((".gz", ".zst", ".bz2", ".xz")):
        raise ConfigurationError(f"{name}: an index is not compressed; leave out the last suffix")
    if lower.endswith(DEACON_SUFFIX) and format == COMPACT:
        raise ConfigurationError(
            f"{name}: the suffix {DEACON_SUFFIX} says deacon's format, but the format is compact;"
            " name another suffix, or leave out the format"
        )
    return format or (DEACON if lower.endswith(DEACON_SUFFIX) else COMPACT)


def _renamed(name: str, suffix: str, other: str) -> str:
    return name.removesuffix(suffix) + other


def base_name(path: Input) -> str:
    """The name of an input, for the description in an index: its last part, or ``-``."""
    if isinstance(path, str | os.PathLike):
        return os.path.basename(path_text(path)) or "-"  # noqa: PTH119 - not always a path
    name = getattr(path, "name", "-")
    return os.path.basename(name) if isinstance(name, str) else "-"  # noqa: PTH119
