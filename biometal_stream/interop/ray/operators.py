"""Operators as the function of ``map_batches``."""

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
"""Rows of a batch, unless told: some calls of a model, and few enough to stay in the caches."""


class OpenedOperators:
    """Operators as what Ray calls with each batch, in an actor: opened once, with the actor.

    Args:
        operators: What is done, in order; none of them serial.
    """

    def __init__(self, operators: tuple[Operator, ...]) -> None:
        self._transform = OpenOperators(operators)

    def __call__(self, table: pa.Table) -> pa.Table:
        """Transforms a batch of Ray's."""
        return _transformed(table, self._transform)


def apply(dataset: Any, *operators: Joinable, batch_size: int = BATCH_SIZE, **options: Any) -> Any:
    """Has operators transform the rows of a dataset, batch by batch, on Ray's workers.

    Lazy, as every transform of Ray Data. Operators that cost nothing to open run in tasks. Where
    one may (a model, or any class that does not derive from `StatelessOperator`), all run in a
    pool of actors, each of which opens them once: of one actor, and as many more as Ray finds
    work and room for. ``compute=ray.data.ActorPoolStrategy(size=4)`` asks for another pool.

    Mates of a pair stay together as long as they are adjacent rows of one block, an even number
    of rows from its start, as `read_fastq` gives them; `DataError` tells of mates that are
    parted.

    Args:
        dataset: A ``ray.data.Dataset``.
        operators: What is done, in order; none of them serial.
        batch_size: Rows of a batch, an even number, so that pairs stay together.
        options: What ``map_batches`` takes beside: ``compute``, ``num_cpus``, ``num_gpus``.

    Returns:
        The dataset of what the last operator gives.

    Raises:
        MissingExtraError: Ray Data is not installed, or is older than 2.51.
        ConfigurationError: An operator is serial, or the batch size is odd.
        SchemaError: The dataset lacks a column, where Ray knows its columns already.
    """
    steps = operators_of(*operators)
    need_ray("embed.ray.apply")
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
    """Checks the columns now, where Ray knows them before anything runs."""
    told = dataset.schema(fetch_if_missing=False)
    if told is not None and isinstance(told.base_schema, pa.Schema):
        fold_schema(told.base_schema, operators)


def _opens_for_nothing(operator: Operator) -> bool:
    return isinstance(operator, Filter | StatelessOperator)


def _transform(table: pa.Table, operators: tuple[Operator, ...]) -> pa.Table:
    with OpenOperators(operators) as transform:
        return _transformed(table, transform)


def _transformed(table: pa.Table, transform: OpenOperators) -> pa.Table:
    """Transforms a table in one piece, or in several where its text has more than 2 GiB."""
    batches = table.combine_chunks().to_batches() or [empty_batch(table.schema)]
    return pa.Table.from_batches(map(transform, batches))
