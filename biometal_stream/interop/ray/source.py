"""A pipeline as a data source of Ray Data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from ray.data.block import BlockMetadata
from ray.data.datasource import Datasource, ReadTask

from biometal_stream.interop.partitions import read_partition
from biometal_stream.operators.select import Select

if TYPE_CHECKING:
    from collections.abc import Iterator

    from biometal_stream.pipeline.pipeline import Pipeline


class PipelineDatasource(Datasource):
    """Reads the partitions of a pipeline, each in a task.

    Columns that the plan does not use are not made, if Ray's version informs the source.

    Args:
        parts: The partitions, in the order of the rows.
    """

    def __init__(self, parts: list[Pipeline]) -> None:
        base: Any = super()  # not annotated in Ray
        base.__init__()
        self._parts = parts
        self._projection_map: dict[str, str] | None = None  # as in Ray's own sources

    def get_name(self) -> str:
        """The name of the read tasks."""
        return "Reads"

    def estimate_inmemory_data_size(self) -> int | None:
        """Unknown before it is read."""
        return None

    def supports_projection_pushdown(self) -> bool:
        """Whether this version of Ray passes on the used columns in a supported way."""
        return hasattr(Datasource, "get_projection_map")

    def get_read_tasks(
        self,
        parallelism: int,  # noqa: ARG002 - there are as many tasks as partitions
        per_task_row_limit: int | None = None,
        data_context: Any = None,  # noqa: ARG002 - not needed
    ) -> list[ReadTask]:
        """A task for each partition."""
        unknown = BlockMetadata(num_rows=None, size_bytes=None, input_files=None, exec_stats=None)
        parts = [self._projected(part) for part in self._parts]
        return [
            ReadTask(
                _Read(part), unknown, schema=part.schema, per_task_row_limit=per_task_row_limit
            )
            for part in parts
        ]

    def _projected(self, part: Pipeline) -> Pipeline:
        if self._projection_map is None:
            return part
        # If rows are only counted, one column remains, since Ray's blocks need one.
        return part | Select(tuple(self._projection_map) or tuple(part.schema.names[:1]))


@dataclass(frozen=True)
class _Read:
    """Reads a partition, a few MiB of text at a time."""

    part: Pipeline

    def __call__(self) -> Iterator[pa.Table]:
        for batch in read_partition(self.part):
            yield pa.Table.from_batches([batch])
