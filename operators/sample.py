"""Keeps a random sample of the reads."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import Concurrency
from biometal_stream.operators.base import ReadFilter, transform_whole
from biometal_stream.settings import option

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import BatchFunction, SerialFunction
    from biometal_stream.view import BatchView

_MERGED_BYTES = 4 << 20
_Value = TypeVar("_Value", bound=Any)


@dataclass(frozen=True)
class Sample(ReadFilter):
    """Keeps a share or a number of the reads, chosen by a seeded hash of their names.

    The sample depends only on names and seed, not on the number of workers or on batches. Mates
    agree, even if their files are sampled one after the other: an ending of ``/1``, ``.1`` or
    ``_1``, or the same with a 2, is not hashed. So reads of the same name are kept or dropped
    together, and so are two reads whose names differ only in such an ending, such as the first
    two spots of an SRA run, ``SRR1.1`` and ``SRR1.2``: a batch does not show whether those are
    mates. For a pair the name of mate 1 decides.

    A fraction is decided read by read, so that the share kept is about the fraction. With
    ``--exact`` it is the fraction, rounded to a whole read, and so is that of each 1,000 reads in a
    row: of these, the reads with the smallest hashes are kept. They are held until there are 1,000.

    A number needs the whole stream: the reads with the
    smallest hashes are kept, the first ones if hashes are equal, and come out in input order when
    the input ends. Until then at most twice the number of reads and one batch are held in memory,
    in addition to ``--memory``: some 800 bytes for each requested read of 150 bases, and 4 bytes
    for each base of long reads. A fraction holds no reads.

    Attributes:
        fraction: The share of reads to keep. Give either this or ``number``.
        number: The number of reads to keep; of pairs, if reads are paired.
        exact: Whether to keep exactly the fraction, and not each read with this probability.
        seed: The random seed.
    """

    needs: ClassVar[tuple[str, ...]] = ("name",)
    names_column: ClassVar[bool] = True

    fraction: float | None = option(
        "The share of reads to keep.", default=None, minimum=0, maximum=1
    )
    number: int | None = option(
        "The number of reads to keep, or of pairs if reads are paired.", default=None, minimum=0
    )
    exact: bool = option("Keep exactly the fraction, of each 1,000 reads in a row.", default=False)
    seed: int = option("The random seed.", default=0, minimum=0, maximum=2**64 - 1)

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.fraction is None) == (self.number is None):
            raise ConfigurationError(f"{self.name}: give either a fraction or a number")
        if self.exact and self.fraction is None:
            raise ConfigurationError(f"{self.name}: a number is exact; leave exact out")

    @property
    def concurrency(self) -> Concurrency:
        """A number and an exact fraction need all batches in order."""
        alone = self.number is None and not self.exact
        return Concurrency.SHARED if alone else Concurrency.SERIAL

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        return "not in the sample"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Compares the hash of each name with the fraction.

        Raises:
            TypeError: One batch does not determine the sample: it is a number of reads, or exact.
        """
        import numpy as np

        if self.fraction is None or self.exact:
            raise TypeError("the sample needs the whole stream; call it or open it")
        # The upper 53 bits are a double precision number from 0 to 1, without 1.
        chosen = (hashes_of(view, self.seed) >> np.uint64(11)) * 2.0**-53 < self.fraction
        return _by_row(chosen, view)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Samples one batch; for a number, or exactly, as if it were the whole stream."""
        function = self._function()
        if function is None:
            return super().__call__(batch)
        self.output_schema(batch.schema)
        return transform_whole(function, batch)

    @contextmanager
    def open(self) -> Iterator[BatchFunction]:
        """Yields the operator, or a function with state for a number or an exact fraction."""
        yield self._function() or self

    def _function(self) -> SerialFunction | None:
        if self.number is not None:
            return _Sample(self.number, self.seed)
        if self.exact and self.fraction is not None:
            from biometal_stream.operators.exact_share import ExactShare

            return ExactShare(self.fraction, partial(hashes_of, seed=self.seed))
        return None


def hashes_of(view: BatchView, seed: int) -> NDArray[np.uint64]:
    """The hash of the name of each read, or of mate 1 of each pair; (units,)."""
    import numpy as np

    from biometal_stream.operators.kernels.names import hash_names

    names = view.text("name")
    hashes = np.empty(names.num_rows, np.uint64)
    hash_names(names.starts, names.stops, names.data, np.uint64(seed), hashes)
    return hashes[view.unit_starts]


def _by_row(values: NDArray[_Value], view: BatchView) -> NDArray[_Value]:
    """The values of reads and pairs, (units,), for each row, (num_rows,)."""
    import numpy as np

    return np.repeat(values, np.diff(view.unit_starts, append=view.num_rows))


class _Sample:
    """The state of `Sample`: the candidates, in input order.

    ``_limit`` is the greatest hash of the candidates when they were last reduced: reads above it
    can never be kept.
    """

    exhausted = False

    def __init__(self, number: int, seed: int) -> None:
        self._number = number
        self._seed = seed
        self._batches: list[pa.RecordBatch] = []
        self._hashes: list[NDArray[np.uint64]] = []  # one for each read or pair
        self._held = 0
        self._limit = 2**64 - 1

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        import numpy as np

        from biometal_stream.view import BatchView

        view = BatchView(batch)
        hashes = hashes_of(view, self._seed)
        keep = hashes <= np.uint64(self._limit) if self._number else np.zeros(len(hashes), bool)
        if keep.any():
            self._batches.append(view.keep(_by_row(keep, view)).to_batch())
            self._hashes.append(hashes[keep])
            self._held += len(self._hashes[-1])
            if self._held > 2 * self._number:
                self._sort_out()
        return batch.slice(0, 0)

    def _sort_out(self) -> None:
        """Drops all but the smallest hashes; if hashes are equal, the later ones."""
        import numpy as np

        from biometal_stream.view import BatchView, as_mask, filter_rows

        hashes = np.concatenate(self._hashes)
        smallest = np.argsort(hashes, kind="stable")[: self._number]
        self._limit = int(hashes[smallest[-1]])
        keep = np.zeros(len(hashes), bool)
        keep[smallest] = True
        batches, kept = [], []
        start = 0
        for batch, own in zip(self._batches, self._hashes, strict=True):
            mask = keep[start : start + len(own)]
            start += len(own)
            if mask.any():
                batches.append(filter_rows(batch, as_mask(_by_row(mask, BatchView(batch)))))
                kept.append(own[mask])
        self._batches, self._hashes = batches, kept
        self._held = len(smallest)

    def flush(self) -> Iterator[pa.RecordBatch]:
        """Returns what is left in batches of some MiB, because one could not hold 2 GiB of text."""
        import pyarrow as pa

        if self._held > self._number:
            self._sort_out()
        batches, self._batches, self._hashes = deque(self._batches), [], []
        some: list[pa.RecordBatch] = []
        nbytes = 0
        while batches:
            some.append(batches.popleft())
            nbytes += some[-1].nbytes
            if not batches or nbytes + batches[0].nbytes > _MERGED_BYTES:
                yield pa.concat_batches(some) if len(some) > 1 else some[0]
                some, nbytes = [], 0
