"""Writes bases in another way: case, DNA or RNA, N for other letters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.base import ReadEditor
from biometal_stream.settings import option

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.view import BatchView

_CODES = "RYKMSWBDHV"
"""The codes of IUPAC for two or three bases."""


@dataclass(frozen=True)
class ConvertBases(ReadEditor):
    """Writes bases in another way: upper or lower case, DNA or RNA, N for what is not known.

    --to dna writes T for U, --to rna U for T. --dots-to-n writes N for a dot, --iupac-to-n for the
    codes of IUPAC for two or three bases: R, Y, K, M, S, W, B, D, H and V. Letters keep their case
    unless --case is given; N for a dot is in upper case. Other characters stay as they are. FASTQ
    with dots is read by read --dots-to-n, since a dot is an error there.

    Reads keep their lengths and qualities. Measures of the bases, such as a column gc, and k-mers
    might be wrong, so they are refused.

    Attributes:
        case: ``upper`` or ``lower`` case; by default letters keep their case.
        to: ``dna`` for T instead of U, ``rna`` for U instead of T.
        dots_to_n: Whether to write N for a dot.
        iupac_to_n: Whether to write N for a code of two or three bases.

    Example:
        >>> ConvertBases(case="upper", iupac_to_n=True)
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    case: str | None = option(
        "The case of all letters; by default they keep theirs.",
        default=None,
        choices=("upper", "lower"),
    )
    to: str | None = option("Write T for U, or U for T.", default=None, choices=("dna", "rna"))
    dots_to_n: bool = option("Write N for a dot.", default=False)
    iupac_to_n: bool = option("Write N for a code of two or three bases.", default=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (self.case or self.to or self.dots_to_n or self.iupac_to_n):
            raise ConfigurationError(f"{self.name}: give case, to, dots-to-n or iupac-to-n")

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input.

        Raises:
            SchemaError: There are no bases, or a column is a measure of them.
        """
        from biometal_stream.operators.recoding import require_unmeasured

        require_unmeasured(input_schema, self.name)
        return super().output_schema(input_schema)

    def edit(self, view: BatchView, /) -> Mapping[str, StringColumn]:
        """Returns the bases as they are to be written.

        Raises:
            DataError: A read is null.
        """
        column = view.text("sequence").packed()
        return {"sequence": column.with_bytes(_table(self)[column.used])}


@cache
def _table(operator: ConvertBases) -> NDArray[np.uint8]:
    """What each byte becomes: ``uint8``, (256,)."""
    import numpy as np

    letters: dict[str, str] = {}
    if operator.iupac_to_n:
        letters |= dict.fromkeys(_CODES, "N")
    if operator.to is not None:
        letters |= {"U": "T"} if operator.to == "dna" else {"T": "U"}
    table = list(range(256))
    for letter in map(chr, range(ord("A"), ord("Z") + 1)):
        other = letters.get(letter, letter)
        table[ord(letter)], table[ord(letter.lower())] = ord(other), ord(other.lower())
        if operator.case is not None:
            both = ord(other.upper() if operator.case == "upper" else other.lower())
            table[ord(letter)] = table[ord(letter.lower())] = both
    if operator.dots_to_n:
        table[ord(".")] = ord("n" if operator.case == "lower" else "N")
    return np.array(table, np.uint8)
