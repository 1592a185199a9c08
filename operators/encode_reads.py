"""Turns reads into the numbers that models take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError
from biometal_stream.models.encodings.encoding import Encoding
from biometal_stream.models.encodings.layouts import DTYPES, LAYOUTS, MAX_K, MAX_LENGTH
from biometal_stream.models.encodings.windows import RULES, check_rule, cut_windows
from biometal_stream.operators.base import StatelessOperator
from biometal_stream.settings import argument, option

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Operator


@dataclass(frozen=True)
class EncodeReads(StatelessOperator):
    """Adds a column of tensors for models: the features of each read.

    ====================== ================ ===================================================
    layout                 shape            values, 0 after the end of a read
    ====================== ================ ===================================================
    sequence-quality-300/1 300              A, C, G, T, other as 0, 1/4, 1/2, 3/4, 1 (150
                                            bases), then Phred score / 93
    quality-mask/1         2 * length       Phred score / 93, then 1 for each base
    one-hot/1              4, 1, length     1 for A; for C; for G; for T or U
    one-hot-quality/1      6, 1, length     these four, Phred score / 93, 1 for each base
    tokens/1               length           A, C, G, T or U, other as 1, 2, 3, 4, 5
    kmers/1                length - k + 1   2 + the k-mer's number; 1 with any other letter
    ====================== ================ ===================================================

    Numbers are float32, float16 or uint8 (the Phred score itself). kmers/1 has int32 or int64,
    tokens/1 these or uint8, and sequence-quality-300/1 only float32.

    Attributes:
        layout: The layout, by name and version.
        length: The most bases of a read, or of a window, to encode.
        dtype: The type of the numbers.
        k: The length of a k-mer in bases, for ``kmers/1`` only.
        windows: What to encode of a read: its first bases, or windows spread evenly over it, or
            windows that start every ``stride`` bases. Windows give a list of tensors for each
            read.
        stride: The bases from the start of one window to the next, for ``stride``.
        column: The name of the new column.
    """

    layout: str = argument("The layout of the features.", choices=LAYOUTS)
    length: int = option(
        "The most bases to encode.",
        default=150,
        unit="bases",
        minimum=1,
        maximum=MAX_LENGTH,
    )
    dtype: str = option("The type of the numbers.", default="float32", choices=DTYPES)
    k: int | None = option(
        "The length of a k-mer, for kmers/1.", default=None, unit="bases", minimum=1, maximum=MAX_K
    )
    windows: str = option(
        "What to encode of a read: its first bases, or windows spread evenly over it, or windows"
        " that start every stride.",
        default="first",
        choices=RULES,
    )
    stride: int | None = option(
        "From the start of one window to the next, for windows of that name.",
        default=None,
        unit="bases",
        minimum=1,
    )
    column: str = option("The name of the new column.", default="features")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.column:
            raise ConfigurationError(f"{self.name}: the new column needs a name")
        try:
            check_rule(self.windows, self.stride)
            _ = self.encoding
        except ConfigurationError as error:
            raise ConfigurationError(f"{self.name}: {error}") from None

    @property
    def encoding(self) -> Encoding:
        """The encoding that layout, length, type and k define."""
        # Settings may be numpy numbers, which JSON does not accept.
        k = None if self.k is None else int(self.k)
        return Encoding(self.layout, int(self.length), self.dtype, k)

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input and the new column.

        Raises:
            SchemaError: A string column that the layout reads is missing, or the new one exists.
        """
        from biometal_stream.schemas.checks import require_absent, require_text
        from biometal_stream.schemas.features import features_field

        encoding = self.encoding
        require_text(input_schema, encoding.columns, self.name)
        require_absent(input_schema, (self.column,), self.name)
        field = features_field(
            self.column,
            encoding.dtype,
            encoding.shape,
            encoding.to_dict(),
            listed=self.windows != "first",
        )
        return input_schema.append(field)

    def pushdown(
        self, columns: frozenset[str], _input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Does nothing if the new column is not used."""
        if self.column not in columns:
            return None, columns
        return self, columns - {self.column} | frozenset(self.encoding.columns)

    def added_bytes(self, batch: pa.RecordBatch, /) -> NDArray[np.int64]:
        """The bytes of the features of each read; (num_rows,)."""
        from math import prod

        import numpy as np

        from biometal_stream.models.encodings.windows import count_windows
        from biometal_stream.view import BatchView

        encoding = self.encoding
        lengths = BatchView(batch).text(encoding.columns[0]).lengths
        counts = count_windows(lengths, encoding.length, self.windows, self.stride)
        return counts * (prod(encoding.shape) * np.dtype(encoding.dtype).itemsize)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Encodes each read into the memory of the new column."""
        from math import prod

        import numpy as np
        import pyarrow as pa

        from biometal_stream.schemas.features import features_array
        from biometal_stream.view import BatchView

        schema = self.output_schema(batch.schema)
        encoding, view = self.encoding, BatchView(batch)
        columns = {name: view.text(name) for name in encoding.columns}
        lengths = columns[encoding.columns[0]].lengths
        windows = cut_windows(lengths, encoding.length, self.windows, self.stride)
        kind = np.dtype(encoding.dtype)
        values = pa.allocate_buffer(len(windows) * prod(encoding.shape) * kind.itemsize)
        out = np.frombuffer(values, kind) if values.size else np.empty(0, kind)
        encoding.encode(
            columns.get("sequence"),
            columns.get("quality"),
            windows,
            out.reshape(len(windows), *encoding.shape),
        )
        offsets = None
        if self.windows != "first":
            firsts = np.searchsorted(windows.rows, np.arange(batch.num_rows + 1))
            offsets = pa.py_buffer(firsts.astype(np.int32))
        features = features_array(schema.field(self.column), values, offsets)
        return pa.RecordBatch.from_arrays([*batch.columns, features], schema=schema)
