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
    FileOperator,
    Filter,
    InterruptibleFunction,
    Learner,
    Look,
    Observation,
    Observer,
    Operator,
    OrderedFilter,
    Pushdown,
    SerialFunction,
    Splitter,
    Trimmer,
    Widening,
    ends_early,
    flushed,
    has_to_learn,
    is_ordered_filter,
    needs_order,
)
from biometal_stream.interfaces.streams import (
    FileSource,
    GoodRows,
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
)

if TYPE_CHECKING:
    from biometal_stream.interfaces.operators import BatchFunction as BatchFunction

__all__ = [
    "AlsoWriting",
    "Cacheable",
    "Concurrency",
    "Counting",
    "DetailedFunction",
    "FileOperator",
    "FileSource",
    "Filter",
    "GoodRows",
    "InterruptibleFunction",
    "Learner",
    "Look",
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
    "Run",
    "SelectiveSink",
    "SerialFunction",
    "Sink",
    "Source",
    "Splitter",
    "Trimmer",
    "Widening",
    "ends_early",
    "flushed",
    "has_to_learn",
    "inputs_of",
    "is_ordered_filter",
    "needs_order",
]
