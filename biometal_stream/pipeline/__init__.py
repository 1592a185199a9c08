"""The streaming engine: sources, operators and sinks on threads, with backpressure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from biometal_stream.pipeline.pipeline import Pipeline
    from biometal_stream.pipeline.records import Read
    from biometal_stream.pipeline.report import Report, Snapshot, StageStatistics
else:
    from biometal_stream.lazy import lazy_names

    __getattr__ = lazy_names(
        __name__,
        {
            "Pipeline": "biometal_stream.pipeline.pipeline",
            "Read": "biometal_stream.pipeline.records",
            "Report": "biometal_stream.pipeline.report",
            "Snapshot": "biometal_stream.pipeline.report",
            "StageStatistics": "biometal_stream.pipeline.report",
        },
    )

__all__ = ["Pipeline", "Read", "Report", "Snapshot", "StageStatistics"]
