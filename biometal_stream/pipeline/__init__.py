"""The streaming engine: sources, operators and sinks on threads, with backpressure."""

from __future__ import annotations

from biometal_stream.pipeline.pipeline import Pipeline
from biometal_stream.pipeline.records import Read
from biometal_stream.pipeline.report import Report, Snapshot, StageStatistics

__all__ = ["Pipeline", "Read", "Report", "Snapshot", "StageStatistics"]
