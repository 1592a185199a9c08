"""The protocols of operators, sources, sinks and runs.

A source yields record batches, operators turn each batch into another, a sink takes them. A user's
own class needs only the plain protocols (`Operator`, `Source`, `Sink`). With the others a class
gives the pipeline more to use, such as work that can be spread over its workers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.interfaces.operators import (
    AlsoWriting,
    Cacheable,
    Concurrency,
    Counting,
    DetailedFunction,
    Editor,
    FileOperator,
    Filter,
    InterruptibleFunction,
    Learner,
    Look,
    Merging,
    Observation,
    Observer,
    Operator,
    OrderedFilter,
    Pushdown,
    Repairing,
    Reshaping,
    SerialFunction,
    Trimmer,
    Widening,
    breaks_pairs,
    ends_early,
    files_of,
    flushed,
    has_to_learn,
    is_ordered_filter,
    needs_order,
)
from biometal_stream.interfaces.streams import (
    FileSource,
    GoodRows,
    MatedSource,
    OpenSink,
    OpenSource,
    ParallelSink,
    ParallelSource,
    PartitionedSource,
    ProjectedSource,
    Run,
    SelectiveSink,
    Sink,
    Source,
    inputs_of,
    unchecked,
)

if TYPE_CHECKING:
    from biometal_stream.interfaces.operators import BatchFunction as BatchFunction

__all__ = [
    "AlsoWriting",
    "Cacheable",
    "Concurrency",
    "Counting",
    "DetailedFunction",
    "Editor",
    "FileOperator",
    "FileSource",
    "Filter",
    "GoodRows",
    "InterruptibleFunction",
    "Learner",
    "Look",
    "MatedSource",
    "Merging",
    "Observation",
    "Observer",
    "OpenSink",
    "OpenSource",
    "Operator",
    "OrderedFilter",
    "ParallelSink",
    "ParallelSource",
    "PartitionedSource",
    "ProjectedSource",
    "Pushdown",
    "Repairing",
    "Reshaping",
    "Run",
    "SelectiveSink",
    "SerialFunction",
    "Sink",
    "Source",
    "Trimmer",
    "Widening",
    "breaks_pairs",
    "ends_early",
    "files_of",
    "flushed",
    "has_to_learn",
    "inputs_of",
    "is_ordered_filter",
    "needs_order",
    "unchecked",
]
