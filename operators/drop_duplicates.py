"""Drops reads that have come before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.base import OrderedReadFilter
from biometal_stream.settings import Names, option, settle_names

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.operators.keys.counts import Counted, DroppedDuplicates
    from biometal_stream.operators.keys.making import Keys
    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class DropDuplicates(OrderedReadFilter):
    """Drops reads, or pairs, that are equal to an earlier one.

    The first in input order stays, for every number of threads. Reads are equal if their bases
    are, in the same case and on the same strand; pairs if both mates are. Qualities do not matter.
    With ``--either-strand`` a read is also equal to its reverse complement, and a pair to one with
    its mates swapped. After `MergePairs` a merged read is compared with merged reads, in whole.

    Reads are compared by fingerprints of 64 bits. Of n different reads about n * n / 2^65 are taken
    for duplicates by mistake: 0.00027 of 100 million. ``--exact`` compares all bases and makes no
    mistakes.

    The table takes up to 16 bytes for each different read or pair, or 32 with ``--exact``, in
    addition to ``--memory``. ``--exact`` also needs disk space for their bases, packed, in the
    folder for temporary files (TMPDIR). A full table is an error. docs/duplicates.md has the
    details.

    Attributes:
        by: Columns of text, labels or whole numbers that must be equal, too, such as ``umi``; not
            the sequence.
        bases: How many bases to compare from the start of each mate; all by default, and none for
            0, so that only ``by`` counts.
        either_strand: Whether reverse complements are equal, too, and pairs with swapped mates.
        exact: Whether to compare the bases themselves.
        table_bytes: The most memory for the table; by default a quarter of the machine's.
        seed: The seed of the fingerprints.

    Example:
        >>> DropDuplicates(bases=2)
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    by: Names = option(
        "A column that must be equal, too, such as umi.", default=(), metavar="COLUMN"
    )
    bases: int | None = option(
        "How many bases to compare from the start of each mate; by default all.",
        default=None,
        unit="bases",
        minimum=0,
    )
    either_strand: bool = option(
        "Reverse complements are equal, too, and pairs with their mates swapped.", default=False
    )
    exact: bool = option("Compare the bases themselves, not fingerprints.", default=False)
    table_bytes: int | None = option(
        "The most memory for the table; by default a quarter of the machine's.",
        default=None,
        unit="bytes",
        minimum=1 << 20,
    )
    seed: int = option("The seed of the fingerprints.", default=0, minimum=0, maximum=2**64 - 1)

    def __post_init__(self) -> None:
        settle_names(self, "by")
        super().__post_init__()
        if "sequence" in self.by:
            raise ConfigurationError(
                f"{self.name}: by names columns besides the sequence; bases says how much of it to"
                " compare"
            )
        if self.bases == 0 and not self.by:
            raise ConfigurationError(
                f"{self.name}: with bases 0 there is nothing to compare; name a column (by)"
            )

    @property
    def before_merging(self) -> bool:
        """Whether it compares first bases, or strands, which merged reads and pairs forbid."""
        return bool(self.bases) or self.either_strand

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        return "equal to an earlier one"

    @property
    def _columns(self) -> tuple[str, ...]:
        return (*(() if self.bases == 0 else ("sequence",)), *self.by)

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input.

        Raises:
            SchemaError: A column is missing or cannot be compared, or only the first bases of
                single reads are to be compared on either strand.
        """
        from biometal_stream.operators.keys.making import check_strands
        from biometal_stream.schemas.checks import require_comparable, require_text

        require_text(input_schema, self._columns[: self.bases != 0], self.name)
        require_comparable(input_schema, self.by, self.name)
        if self.either_strand:
            check_strands(input_schema, self.name, self.bases)
        return input_schema

    def columns_read(self, _input_schema: pa.Schema, /) -> frozenset[str]:
        """The sequence, unless no bases count, and the columns of ``by``."""
        return frozenset(self._columns)

    def prepare(self, view: BatchView, /) -> _Prepared:
        """Makes the key of each read or pair.

        Raises:
            DataError: A value is null.
        """
        return view.once(("duplicates", self), self._prepared)

    def _prepared(self, view: BatchView) -> _Prepared:
        import numpy as np

        from biometal_stream.operators.keys.making import keys_of

        keys = keys_of(view, self._columns, self.bases, self.seed, either_strand=self.either_strand)
        sizes = np.diff(view.unit_starts, append=view.num_rows)
        return _Prepared(keys, sizes, paired=view.paired or view.merged is not None)

    def start(self) -> Callable[[_Prepared], NDArray[np.bool_]]:
        """Makes the table of one run.

        The function that is returned raises a `DataError` if the table, or the disk, is full.
        """
        import numpy as np

        new = self._table()

        def keep(prepared: _Prepared) -> NDArray[np.bool_]:
            prepared.new = new(prepared.keys)
            return np.repeat(prepared.new, prepared.sizes)

        return keep

    def _table(self) -> Callable[[Keys], NDArray[np.bool_]]:
        from biometal_stream.operators.keys.tables import HashTable, KeyTable, default_table

        limit = default_table() if self.table_bytes is None else self.table_bytes
        if not self.exact:
            return HashTable(self.name, limit).new
        return KeyTable(self.name, limit).new

    def empty(self) -> Counted:
        """The counts of no reads."""
        from biometal_stream.operators.keys.counts import Counted

        return Counted()

    def observe(self, view: BatchView, /) -> Counted:
        """Counts the reads, and those that are dropped."""
        from biometal_stream.operators.keys.counts import Counted

        prepared = self.prepare(view)
        if prepared.new is None:  # observed on its own, as if it were the whole stream
            self.start()(prepared)
        assert prepared.new is not None
        kept = int(prepared.new.sum())
        return Counted(kept, len(prepared.new) - kept, prepared.paired)

    def merge(self, one: Counted, two: Counted, /) -> Counted:
        """Adds up the counts."""
        return one + two

    def finish(self, state: Counted, /) -> DroppedDuplicates:
        """Makes the rate, and how many reads are expected to be dropped by mistake."""
        from biometal_stream.operators.keys.counts import DroppedDuplicates

        return DroppedDuplicates.of(state, exact=self.exact)


class _Prepared:
    """The keys of a batch, and what was decided about them.

    Attributes:
        keys: One for each read or pair.
        sizes: The rows of each of them, ``int64``, (units,).
        paired: Whether pairs are counted; a merged read counts as one.
        new: Which are kept, ``bool``, (units,), once that is decided.
    """

    def __init__(self, keys: Keys, sizes: NDArray[np.int64], *, paired: bool) -> None:
        self.keys = keys
        self.sizes = sizes
        self.paired = paired
        self.new: NDArray[np.bool_] | None = None
