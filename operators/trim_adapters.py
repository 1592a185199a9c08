"""Cuts adapters from reads, and what follows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import Look
from biometal_stream.operators.adapters.kits import KITS
from biometal_stream.operators.adapters.rules import NONE, AdapterOptions
from biometal_stream.operators.base import ReadTrimmer, with_findings, with_mates
from biometal_stream.settings import option

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Operator
    from biometal_stream.operators.adapters.counts import MatchedAdapters, TrimmedAdapters
    from biometal_stream.operators.adapters.found import Pair
    from biometal_stream.operators.adapters.matching import Matches
    from biometal_stream.operators.adapters.rules import Rules
    from biometal_stream.view import BatchView

State = TypeVar("State", "TrimmedAdapters", "MatchedAdapters")

_LOOK = 20_000
"""The first reads that are looked at: enough to know the share of each insert size."""
_LOOK_BASES = 10_000_000
"""The most bases of these: long reads would fill the memory of a run."""


@dataclass(frozen=True)
class TrimAdapters(AdapterOptions, ReadTrimmer):
    """Cuts adapters from reads, and all that follows them.

    Where the insert of a read ends is decided by probability: from the bases and qualities of
    both mates, the adapters, and how long the inserts of the library are. What is not given is
    learnt from the first 20,000 reads. If these show no adapter, nothing is cut. The end of a run
    shows what was found.

    With any option of rules, such as --min-overlap 3 or --error-rate 0.1, adapters are matched as
    cutadapt does: 3' adapters, and 5', anchored and linked ones. `MatchAdapters` also says which
    adapter was found.

    A read without an insert becomes empty and stays in the stream; `MinLength` drops it.
    docs/adapters.md explains the method and lists the kits, docs/adapter-rules.md the rules.

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
        action: By rules, what stays of a read: ``trim`` removes the adapter and what is beyond,
            ``retain`` only what is beyond, ``crop`` all but the adapter.
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence", "quality")

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
    action: str = option(
        "By rules: remove the adapter and what is beyond (trim), only what is beyond (retain), or"
        " all but the adapter (crop).",
        default="trim",
        choices=("trim", "retain", "crop"),
    )

    def __post_init__(self) -> None:
        self._settle(self.name)
        super().__post_init__()
        if self._by_rules:
            self._settle_rules()
        else:
            self._settle_adapters()

    def _settle_rules(self) -> None:
        if self.insert_sizes is not None or self.read_length is not None:
            raise ConfigurationError(
                f"{self.name}: rules use no insert-sizes and no read-length; leave these out, or"
                " the options of rules"
            )
        if self.action != "trim" and (self.times or 1) > 1:
            raise ConfigurationError(
                f"{self.name}: action {self.action} is for one adapter of a read; leave out times"
            )
        if self._has_adapters and not self.inputs:
            self._known_rules()

    def _settle_adapters(self) -> None:
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
        if text.lower() == NONE:
            return NONE
        try:
            return checked(text, f"{self.name}: {name}")
        except ConfigurationError as error:
            advice = "; add --error-rate 0.1 for rules, which take names, anchors and IUPAC codes"
            raise ConfigurationError(f"{error}{advice if text else ''}") from None

    @property
    def _by_rules(self) -> bool:
        return super()._by_rules or self.action != "trim"

    @property
    def look(self) -> Look | None:
        """The first 20,000 reads, or 10 million bases; none if nothing is left to learn."""
        if self._by_rules and self._has_adapters:
            return None
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
        if not self._by_rules and not learnt._no_adapters:
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

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input.

        Raises:
            SchemaError: ``sequence`` is missing, or, without rules, ``quality``; or a column
                describes the whole reads.
            ConfigurationError: By rules, a file of adapters is not FASTA.
            InputError: It cannot be read.
        """
        from biometal_stream.schemas import require_text
        from biometal_stream.schemas.cutting import require_fresh

        require_text(input_schema, self._reads, self.name)
        require_fresh(input_schema, self.name)
        if self._by_rules and self._has_adapters:
            self._known_rules()
        return input_schema

    @property
    def _reads(self) -> tuple[str, ...]:
        return ("sequence",) if self._by_rules and self._has_adapters else self.needs

    def columns_read(self, input_schema: pa.Schema, /) -> frozenset[str]:
        """Sequence, quality without rules, and the column of mates if there is one."""
        return with_mates(frozenset(self._reads), input_schema)

    def bounds(self, view: BatchView, /) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Finds the insert of each read.

        Raises:
            DataError: A read is null; or, without rules, has a byte that is not a quality, or a
                different number of bases and qualities.
        """
        import numpy as np

        if self._by_rules:
            return self._matches(view).part(self.action)
        return np.zeros(view.num_rows, np.int64), self._ends(view)[0]

    def _matches(self, view: BatchView) -> Matches:
        from biometal_stream.operators.adapters.matching import match_view

        rules = self._known_rules()
        return view.once(("adapters", self), lambda view: match_view(view, rules))

    def _known_rules(self) -> Rules:
        if not self._has_adapters:
            raise ConfigurationError(f"{self.name}: has to learn first, from the first reads")
        return self._rules_of(self.name)

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

        if view.merged is not None:
            alone = self._cut(view.keep(view.merged), [(pair[0], "") for pair in self._pairs()])
            pairs = self._cut(view.unmerged(), self._pairs())
            ends = np.empty(view.num_rows, np.int64)
            ends[view.merged], ends[~view.merged] = alone[0], pairs[0]
            return ends, *map(np.concatenate, zip(alone[1:], pairs[1:], strict=True))
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

    def empty(self) -> TrimmedAdapters | MatchedAdapters:
        """The counts of no reads."""
        from biometal_stream.operators.adapters.counts import MatchedAdapters, TrimmedAdapters

        return MatchedAdapters() if self._by_rules else TrimmedAdapters()

    def observe(self, view: BatchView, /) -> TrimmedAdapters | MatchedAdapters:
        """Counts what is cut from a view, and the sizes of inserts, or by rules the adapters."""
        from biometal_stream.operators.adapters.counts import count, count_matches

        lengths = view.text("sequence").lengths
        if self._by_rules:
            matches = self._matches(view)
            kept = matches.part(self.action)
            return count_matches(lengths, kept, matches.which, self._known_rules().names)
        return count(lengths, *self._ends(view))

    def merge(self, one: State, two: State, /) -> State:
        """Adds up the counts."""
        return one + two

    def finish(self, state: State, /) -> State:
        """Returns the counts."""
        return state


def _joined(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    import pyarrow as pa

    return pa.concat_batches(batches)
