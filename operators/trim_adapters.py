"""Cuts adapters from reads, and what follows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import Look
from biometal_stream.operators.base import ReadTrimmer
from biometal_stream.settings import Names, option, settle_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Operator
    from biometal_stream.view import BatchView

NONE = "none"
"""The adapter of reads without adapters."""
_KITS = ("truseq", "nextera", "small-rna", "illumina-pe", "mgi")
_LOOK = 20_000


@dataclass(frozen=True)
class TrimAdapters(ReadTrimmer):
    """Cuts adapters from the 3' end of reads, and all that follows them.

    Where an insert ends is decided by probability: from the bases and qualities of both mates, the
    adapters, and how long the inserts of the library are. What is not given is learnt from the
    first reads. If they show no adapter, nothing is cut. docs/adapters.md explains the method.

    A read without an insert becomes empty and stays in the stream; `MinLength` drops it.

    Attributes:
        kit: The kit that the library was made with, whose adapters are known.
        adapter: The adapters after the insert of mate 1 and of single reads; ``none`` for none.
        mate_adapter: The adapters after the insert of mate 2, one for each of ``adapter``.
        insert_sizes: The share of inserts of each size, as a run reports it.
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence", "quality")

    kit: str | None = option(
        "The kit that the library was made with.", default=None, choices=_KITS
    )
    adapter: Names = option(
        "An adapter after the insert of mate 1 or of single reads; may be repeated.",
        default=(),
        metavar="SEQUENCE",
    )
    mate_adapter: Names = option(
        "The adapter after the insert of mate 2; one for each --adapter.",
        default=(),
        metavar="SEQUENCE",
    )
    insert_sizes: str | None = option(
        "The share of inserts of each size, as an earlier run has learnt it.",
        default=None,
        metavar="SIZES",
    )

    def __post_init__(self) -> None:
        settle_names(self, "adapter")
        settle_names(self, "mate_adapter")
        super().__post_init__()
        if self.kit is not None and (self.adapter or self.mate_adapter):
            raise ConfigurationError(f"{self.name}: give a kit or adapters, not both")
        if self.mate_adapter and len(self.mate_adapter) != len(self.adapter):
            raise ConfigurationError(
                f"{self.name}: give as many mate-adapters as adapters, in the same order:"
                f" {len(self.adapter)} and {len(self.mate_adapter)}"
            )
        for field in ("adapter", "mate_adapter"):
            texts = tuple(self._checked(field, text) for text in getattr(self, field))
            object.__setattr__(self, field, texts)
        if self.insert_sizes is not None:
            from biometal_stream.operators.adapters.sizes import InsertSizes

            InsertSizes.parse(self.insert_sizes)

    def _checked(self, field: str, text: str) -> str:
        upper = text.upper().replace("U", "T")
        if text.lower() == NONE:
            return NONE
        if not upper or set(upper) - set("ACGT"):
            raise ConfigurationError(
                f"{self.name}: {field.replace('_', '-')} must be bases A, C, G and T, or"
                f" '{NONE}': {text!r}"
            )
        return upper

    @property
    def look(self) -> Look | None:
        """The first 20,000 reads; nothing if adapters and insert sizes are given."""
        known = self.adapter and self.insert_sizes is not None
        return None if known or self.adapter == (NONE,) else Look(reads=_LOOK)

    def learn(self, batches: Sequence[pa.RecordBatch], /) -> Operator:
        """Finds the adapters, unless they are given, and learns the sizes of inserts."""
        from biometal_stream.operators.adapters.discovery import discover
        from biometal_stream.operators.adapters.finding import find
        from biometal_stream.operators.adapters.kits import KITS
        from biometal_stream.operators.adapters.sizes import learn_sizes
        from biometal_stream.view import BatchView

        view = BatchView(_joined(batches))
        paired = view.paired
        adapters, mates = self.adapter, self.mate_adapter
        if self.kit is not None:
            adapters, mates = (KITS[self.kit].mate1,), (KITS[self.kit].mate2,)
        elif not adapters:
            found = discover(view, paired=paired)
            adapters = tuple(each.adapters[0] for each in found) or (NONE,)
            mates = tuple(each.adapters[1] for each in found) if paired else ()
        if adapters == (NONE,):
            return replace(self, adapter=adapters, mate_adapter=(), insert_sizes=None)
        learnt = replace(
            self, kit=None, adapter=adapters, mate_adapter=mates if paired else self.mate_adapter
        )
        if self.insert_sizes is None:
            candidates = find(view, learnt._pairs(), paired=paired)
            sizes = learn_sizes(candidates.lengths, candidates.places, candidates.scores)
            learnt = replace(learnt, insert_sizes=str(sizes))
        return learnt

    def _pairs(self) -> list[tuple[str, str]]:
        mates = self.mate_adapter or ("",) * len(self.adapter)
        return [
            ("" if one == NONE else one, "" if two == NONE else two)
            for one, two in zip(self.adapter, mates, strict=True)
        ]

    def bounds(self, view: BatchView, /) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Finds where the insert of each read ends.

        Raises:
            DataError: A read is null, has a byte that is not a quality, or has a different number
                of bases and qualities.
        """
        import numpy as np

        from biometal_stream.operators.adapters.finding import find
        from biometal_stream.operators.adapters.sizes import InsertSizes
        from biometal_stream.operators.measures import require_qualities

        view.require_equal_lengths()
        require_qualities(view)
        lengths = view.text("sequence").lengths
        starts = np.zeros(view.num_rows, np.int64)
        if self.adapter == (NONE,):
            return starts, lengths
        assert self.insert_sizes is not None
        found = find(view, self._pairs(), paired=view.paired)
        ends = found.ends(InsertSizes.parse(self.insert_sizes))
        return starts, np.minimum(ends, lengths)


def _joined(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    import pyarrow as pa

    return pa.concat_batches(batches)
