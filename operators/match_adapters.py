"""Finds adapters by rules, and adds a column with the one that was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.adapters.rules import AdapterOptions
from biometal_stream.operators.base import StatelessOperator, with_mates
from biometal_stream.settings import option

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Operator
    from biometal_stream.operators.adapters.rules import Rules
    from biometal_stream.reports.records.labels import LabelTally

_ACTIONS = ("trim", "retain", "crop", "mask", "lowercase", "none")
_PAIR_NAMES = ("own", "first", "both")


@dataclass(frozen=True)
class MatchAdapters(AdapterOptions, StatelessOperator):
    """Finds adapters by rules, as cutadapt does, and adds a column with the one that was found.

    The column is null for reads without an adapter. Of several adapters that are removed from a
    read, it has the last. A filter on it keeps or drops reads, and a name with the column, such as
    '{adapter}.fq.gz', writes the reads of each adapter to a file of their own.

    `TrimAdapters` takes the same rules, adds no column, and is faster.
    docs/adapter-rules.md explains the rules.

    Attributes:
        kit: The kit that the library was made with, whose adapters are known.
        adapter: The adapters after the insert of mate 1 and of single reads.
        mate_adapter: The adapters after the insert of mate 2.
        adapters: A FASTA file of adapters, for both mates; those of mate 1 or 2 alone have names
            that end in ``/1`` or ``/2``.
        action: What is done to a read with an adapter: ``trim`` removes the adapter and what is
            beyond, ``retain`` only what is beyond, ``crop`` all but the adapter; ``mask`` writes N
            and ``lowercase`` small letters for what ``trim`` removes; ``none`` only finds.
        reverse: Whether the reverse complement of each read is also looked at, or the pair with
            its mates exchanged. It replaces the read if its adapters have a higher score, and
            ``rc`` is added to the description.
        pair_names: What the column says of a pair: the adapter of each mate (``own``), that of
            mate 1 for both mates (``first``), or both names, such as ``A-B`` (``both``), in which
            a mate without an adapter is ``unknown``.
        column: The name of the new column.

    Example:
        >>> MatchAdapters(adapter=("ACGTACGT", "two=ACCATACC"), min_overlap=3)
    """

    action: str = option(
        "Remove the adapter and what is beyond (trim), only what is beyond (retain), or all but the"
        " adapter (crop); write N (mask) or small letters (lowercase) for it; or only find it"
        " (none).",
        default="trim",
        choices=_ACTIONS,
    )
    reverse: bool = option(
        "Also look at the reverse complement of each read, or at exchanged mates, and replace the"
        " read if adapters match better there.",
        default=False,
    )
    pair_names: str = option(
        "For pairs, what the column says: the adapter of each mate (own), that of mate 1 for both"
        " (first), or both names, such as A-B (both). With first and both, mates share a file.",
        default="own",
        choices=_PAIR_NAMES,
    )
    column: str = option("The name of the new column.", default="adapter", metavar="NAME")

    def __post_init__(self) -> None:
        self._settle(self.name)
        super().__post_init__()
        if not self.column:
            raise ConfigurationError(f"{self.name}: the new column needs a name")
        if not self._has_adapters:
            raise ConfigurationError(
                f"{self.name}: give an adapter: --adapter, --front, --anywhere, --kit or --adapters"
            )
        if self.action in {"retain", "crop"} and (self.times or 1) > 1:
            raise ConfigurationError(
                f"{self.name}: action {self.action} is for one adapter of a read; leave out times"
            )
        if self.reverse and self.pair_adapters:
            raise ConfigurationError(f"{self.name}: reverse and pair-adapters do not go together")
        if not self.inputs:
            self._rules_of(self.name)

    @property
    def rules(self) -> Rules:
        """The adapters, read from the options and, when they are first needed, from files.

        Raises:
            ConfigurationError: A file of adapters is not FASTA.
            InputError: It cannot be read.
        """
        return self._rules_of(self.name)

    @property
    def _by_rules(self) -> bool:
        return True

    @property
    def observation(self) -> LabelTally:
        """Counts the adapters of a run, for ``Report.results``."""
        from biometal_stream.reports.records.labels import LabelTally

        return LabelTally(self.column)

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input and the new column.

        Raises:
            SchemaError: ``sequence`` is missing, the new column exists, or a column describes the
                whole reads.
            ConfigurationError: A file of adapters is not FASTA.
            InputError: It cannot be read.
        """
        import pyarrow as pa

        from biometal_stream.schemas.checks import require_absent, require_text
        from biometal_stream.schemas.cutting import require_fresh

        require_text(input_schema, ("sequence",), self.name)
        require_absent(input_schema, (self.column,), self.name)
        if self.action != "none" or self.reverse:
            require_fresh(input_schema, self.name)
        self._rules_of(self.name)
        kind = pa.dictionary(pa.int32(), pa.string())
        return input_schema.append(pa.field(self.column, kind))

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Does nothing if neither the new column nor one that it changes is used."""
        from biometal_stream.schemas.cutting import per_base

        changed = set() if self.action == "none" and not self.reverse else {*per_base(input_schema)}
        if self.reverse:
            changed |= set(input_schema.names)
        if columns.isdisjoint(changed | {self.column}):
            return None, columns
        return self, with_mates(columns - {self.column} | {"sequence"}, input_schema)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Finds the adapters of each read.

        Raises:
            DataError: A read is null; adapters belong together, and there are no pairs.
        """
        from biometal_stream.operators.adapters.marking import marked

        return marked(
            batch,
            self.rules,
            self.output_schema(batch.schema),
            action=self.action,
            reverse=self.reverse,
            pair_names=self.pair_names,
        )
