"""Writes barcodes into the names of reads, as other tools do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa


class NameStyle(NamedTuple):
    """How a tool writes UMIs into names.

    Attributes:
        before: What stands before the UMI, and before a cell barcode.
        between: What stands between the UMIs of mates.
        after_prefix: What stands between a prefix and the UMI.
        cell: Whether a cell barcode is written, too.
    """

    before: str
    between: str
    after_prefix: str = "_"
    cell: bool = False


STYLES = {
    "fastp": NameStyle(":", "_"),
    "umi-tools": NameStyle("_", "", cell=True),
    "bcl-convert": NameStyle(":", "+"),
}
"""The styles: ``name:UMI1_UMI2``, ``name_CELL_UMI``, ``name:UMI1+UMI2``."""


def named(names: pa.Array, codes: list[pa.Array], style: NameStyle, prefix: str = "") -> pa.Array:
    """The names with their barcodes, ``large_string``; unchanged where a barcode is null.

    They stand before a ``/1`` or ``/2`` at the end, so that mates remain mates.

    Args:
        names: The names.
        codes: The barcodes to write in turn, with hyphens between those of mates.
        style: How to write them.
        prefix: What stands before the last of them.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    names = names.cast(pa.large_string())
    marked = pc.match_substring_regex(names, "/[12]$")
    some = pc.any(marked).as_py()
    mark = pc.if_else(marked, pc.utf8_slice_codeunits(names, -2), "") if some else None
    parts = [pc.replace_substring_regex(names, "/[12]$", "") if some else names]
    for code in codes:
        text = pc.replace_substring(code.cast(pa.large_string()), "-", style.between)
        before = style.before
        if prefix and code is codes[-1]:
            before += prefix + style.after_prefix
        parts += [pa.scalar(before, pa.large_string()), text]
    if mark is not None:
        parts.append(mark.cast(pa.large_string()))
    whole = pc.binary_join_element_wise(*parts, pa.scalar("", pa.large_string()))
    return pc.coalesce(whole, names)
