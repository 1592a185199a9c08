"""The filters by a file of names, and what they have found at the end of a run."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.base import ReadFilter
from biometal_stream.settings import argument

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.operators.keys.tables import FoundKeys
    from biometal_stream.view import BatchView

_SHOWN = 3


@dataclass(frozen=True)
class ListedNames:
    """The result of `keep-names` and `drop-names`.

    Attributes:
        listed: The different names in the file.
        missing: Those that no read has.
        examples: The first three of these.
    """

    listed: int
    missing: int
    examples: tuple[str, ...]

    @property
    def findings(self) -> tuple[str, ...]:
        """The names that are missing, for the end of a run."""
        if not self.missing:
            return ()
        shown = ", ".join(self.examples) + (", ..." if self.missing > len(self.examples) else "")
        return (f"{self.missing:,} of {self.listed:,} names are not in the input: {shown}",)


@dataclass(frozen=True)
class NamesFilter(ReadFilter):
    """A filter by a file of names, which it reads once, before the first batch.

    A pickle of it has the names, so that workers of a cluster do not need the file.
    """

    needs: ClassVar[tuple[str, ...]] = ("name",)

    file: str = argument("The file of names: one in each line, or FASTA or FASTQ; - for stdin.")

    def __post_init__(self) -> None:
        if isinstance(self.file, os.PathLike):
            object.__setattr__(self, "file", os.fspath(self.file))
        super().__post_init__()
        if not self.file:
            raise ConfigurationError(f"{self.name}: name a file of names, or - for standard input")

    @property
    def inputs(self) -> tuple[str, ...]:
        """The file of names, which the output must not replace."""
        return (self.file,)

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input; reads the names.

        Raises:
            SchemaError: There is no column of names.
            InputError: The file cannot be read.
            ConfigurationError: It has no names.
        """
        super().output_schema(input_schema)
        self._names()
        return input_schema

    def columns_read(self, _input_schema: pa.Schema, /) -> frozenset[str]:
        """The names."""
        return frozenset(self.needs)

    def _names(self) -> FoundKeys:
        names: FoundKeys | None = self.__dict__.get("_read")
        if names is None:
            names = _read(self.file, self.name)
            object.__setattr__(self, "_read", names)
        return names

    def _numbers(self, view: BatchView) -> NDArray[np.int64]:
        """The number of each name in the list, -1 if it is not listed; (num_rows,)."""
        return view.once(("listed", self), self._found)

    def _found(self, view: BatchView) -> NDArray[np.int64]:
        import numpy as np

        names, text = self._names(), view.text("name")
        numbers = names.find(_keys(text))
        unmarked = _unmarked(text)
        if unmarked is None:
            return numbers
        return np.where(numbers < 0, names.find(_keys(unmarked)), numbers)

    def _is_listed(self, view: BatchView) -> NDArray[np.bool_]:
        """Which reads are listed, and which have a mate that is; (num_rows,)."""
        import numpy as np

        listed = self._numbers(view) >= 0
        return np.repeat(listed[0::2] | listed[1::2], 2) if view.paired else listed

    def empty(self) -> NDArray[np.uint8]:
        """A bit for each name, none of which has been found."""
        import numpy as np

        return np.zeros((self._names().most + 7) // 8, np.uint8)

    def observe(self, view: BatchView, /) -> NDArray[np.uint8]:
        """Sets the bits of the names of a view."""
        import numpy as np

        numbers = self._numbers(view)
        numbers = numbers[numbers >= 0]
        bits: NDArray[np.uint8] = self.empty()
        np.bitwise_or.at(bits, numbers >> 3, (1 << (numbers & 7)).astype(np.uint8))
        return bits

    def merge(self, one: NDArray[np.uint8], two: NDArray[np.uint8], /) -> NDArray[np.uint8]:
        """The names that were found in either."""
        return one | two

    def finish(self, state: NDArray[np.uint8], /) -> ListedNames:
        """Finds the names that are missing."""
        names = self._names()
        numbers = names.numbers()
        missing = numbers[state[numbers >> 3] >> (numbers & 7) & 1 == 0]
        shown = tuple(map(names.text, missing[:_SHOWN]))
        return ListedNames(len(numbers), len(missing), shown)


def _keys(text: StringColumn) -> Any:
    from biometal_stream.operators.keys.making import keys_of_texts

    return keys_of_texts(text)


def _unmarked(text: StringColumn) -> StringColumn | None:
    """The names without ``/1`` and ``/2`` at their ends; ``None`` if no name has that."""
    import numpy as np

    long = text.lengths > 2
    last = text.data[np.where(long, text.stops - 1, 0)] if len(text.data) else text.data
    before = text.data[np.where(long, text.stops - 2, 0)] if len(text.data) else text.data
    if not len(text.data):
        return None
    marked = long & (before == ord("/")) & ((last == ord("1")) | (last == ord("2")))
    if not marked.any():
        return None
    return text.cut(np.zeros(text.num_rows, np.int64), text.lengths - 2 * marked)


def _read(path: str, name: str) -> FoundKeys:
    from biometal_stream.operators.keys.listing import read_names
    from biometal_stream.operators.keys.tables import KeyTable, default_table

    table = KeyTable(name, default_table())
    for names in read_names(path):
        table.first(_keys(names))
    if not table.count:
        where = "standard input" if path == "-" else path
        raise ConfigurationError(f"{name}: {where} has no names; write one in each line")
    return table.found()
