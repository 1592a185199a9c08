"""Barcode patterns, as UMI-tools writes them: ``NNNNXXXX``, or a regular expression."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.barcodes.structure import ReadStructure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.operators.barcodes.segments import Layout, Span, Spans

_LETTERS = {"N": "M", "C": "C", "X": "T"}
_GROUPS = {"umi": "M", "cell": "C", "sample": "B", "discard": "S"}
_NAME = re.compile(rf"({'|'.join(_GROUPS)})_[0-9]+")
_FUZZY = re.compile(r"\{[^{}]*[seid]\s*<=?")


def parse_pattern(text: str, *, three_prime: bool = False) -> Layout:
    """Reads a pattern.

    Args:
        text: Letters, N for the bases of a UMI, C for those of a cell barcode, X for those that
            stay; or a regular expression with groups ``umi_1``, ``cell_1``, ``sample_1`` and
            ``discard_1``, where bases outside of groups stay.
        three_prime: Whether the letters are at the end of the read.

    Raises:
        ConfigurationError: It is neither.
    """
    letters = text.upper()
    if letters and set(letters) <= _LETTERS.keys():
        runs = [(len(list(run)), _LETTERS[letter]) for letter, run in groupby(letters)]
        rest: list[tuple[int | None, str]] = [(None, "T")]
        return ReadStructure(tuple([*rest, *runs] if three_prime else [*runs, *rest]))
    if "(" not in text:
        raise ConfigurationError(
            f"pattern {text!r}: expected the letters N (UMI), C (cell barcode) and X (stays), such"
            " as NNNNXXXX, or a regular expression with groups such as (?P<umi_1>.{8})"
        )
    if three_prime:
        raise ConfigurationError(
            f"pattern {text!r}: three-prime is for letters; a regular expression for the end of"
            " reads begins with .* and ends with $"
        )
    return RegularPattern(text)


@dataclass(frozen=True)
class RegularPattern:
    """A regular expression that reads match at their start, as in UMI-tools.

    It is Python's, without the fuzzy matching of the package ``regex``. One read takes about a
    microsecond.

    Attributes:
        text: The expression.

    Raises:
        ConfigurationError: It is none, or has no group, or one with a name of no meaning.
    """

    text: str

    def __post_init__(self) -> None:
        if _FUZZY.search(self.text):
            raise ConfigurationError(
                f"pattern {self.text!r}: fuzzy matching, such as {{s<=1}}, is not supported; write"
                " the alternatives, such as (ACGT|[ACGTN]CGT|A[ACGTN]GT)"
            )
        try:
            names = self._compiled.groupindex
        except (re.error, OverflowError, RecursionError) as error:
            raise ConfigurationError(f"pattern {self.text!r}: {error}") from None
        for name in names:
            if not _NAME.fullmatch(name):
                raise ConfigurationError(
                    f"pattern {self.text!r}: expected groups named umi_1, cell_1, sample_1 or"
                    f" discard_1, not {name}"
                )
        if not self.kinds - {"S", "T"}:
            raise ConfigurationError(
                f"pattern {self.text!r}: expected a group such as (?P<umi_1>.{{8}})"
            )

    @cached_property
    def _compiled(self) -> re.Pattern[bytes]:
        return re.compile(self.text.encode())

    @property
    def _names(self) -> list[str]:
        """The groups, those of a kind in the order of their numbers."""
        return sorted(
            self._compiled.groupindex,
            key=lambda name: (_kind(name), int(name.rpartition("_")[2])),
        )

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of its groups, and T for what is outside."""
        return frozenset({"T", *(_kind(name) for name in self._names)})

    def spans(self, sequences: StringColumn) -> Spans:
        """Matches each read; the bases outside of groups stay."""
        import numpy as np

        from biometal_stream.operators.barcodes.segments import Span, Spans

        names, match = self._names, self._compiled.match
        reads = sequences.num_rows
        places = np.zeros((2 * len(names), reads), np.int64)
        valid = np.zeros(reads, np.bool_)
        data = sequences.data.data
        bounds = zip(sequences.starts.tolist(), sequences.stops.tolist(), strict=True)
        for read, (start, stop) in enumerate(bounds):
            found = match(bytes(data[start:stop]))
            if found is not None:
                valid[read] = True
                places[:, read] = [place for name in names for place in found.span(name)]
        places[places < 0] = 0  # a group that took no part
        spans = [
            Span(_kind(name), places[2 * index], places[2 * index + 1])
            for index, name in enumerate(names)
        ]
        return Spans((*spans, *_outside(places, sequences.lengths)), valid)


def _kind(name: str) -> str:
    return _GROUPS[name.partition("_")[0]]


def _outside(places: NDArray[np.int64], lengths: NDArray[np.int64]) -> list[Span]:
    """What is outside of all groups, as templates.

    Args:
        places: ``int64``, (2 * groups, reads): where each group starts and stops.
        lengths: ``int64``, (reads,).
    """
    import numpy as np

    from biometal_stream.operators.barcodes.segments import TEMPLATE, Span

    order = np.argsort(places[0::2], axis=0, kind="stable")
    starts = np.take_along_axis(places[0::2], order, 0)
    stops = np.maximum.accumulate(np.take_along_axis(places[1::2], order, 0))
    nothing = np.zeros((1, len(lengths)), np.int64)
    begins = np.concatenate([nothing, stops])
    ends = np.maximum(begins, np.concatenate([starts, lengths[None]]))
    return [Span(TEMPLATE, begin, end) for begin, end in zip(begins, ends, strict=True)]
