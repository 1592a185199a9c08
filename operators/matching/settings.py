"""The settings of steps that look up reads in indexes, and their open indexes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.base import ReadingOperator
from biometal_stream.operators.matching.named import NamedIndex, parse_indexes
from biometal_stream.settings import Names, OneOrMore, argument, option, settle_names

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.indexes.index import Index
    from biometal_stream.operators.matching.counts import MatchCounts, Matches
    from biometal_stream.operators.matching.verdicts import Rule, Verdicts
    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class IndexSettings(ReadingOperator):
    """The settings, and what follows from them. The indexes are opened before the first batch.

    An index is opened once in a process, and all workers share it. A pickle has only its path, so
    the machines of a cluster need the file, too.
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    indexes: OneOrMore = argument(
        "The indexes: files, or shipped ones such as phix; NAME=INDEX gives one a name.",
        default=(),
    )
    index: Names = option(
        "The same as INDEXES: --index human=human.idx phix.",
        default=(),
        metavar="NAME=INDEX",
    )
    min_hits: int = option(
        "How many different minimizers of a read the index must have.", default=2, minimum=0
    )
    min_fraction: float = option(
        "What share of a read's different minimizers the index must have.",
        default=0.01,
        minimum=0,
        maximum=1,
    )
    prefix: int | None = option(
        "How many bases to look at from the start of each read; by default all.",
        default=None,
        minimum=0,
        unit="bases",
    )

    def __post_init__(self) -> None:
        settle_names(self, "indexes", one=True)
        settle_names(self, "index", one=True)
        object.__setattr__(self, "indexes", (*self.index, *self.indexes))
        object.__setattr__(self, "index", ())
        super().__post_init__()
        try:
            parse_indexes(self.indexes)
        except ConfigurationError as error:
            raise ConfigurationError(f"{self.name}: {error}") from None
        if self.prefix == 0:
            object.__setattr__(self, "prefix", None)

    @property
    def _named(self) -> tuple[NamedIndex, ...]:
        return parse_indexes(self.indexes)

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self._named)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The files of the indexes, which the output must not replace."""
        from biometal_stream.indexes.shipped import index_path

        return tuple(str(index_path(each.path)) for each in self._named)

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input; opens the indexes.

        Raises:
            SchemaError: There is no column of sequences.
            InputError: An index cannot be read, or is not one.
            ConfigurationError: The prefix is too short for a minimizer.
        """
        super().output_schema(input_schema)
        self._open()
        return input_schema

    def columns_read(self, _input_schema: pa.Schema, /) -> frozenset[str]:
        """The sequence."""
        return frozenset(self.needs)

    def _open(self) -> tuple[Index, ...]:
        opened: tuple[Index, ...] | None = self.__dict__.get("_opened")
        if opened is None:
            opened = tuple(map(self._opened_index, self._named))
            object.__setattr__(self, "_opened", opened)
        return opened

    def _opened_index(self, named: NamedIndex) -> Index:
        from biometal_stream.indexes.opening import open_index
        from biometal_stream.indexes.shipped import find_index

        index = open_index(find_index(named.path))
        window = index.scheme.window
        if self.prefix is not None and self.prefix < window:
            raise ConfigurationError(
                f"{self.name}: with a prefix of {self.prefix} bases no read matches {named.path};"
                f" its minimizers take at least {window} (k={index.scheme.k}, w={index.scheme.w})"
            )
        return index

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_opened"}

    @property
    def _shortest(self) -> int:
        """The bases that a read with a minimizer has at least; opens the indexes."""
        return min(index.scheme.window for index in self._open())

    @property
    def _rule(self) -> Rule:
        from biometal_stream.operators.matching.verdicts import Rule

        return Rule(self.min_hits, self.min_fraction, self.prefix)

    def _verdicts(self, view: BatchView) -> Verdicts:
        """What is known of the reads, or pairs, of a view; looked up once."""
        from biometal_stream.operators.matching.verdicts import Verdicts

        paired = view.paired or view.merged is not None  # mates may be looked up apart later
        key = ("verdicts", self.indexes, self._rule, paired)
        return view.once(key, lambda view: Verdicts.of(view, self._open(), self._rule))

    def empty(self) -> MatchCounts:
        """The counts of no reads."""
        from biometal_stream.operators.matching.counts import MatchCounts

        return MatchCounts.none(len(self.indexes))

    def observe(self, view: BatchView, /) -> MatchCounts:
        """Counts the reads, or pairs, that match each index."""
        from biometal_stream.operators.matching.counts import MatchCounts

        return MatchCounts.of(self._verdicts(view))

    def merge(self, one: MatchCounts, two: MatchCounts, /) -> MatchCounts:
        """Adds up the counts."""
        return one + two

    _matching: ClassVar[str] = "counted"

    def finish(self, state: MatchCounts, /) -> Matches:
        """Makes the result."""
        from biometal_stream.operators.matching.counts import Matches

        return Matches.of(state, self._names, matching=self._matching, shortest=self._shortest)
