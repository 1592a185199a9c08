"""The base class of operators that split long reads, with the columns that say where a part was."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from biometal_stream.errors import SchemaError
from biometal_stream.operators.base import StatelessOperator

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Operator
    from biometal_stream.view import BatchView

COLUMNS = ("parent", "part", "parent_start", "parent_stop")
"""The name of the read that was split; the number of the part in it, from 1; and which of its bases
the part has, from 0 on, without the last."""


class ReadSplitter(StatelessOperator):
    """A splitter. A subclass says which string columns it reads, and which bases to cut out.

    What lies between the bases that are cut out becomes a read of its own. Bases, qualities and
    lists of scores are cut alike; other columns are repeated. The parts of a read that has become
    several have its name with ``_s1``, ``_s2`` and so on. A read of which nothing is left becomes
    empty, and `MinLength` drops it.
    """

    needs: ClassVar[tuple[str, ...]] = ()

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input, and `COLUMNS`, unless an earlier step has added these.

        Raises:
            SchemaError: A string column that is needed is missing, a column describes the whole
                reads, or reads are paired.
        """
        import pyarrow as pa

        from biometal_stream.schemas.checks import require_absent, require_text
        from biometal_stream.schemas.cutting import require_fresh

        require_text(input_schema, ("name", *self.needs), self.name)
        require_fresh(input_schema, self.name)
        if "mate" in input_schema.names:
            raise SchemaError(
                f"{self.name} makes several reads of one, so reads must be single, and these are"
                " pairs; read the files of both mates separately"
            )
        kinds = (input_schema.field("name").type, pa.int32(), pa.int64(), pa.int64())
        fields = [pa.field(*one, nullable=False) for one in zip(COLUMNS, kinds, strict=True)]
        if not was_split(input_schema):
            require_absent(input_schema, COLUMNS, self.name)
            return pa.schema([*input_schema, *fields], metadata=input_schema.metadata)
        for field in fields:
            found = input_schema.field(field.name).type
            if found != field.type:
                raise SchemaError(
                    f"{self.name} needs {field.type} in column '{field.name}', which is {found};"
                    " rename or drop it first"
                )
        return input_schema

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Splits the same; reads its columns and the name."""
        needed = columns | {"name", *self.needs}
        split = was_split(input_schema) and not columns.isdisjoint(COLUMNS)
        return self, needed.union(COLUMNS) if split else needed.difference(COLUMNS)

    def marks(self, view: BatchView, /) -> NDArray[np.uint8]:
        """Marks the bases to cut out: ``uint8``, (bases of all reads,), 1 for these and 0."""
        raise NotImplementedError(f"{type(self).__name__} has no marks(); write one")

    def reshape(self, batch: pa.RecordBatch, /) -> tuple[pa.RecordBatch, NDArray[np.int64]]:
        """Splits the reads of a batch; see `biometal_stream.interfaces.Reshaping`.

        Raises:
            DataError: A read is null, has a byte that is not a quality, or has a different number
                of bases and qualities.
        """
        from biometal_stream.schemas.cutting import per_base
        from biometal_stream.view import BatchView

        schema = self.output_schema(batch.schema)
        view = BatchView(batch)
        view.require_equal_lengths(per_base(batch.schema))
        parts = _parts(view, self.marks(view))
        return _taken(view, parts, schema), parts.rows

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Splits the reads of a batch."""
        return self.reshape(batch)[0]


def was_split(schema: pa.Schema) -> bool:
    """Whether reads are parts of others, as an earlier step has noted."""
    return set(COLUMNS) <= set(schema.names)


class _Parts(NamedTuple):
    """The parts of the reads of a batch, each array (parts,).

    ``rows`` has the row of its read, ``numbers`` the place among its parts, from 1, ``several``
    whether there are others, and ``firsts`` and ``lasts`` which bases it has.
    """

    rows: NDArray[np.int64]
    numbers: NDArray[np.int32]
    several: NDArray[np.bool_]
    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]


def _parts(view: BatchView, marks: NDArray[np.uint8]) -> _Parts:
    import numpy as np

    from biometal_stream.operators.kernels.stretches import count_parts, find_parts

    text = view.text("sequence")
    counts = np.empty(view.num_rows, np.int64)
    count_parts(text.starts, text.stops, marks, counts)
    ends = np.cumsum(counts)
    firsts, lasts = np.empty((2, int(counts.sum())), np.int64)
    find_parts(text.starts, text.stops, marks, firsts, lasts)
    numbers = np.arange(1, len(firsts) + 1) - np.repeat(ends - counts, counts)
    return _Parts(
        np.repeat(np.arange(view.num_rows, dtype=np.int64), counts),
        numbers.astype(np.int32),
        np.repeat(counts > 1, counts),
        firsts,
        lasts,
    )


def _taken(view: BatchView, parts: _Parts, schema: pa.Schema) -> pa.RecordBatch:
    """The parts as a batch."""
    import pyarrow as pa

    from biometal_stream.columns import string_array
    from biometal_stream.schemas.cutting import per_base
    from biometal_stream.view import take_rows

    whole = view.batch
    if len(parts.rows) > whole.num_rows:
        whole = take_rows(whole, parts.rows)
    columns = dict(zip(whole.schema.names, whole.columns, strict=True))
    for name in per_base(whole.schema):
        text = view.text(name).take(parts.rows).cut(parts.firsts, parts.lasts)
        columns[name] = string_array(text, whole.schema.field(name).type)
    if was_split(whole.schema):
        starts = whole.column("parent_start").to_numpy()
        columns["parent_start"] = pa.array(starts + parts.firsts)
        columns["parent_stop"] = pa.array(starts + parts.lasts)
    else:
        columns["parent"] = whole.column("name")
        columns["parent_start"], columns["parent_stop"] = map(pa.array, parts[3:])
    columns["part"] = pa.array(parts.numbers)
    if parts.several.any():
        columns["name"] = _numbered(whole.column("name"), parts)
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)


def _numbered(names: pa.Array, parts: _Parts) -> pa.Array:
    """The names of the parts: those of reads that have become several are numbered."""
    import numpy as np
    import pyarrow as pa

    texts = names.to_pylist()
    for row in np.flatnonzero(parts.several).tolist():
        texts[row] += f"_s{parts.numbers[row]}"
    return pa.array(texts, names.type)
