"""Cuts adapters from reads, and what follows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import Look
from biometal_stream.operators.adapters.kits import KITS
from biometal_stream.operators.base import ReadTrimmer, with_findings, with_mates
from biometal_stream.settings import Names, option, settle_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Operator
    from biometal_stream.operators.adapters.counts import TrimmedAdapters
    from biometal_stream.operators.adapters.found import Pair
    from biometal_stream.view import BatchView

NONE = "none"
"""The adapter of reads without adapters."""
_LOOK = 20_000
"""The first reads that are looked at: enough to know the share of each insert size."""
_LOOK_BASES = 10_000_000
"""The most bases of these: long reads would fill the memory of a run."""


@dataclass(frozen=True)
class TrimAdapters(ReadTrimmer):
    """Cuts adapters from the 3' end of reads, and all that follows them.

    Where the insert of a read ends is decided by probability: from the bases and qualities of
    both mates, the adapters, and how long the inserts of the library are. What is not given is
    learnt from the first 20,000 reads. If these show no adapter, nothing is cut. The end of a run
    shows what was found.

    A read without an insert becomes empty and stays in the stream; `MinLength` drops it.
    docs/adapters.md explains the method and lists the kits.

    Attributes:
        kit: The kit that the library was made with, whose adapters are known.
        adapter: The adapters after the insert of mate 1 and of single reads; ``none`` for none.
        mate_adapter: The adapters after the insert of mate 2, one for each of ``adapter``; ``none``
            for one that is not known. Single reads need none.
        adapters: A FASTA file of adapters, for both mates; those of mate 1 or 2 alone have names
            that end in ``/1`` or ``/2``.
        insert_sizes: The share of inserts of each size, as a run reports it.
        read_length: The length of reads before they were trimmed, as a run reports it. In shorter
            reads only 10 bases of an adapter or more are cut.
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence", "quality")

    kit: str | None = option(
        "The kit that the library was made with; by default what the first reads show.",
        default=None,
        choices=tuple(KITS),
    )
    adapter: Names = option(
        "An adapter after the insert of mate 1 or of single reads, or none.",
        default=(),
        metavar="SEQUENCE",
    )
    mate_adapter: Names = option(
        "The adapter after the insert of mate 2, or none; one for each --adapter.",
        default=(),
        metavar="SEQUENCE",
    )
    adapters: str | None = option(
        "A FASTA file of adapters; names end in /1 or /2 where they are for one mate.",
        default=None,
        metavar="FILE",
    )
    insert_sizes: str | None = option(
        "The share of inserts of each size, as an earlier run has learnt it.",
        default=None,
        metavar="SIZES",
    )
    read_length: int | None = option(
        "The length of reads before any trimming, as an earlier run has learnt it.",
        default=None,
        unit="bases",
        minimum=1,
    )

    def __post_init__(self) -> None:
        settle_names(self, "adapter")
        settle_names(self, "mate_adapter")
        super().__post_init__()
        given = [
            name for name in ("kit", "adapter", "adapters") if getattr(self, name) not in {None, ()}
        ]
        if len(given) > 1:
            raise ConfigurationError(
                f"{self.name}: give a kit, adapters, or a file of them, not {' and '.join(given)}"
            )
        if self.mate_adapter and len(self.mate_adapter) != len(self.adapter):
            raise ConfigurationError(
                f"{self.name}: mate-adapter must be given once for each adapter, in the same order;"
                f" {len(self.adapter)} adapters, {len(self.mate_adapter)} mate-adapters"
            )
        for name in ("adapter", "mate_adapter"):
            texts = tuple(self._checked(name, text) for text in getattr(self, name))
            object.__setattr__(self, name, texts)
        if self.insert_sizes is not None:
            from biometal_stream.operators.adapters.sizes import parsed

            try:
                parsed(self.insert_sizes)
            except ConfigurationError as error:
                raise ConfigurationError(f"{self.name}: {error}") from None

    def _checked(self, field: str, text: str) -> str:
        from biometal_stream.operators.adapters.fasta import checked

        name = field.replace("_", "-")
        return NONE if text.lower() == NONE else checked(text, f"{self.name}: {name}")

    @property
    def look(self) -> Look | None:
        """The first 20,000 reads, or 10 million bases; none if nothing is left to learn."""
        if self.adapters is None and (self._no_adapters or self._knows_everything):
            return None
        return Look(reads=_LOOK, bases=_LOOK_BASES)

    @property
    def _no_adapters(self) -> bool:
        return bool(self.adapter) and {*self.adapter, *self.mate_adapter} == {NONE}

    @property
    def _knows_everything(self) -> bool:
        return bool(self.adapter or self.kit) and self.insert_sizes is not None

    def learn(self, batches: Sequence[pa.RecordBatch], /) -> Operator:
        """Finds the adapters, unless they are given, and learns the sizes of inserts.

        Raises:
            ConfigurationError: The file of adapters is not FASTA.
            InputError: It cannot be read.
        """
        from biometal_stream.operators.adapters.discovery import discover
        from biometal_stream.operators.adapters.fasta import read_adapters
        from biometal_stream.operators.adapters.found import findings
        from biometal_stream.view import BatchView

        view = BatchView(_joined(batches))
        paired, unit = view.paired, "pairs" if view.paired else "reads"
        shown: list[str] = []
        learnt = self
        if self.adapters is not None:
            learnt = self._with(read_adapters(self.adapters), paired=paired)
        elif self.kit is None and not self.adapter:
            found = discover(view, paired=paired)
            shown = findings(found, view.num_rows // (1 + paired), unit)
            learnt = self._with([each.adapters for each in found], paired=paired)
        if not learnt._no_adapters:
            learnt = learnt._with_sizes(view)
        return with_findings(learnt, shown)

    def _with(self, pairs: Sequence[Pair], *, paired: bool) -> TrimAdapters:
        if not paired:  # what follows mate 2 is nowhere
            pairs = [(one, "") for one in dict.fromkeys(pair[0] for pair in pairs) if one]
        return replace(
            self,
            adapters=None,
            adapter=tuple(one or NONE for one, _ in pairs) or (NONE,),
            mate_adapter=tuple(two or NONE for _, two in pairs) if paired else (),
        )

    def _with_sizes(self, view: BatchView) -> TrimAdapters:
        """The same with the sizes of inserts that the first reads show, and their length."""
        if self.insert_sizes is not None:
            return self
        from biometal_stream.operators.adapters.finding import find
        from biometal_stream.operators.adapters.sizes import learn_sizes

        candidates = find(view, self._pairs(), paired=view.paired)
        sizes = learn_sizes(candidates.lengths, candidates.places, candidates.scores)
        lengths = candidates.lengths
        alike = len(lengths) and lengths.min() == lengths.max() > 0
        read_length = int(lengths[0]) if alike and self.read_length is None else self.read_length
        return replace(self, insert_sizes=str(sizes), read_length=read_length)

    def _pairs(self) -> list[Pair]:
        if self.kit is not None:
            return [(KITS[self.kit].mate1, KITS[self.kit].mate2)]
        mates = self.mate_adapter or (NONE,) * len(self.adapter)
        return [
            ("" if one == NONE else one, "" if two == NONE else two)
            for one, two in zip(self.adapter, mates, strict=True)
        ]

    def columns_read(self, input_schema: pa.Schema, /) -> frozenset[str]:
        """Sequence, quality, and the column of mates if there is one."""
        return with_mates(frozenset(self.needs), input_schema)

    def bounds(self, view: BatchView, /) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Finds where the insert of each read ends.

        Raises:
            DataError: A read is null, has a byte that is not a quality, or has a different number
                of bases and qualities.
        """
        import numpy as np

        return np.zeros(view.num_rows, np.int64), self._ends(view)[0]

    def _ends(self, view: BatchView) -> tuple[NDArray[np.int64], ...]:
        """What stays of each read; the longest mates, and their inserts."""
        return view.once(("adapters", self), self._found)

    def _found(self, view: BatchView) -> tuple[NDArray[np.int64], ...]:
        from biometal_stream.operators.measures import require_qualities

        view.require_equal_lengths()
        require_qualities(view)
        if view.paired or "mate" not in view.batch.schema.names:
            return self._cut(view, self._pairs())
        import numpy as np

        # Some mates may be orphans, so each is a single read with the adapters of its mate.
        found = tuple(np.empty((3, view.num_rows), np.int64))
        mates = view.column("mate").to_numpy(zero_copy_only=False)
        for mate in (0, 1):
            rows = (mates == 2) == bool(mate)
            part = self._cut(view.keep(rows), [(pair[mate], "") for pair in self._pairs()])
            for whole, values in zip(found, part, strict=True):
                whole[rows] = values
        return found

    def _cut(self, view: BatchView, pairs: Sequence[Pair]) -> tuple[NDArray[np.int64], ...]:
        from biometal_stream.operators.adapters.finding import find
        from biometal_stream.operators.adapters.sizes import parsed

        if self._no_adapters:
            lengths = view.text("sequence").lengths
            longest = lengths.reshape(-1, 1 + view.paired).max(1)
            return lengths, longest, longest
        if self.insert_sizes is None:
            raise ConfigurationError(f"{self.name}: has to learn first, from the first reads")
        candidates = find(view, pairs, paired=view.paired)
        if self.read_length is not None:
            candidates.doubt_shorter(self.read_length)
        inserts = candidates.inserts(parsed(self.insert_sizes))
        return candidates.ends(inserts), candidates.lengths, inserts

    def empty(self) -> TrimmedAdapters:
        """The counts of no reads."""
        from biometal_stream.operators.adapters.counts import TrimmedAdapters

        return TrimmedAdapters()

    def observe(self, view: BatchView, /) -> TrimmedAdapters:
        """Counts what is cut from a view, and the sizes of inserts."""
        from biometal_stream.operators.adapters.counts import count

        return count(view.text("sequence").lengths, *self._ends(view))

    def merge(self, one: TrimmedAdapters, two: TrimmedAdapters, /) -> TrimmedAdapters:
        """Adds up the counts."""
        return one + two

    def finish(self, state: TrimmedAdapters, /) -> TrimmedAdapters:
        """Returns the counts."""
        return state


def _joined(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    import pyarrow as pa

    return pa.concat_batches(batches)
