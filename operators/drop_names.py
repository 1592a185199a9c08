"""Drops reads whose names are in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.operators.keys.listed import NamesFilter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class DropNames(NamesFilter):
    """Drops reads whose names are in a file, and keeps the others.

    The file, compressed or not, has a name in each line, or is FASTA or FASTQ. A name ends at the
    first blank or tab. Names must be equal, except that one in the file without ``/1`` or ``/2``
    also stands for the reads with it. A pair is dropped if one of its mates is listed.

    A name takes up to 32 bytes of memory, and a little more than its length in the folder for
    temporary files if there are very many. The end of a run says which names no read has.

    Attributes:
        file: The file of names; ``-`` is standard input.
    """

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        return "name listed"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Looks up each name."""
        return ~self._is_listed(view)
