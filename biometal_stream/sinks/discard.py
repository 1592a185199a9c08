"""A sink for runs that are made only for their results."""

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
        "without 'write' a run ends with a summary, which only counts bases, qualities, numbers and"
        " labels"
    )

    def takes(self, schema: pa.Schema, /) -> frozenset[str]:  # noqa: ARG002 - of any schema none
        """No columns."""
        return frozenset()

    @contextmanager
    def open(self, schema: pa.Schema, /) -> Iterator[Callable[[pa.RecordBatch], None]]:  # noqa: ARG002 - of any schema none
        """Yields a function that ignores batches."""
        yield lambda _: None
