"""Operators as a function for ``map_batches``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from biometal_stream.columns import empty_batch
from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import Filter
from biometal_stream.interop.ray.need import need_ray
from biometal_stream.joined import operators_of
from biometal_stream.operators.base import StatelessOperator
from biometal_stream.pipeline.opened import OpenOperators, refuse_learners, refuse_serial
from biometal_stream.pipeline.value import fold_schema

if TYPE_CHECKING:
    from biometal_stream.interfaces import Operator
    from biometal_stream.joined import Joinable

BATCH_SIZE = 4096
"""Default rows of a batch: several calls of a model, but few enough to stay in the caches."""


class OpenedOperators:
    """Operators that Ray calls with each batch, in an actor: opened once per actor.

    Args:
        operators: The operators, in order; none of them serial.
    """

    def __init__(self, operators: tuple[Operator, ...]) -> None:
        self._transform = OpenOperators(operators)

    def __call__(self, table: pa.Table) -> pa.Table:
        """Transforms a batch from Ray."""
        return _transformed(table, self._transform)


def apply(dataset: Any, *operators: Joinable, batch_size: int = BATCH_SIZE, **options: Any) -> Any:
    """Runs operators on the rows of a dataset, batch by batch, on Ray's workers.

    Lazy, like every transform of Ray Data. Operators that are cheap to open run in tasks. If one
    may not be (a model, or any class that does not derive from `StatelessOperator`), all run in a
    pool of actors, each of which opens them once: one actor, and more as long as Ray has work and
    room for them. ``compute=ray.data.ActorPoolStrategy(size=4)`` selects another pool.

    Mates of a pair stay together as long as they are adjacent rows of one block, at an even number
    of rows from its start, as returned by `read_fastq`; separated mates cause a `DataError`.

    Args:
        dataset: A ``ray.data.Dataset``.
        operators: The operators, in order; none of them serial.
        batch_size: Rows of a batch, an even number, so that pairs stay together.
        options: Other arguments of ``map_batches``: ``compute``, ``num_cpus``, ``num_gpus``.

    Returns:
        The dataset after the last operator.

    Raises:
        MissingExtraError: Ray Data is not installed, or is older than 2.51.
        ConfigurationError: An operator is serial, or the batch size is odd.
        SchemaError: The dataset lacks a column, if Ray already knows its columns.
    """
    steps = operators_of(*operators)
    need_ray("interop.ray.apply")
    refuse_serial(steps, "Ray")
    refuse_learners(steps, "Ray")
    if batch_size < 2 or batch_size % 2:
        raise ConfigurationError(f"batch_size must be an even number of rows: {batch_size}")
    _check(dataset, steps)
    if "compute" not in options and all(map(_opens_for_nothing, steps)):
        return dataset.map_batches(
            _transform,
            fn_args=(steps,),
            batch_size=batch_size,
            batch_format="pyarrow",
            **options,
        )
    return dataset.map_batches(
        OpenedOperators,
        fn_constructor_args=(steps,),
        batch_size=batch_size,
        batch_format="pyarrow",
        **options,
    )


def _check(dataset: Any, operators: tuple[Operator, ...]) -> None:
    """Checks the columns now, if Ray knows them before anything runs."""
    told = dataset.schema(fetch_if_missing=False)
    if told is not None and isinstance(told.base_schema, pa.Schema):
        fold_schema(told.base_schema, operators)


def _opens_for_nothing(operator: Operator) -> bool:
    return isinstance(operator, Filter | StatelessOperator)


def _transform(table: pa.Table, operators: tuple[Operator, ...]) -> pa.Table:
    with OpenOperators(operators) as transform:
        return _transformed(table, transform)


def _transformed(table: pa.Table, transform: OpenOperators) -> pa.Table:
    """Transforms a table in one piece, or in several if it has more than 2 GiB of text."""
    batches = table.combine_chunks().to_batches() or [empty_batch(table.schema)]
    return pa.Table.from_batches(map(transform, batches))
