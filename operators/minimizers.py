"""Adds the minimizers of each read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.errors import ConfigurationError
from biometal_stream.indexes.scheme import MOST_K, MOST_K_AND_W, Scheme
from biometal_stream.operators.base import StatelessOperator
from biometal_stream.settings import option

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Operator

_VALUES = "minimizers"
_POSITIONS = "minimizer_positions"


@dataclass(frozen=True)
class Minimizers(StatelessOperator):
    """Adds the minimizers of each read: a few k-mers that stand for it.

    Of every w consecutive k-mers, a window, the one with the least hash is the minimizer. One that
    several windows in a row share is listed once. A read of 150 bases has about 14 minimizers for
    k = 31 and w = 15. A read and its reverse complement have the same ones, in the opposite order.

    The column ``minimizers`` is a list of whole numbers (``list<uint64>``), in the order of the
    read. A k-mer and its reverse complement have the same number: the lesser of both codes, with
    two bits for each base (A 0, C 1, T 2, G 3), the first base lowest. With ``--positions``,
    ``minimizer_positions`` (``list<int32>``) has the first base of each, from 0.

    These are the minimizers of deacon and of the crate simd-minimizers: the hash is the sum of
    the ntHashes of both strands, and only its upper 16 bits are compared. Upper and lower case are
    the same. A window with N or another letter, such as U, has no minimizer. Neither has a read
    that is shorter than a window, which has k + w - 1 bases.

    Attributes:
        k: The bases of a k-mer, an odd number.
        w: The k-mers of a window, an odd number; k and w together are at most 96. 1 takes every
            k-mer.
        positions: Whether to add where they are.

    Example:
        >>> Minimizers(k=5, w=3, positions=True)
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)
    columns_named_like_steps: ClassVar[tuple[str, ...]] = ("minimizers",)

    k: int = option("The bases of a k-mer, an odd number.", default=31, minimum=3, maximum=MOST_K)
    w: int = option(
        "The k-mers of a window, an odd number.",
        default=15,
        minimum=1,
        maximum=MOST_K_AND_W - 3,
    )
    positions: bool = option("Add where they are, too: their first bases, from 0.", default=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            _ = self.scheme
        except ConfigurationError as error:
            raise ConfigurationError(f"{self.name}: {error}") from None

    @property
    def scheme(self) -> Scheme:
        """Which k-mers are minimizers."""
        return Scheme(int(self.k), int(self.w))

    @property
    def _added(self) -> tuple[str, ...]:
        return (_VALUES, _POSITIONS) if self.positions else (_VALUES,)

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input and the new columns.

        Raises:
            SchemaError: There is no string column ``sequence``, or a new column exists.
        """
        import pyarrow as pa

        from biometal_stream.indexes.lists import list_type
        from biometal_stream.schemas.checks import require_absent, require_text

        require_text(input_schema, self.needs, self.name)
        require_absent(input_schema, self._added, self.name)
        kinds = {_VALUES: "uint64", _POSITIONS: "int32"}
        added = [pa.field(name, list_type(kinds[name]), nullable=False) for name in self._added]
        return pa.schema([*input_schema, *added], metadata=input_schema.metadata)

    def pushdown(
        self, columns: frozenset[str], _input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Finds only what is used."""
        added = columns.intersection(self._added)
        if not added:
            return None, columns
        left = self if self.positions == (_POSITIONS in added) else replace(self, positions=False)
        return left, columns.difference(added).union(self.needs)

    def added_bytes(self, batch: pa.RecordBatch, /) -> NDArray[np.int64]:
        """The bytes of the minimizers of random bases, and an offset; (num_rows,)."""
        import numpy as np

        from biometal_stream.view import BatchView

        windows = BatchView(batch).text("sequence").lengths - (self.scheme.window - 1)
        found = np.maximum(windows, 0) * 2 // (self.w + 1)
        return (found + 1) * (12 if self.positions else 8)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Finds the minimizers of each read.

        Raises:
            DataError: A read is null, or the batch has 2³¹ minimizers or more.
        """
        import pyarrow as pa

        from biometal_stream.indexes.lists import list_array
        from biometal_stream.indexes.minimizers import minimizers_of
        from biometal_stream.view import BatchView

        schema = self.output_schema(batch.schema)
        sequences = BatchView(batch).text("sequence")
        found = minimizers_of(sequences, self.scheme, positions=self.positions)
        columns = [list_array(found.values, found.offsets)]
        if found.positions is not None:
            columns.append(list_array(found.positions, found.offsets))
        return pa.RecordBatch.from_arrays([*batch.columns, *columns], schema=schema)
