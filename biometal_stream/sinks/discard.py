"""Nowhere: for runs whose results are all that is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class DiscardSink:
    """A sink that writes nothing."""

    holds: ClassVar[str] = (
        "without 'write' a run ends with a summary, which counts bases, qualities, numbers and"
        " labels alone"
    )

    def takes(self, schema: pa.Schema, /) -> frozenset[str]:  # noqa: ARG002 - of any schema none
        """No column."""
        return frozenset()

    @contextmanager
    def open(self, schema: pa.Schema, /) -> Iterator[Callable[[pa.RecordBatch], None]]:  # noqa: ARG002 - of any schema none
        """Yields what takes batches."""
        yield lambda _: None
