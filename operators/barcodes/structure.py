"""Read structures such as ``8M4S+T``, as fgbio and fqtk write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError

if TYPE_CHECKING:
    from biometal_stream.columns import StringColumn
    from biometal_stream.operators.barcodes.segments import Spans

KINDS = {
    "T": "template",
    "B": "sample barcode",
    "M": "molecular barcode",
    "C": "cell barcode",
    "S": "skip",
}
"""The kinds of segments of a read structure."""

LONGEST = 2**31 - 1
"""The most bases of a segment; Arrow's arrays of text have no longer reads."""

_SEGMENT = re.compile(r"([0-9]+|\+)([A-Z])")


@dataclass(frozen=True)
class ReadStructure:
    """The segments of a read, of fixed lengths but for one.

    ``8M4S+T`` is a molecular barcode of 8 bases, 4 bases to be skipped, and a template: the rest.
    The rest, ``+``, may be any one segment, so ``+T8M`` has the barcode at the end of the read.
    fgbio allows it as the last only. A structure without ``+`` leaves the rest out.

    Attributes:
        segments: The length and the kind of each segment; ``None`` for the rest.
    """

    segments: tuple[tuple[int | None, str], ...]

    @classmethod
    def parse(cls, text: str) -> ReadStructure:
        """Reads a structure.

        Raises:
            ConfigurationError: It is not one.
        """
        compact = "".join(text.split()).upper()
        found = _SEGMENT.findall(compact)
        if not found or "".join(map("".join, found)) != compact:
            raise _wrong(text, "a length or + and a letter for each segment, such as 8M4S+T")
        for length, kind in found:
            if kind not in KINDS:
                kinds = ", ".join(f"{letter} ({name})" for letter, name in KINDS.items())
                raise _wrong(text, f"the letters {kinds}, not {kind}")
            digits = length.lstrip("0")
            if not digits:
                raise _wrong(text, f"segments of at least 1 base, not {length}{kind}")
            if digits != "+" and (len(digits) > 10 or int(digits) > LONGEST):
                raise _wrong(text, f"segments of at most {LONGEST:,} bases")
        if sum(length == "+" for length, _ in found) > 1:
            raise _wrong(text, "+ for one segment only, since it takes all the rest of the read")
        return cls(tuple((None if length == "+" else int(length), kind) for length, kind in found))

    def __str__(self) -> str:
        return "".join(
            f"{'+' if length is None else length}{kind}" for length, kind in self.segments
        )

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of its segments."""
        return frozenset(kind for _, kind in self.segments)

    @property
    def whole(self) -> bool:
        """Whether it is ``+T``, which changes nothing."""
        return self.segments == ((None, "T"),)

    @property
    def fixed(self) -> int:
        """The bases that a read must have."""
        return sum(length or 0 for length, _ in self.segments)

    def length_of(self, kind: str) -> int | None:
        """The bases of all segments of a kind; ``None`` if that depends on the read."""
        lengths = [length for length, of in self.segments if of == kind]
        return None if None in lengths else sum(length or 0 for length in lengths)

    def spans(self, sequences: StringColumn) -> Spans:
        """Finds the segments of each read.

        A read is too short if it lacks bases of a segment of fixed length; the rest may be empty.
        """
        import numpy as np

        from biometal_stream.operators.barcodes.segments import Span, Spans

        lengths = sequences.lengths
        valid = lengths >= self.fixed
        rest = np.where(valid, lengths - self.fixed, 0)
        start = np.zeros(len(lengths), np.int64)
        spans = []
        for length, kind in self.segments:
            stop = start + (rest if length is None else np.where(valid, length, 0))
            spans.append(Span(kind, start, stop))
            start = stop
        return Spans(tuple(spans), valid)


def turned_barcodes(
    structures: tuple[ReadStructure, ...], barcodes: tuple[str, ...], *, paired: bool
) -> tuple[str, ...] | None:
    """The barcodes that reads of samples show in the other orientation.

    Args:
        structures: Where the barcodes are.
        barcodes: Those of the samples, the parts of each joined.
        paired: Whether mates are swapped; otherwise reads are reverse-complemented.

    Returns:
        ``None`` if other bases of the reads are in the place of the barcodes then.
    """
    if paired:
        lengths = [each.length_of("B") for each in structures[:2]]
        if len(lengths) < 2 or lengths[0] != lengths[1] or not lengths[0]:
            return None
        ends = 2 * lengths[0]
        return tuple(
            code[lengths[0] : ends] + code[: lengths[0]] + code[ends:] for code in barcodes
        )
    segments = structures[0].segments
    ends_alike = segments == segments[::-1]
    return tuple(map(complement, barcodes)) if ends_alike and len(segments) > 1 else None


def complement(barcode: str) -> str:
    """The reverse complement of a barcode."""
    return barcode[::-1].translate(_COMPLEMENT)


_COMPLEMENT = str.maketrans("ACGT", "TGCA")


def _wrong(text: str, expected: str) -> ConfigurationError:
    return ConfigurationError(f"read structure {text!r}: expected {expected}")
