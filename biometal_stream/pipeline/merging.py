"""One report from the runs of several partitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from biometal_stream.pipeline.meter import bottleneck
from biometal_stream.pipeline.report import Report, StageStatistics
from biometal_stream.pipeline.step import Step
from biometal_stream.pipeline.usage import Usage

if TYPE_CHECKING:
    from biometal_stream.channel import ChannelStatistics

Number = TypeVar("Number", int, float)
Named = TypeVar("Named", StageStatistics, "ChannelStatistics")

_COUNTS = tuple(each.name for each in fields(Step) if each.type == "int | None")


def merged_report(reports: Sequence[Report]) -> Report:
    """Adds up the reports of the partitions of one pipeline.

    Counts and times are summed, so reads, rows and counters are those of one run over the whole
    input. Limits and the number of workers are the largest of any partition. ``wall`` is the
    longest, because it is not known which partitions ran at the same time. ``details`` are those
    of the first partition that has any. Apart from these, and the order of ``warnings`` and
    ``outputs``, the partitions may come in any order, and merged reports can be merged again.
    ``results`` are left out: `merged_states` merges the states behind them.

    Args:
        reports: The reports of partitions of one pipeline, at least one.
    """
    first = reports[0]
    stages = _merged([report.stages for report in reports], _stage)
    threads = max((stage.threads for stage in stages if stage.kind == "workers"), default=1)
    counts: Counter[str] = Counter()
    for report in reports:
        counts.update(report.counts)
    return replace(
        first,
        wall=max(report.wall for report in reports),
        workers=max(report.workers for report in reports),
        memory=max(report.memory for report in reports),
        reads_in=sum(report.reads_in for report in reports),
        reads_out=sum(report.reads_out for report in reports),
        bytes_read=sum(report.bytes_read for report in reports),
        bytes_written=sum(report.bytes_written for report in reports),
        outputs=tuple(dict.fromkeys(name for report in reports for name in report.outputs)),
        # Each task has its own threads for the source and the sink, so the shares of time
        # are as in one run with as many workers as a task has.
        bottleneck=bottleneck(list(stages), threads),
        stages=stages,
        channels=_merged([report.channels for report in reports], _channel),
        counts=dict(counts),
        learnt=_learnt(reports),
        warnings=tuple(dict.fromkeys(text for report in reports for text in report.warnings)),
        usage=_usage([report.usage for report in reports]),
        steps=tuple(map(_step, *(report.steps for report in reports))),
        tasks=sum(report.tasks for report in reports),
    )


def _learnt(reports: Sequence[Report]) -> dict[str, Any]:
    """What the sources of all partitions have learnt about their inputs."""
    learnt: dict[str, Any] = {}
    for report in reports:
        for name, what in report.learnt.items():
            both = isinstance(what, Mapping) and name in learnt
            learnt[name] = {**learnt[name], **what} if both else what
    return learnt


def _merged(
    lists: list[tuple[Named, ...]], merge: Callable[[list[Named]], Named]
) -> tuple[Named, ...]:
    """Merges matching entries of several lists, in an order that fits all of them.

    A partition may lack a stage that others have, such as the inflating of blocks. The first
    operator of a name matches the first of that name elsewhere, and so on.
    """
    order: list[Hashable] = []
    found: dict[Hashable, list[Named]] = {}
    for each in lists:
        place = 0
        seen: Counter[str] = Counter()
        for item in each:
            key = (item.name, seen[item.name])
            seen[item.name] += 1
            if key not in found:
                order.insert(place, key)
                found[key] = []
            place = order.index(key) + 1
            found[key].append(item)
    return tuple(merge(found[key]) for key in order)


def _stage(parts: list[StageStatistics]) -> StageStatistics:
    return replace(
        parts[0],
        threads=max(part.threads for part in parts),
        batches_in=sum(part.batches_in for part in parts),
        batches_out=sum(part.batches_out for part in parts),
        rows_in=sum(part.rows_in for part in parts),
        rows_out=sum(part.rows_out for part in parts),
        bytes_in=sum(part.bytes_in for part in parts),
        bytes_out=sum(part.bytes_out for part in parts),
        busy=_sum([part.busy for part in parts]),
        cpu=_sum([part.cpu for part in parts]),
        blocked=_sum([part.blocked for part in parts]),
        starved=_sum([part.starved for part in parts]),
        details=next((part.details for part in parts if part.details), {}),
    )


def _usage(parts: list[Usage | None]) -> Usage | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return Usage(
        cpu=sum(part.cpu for part in known),
        lock_held=_sum([part.lock_held for part in known]),
        page_faults=sum(part.page_faults for part in known),
    )


def _step(*parts: Step) -> Step:
    """A row of the table. A number that one partition does not know is not known in total."""
    summed: dict[str, Any] = {
        name: _sum([getattr(part, name) for part in parts]) for name in _COUNTS
    }
    return replace(parts[0], **summed)


def _sum(numbers: list[Number | None]) -> Number | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _channel(parts: list[ChannelStatistics]) -> ChannelStatistics:
    """The mean number of items held, weighted by the items that went through."""
    items = sum(part.items for part in parts)
    held = sum(part.mean_items * part.items for part in parts)
    return replace(
        parts[0],
        capacity=max(part.capacity for part in parts),
        capacity_bytes=max(part.capacity_bytes for part in parts),
        items=items,
        most_items=max(part.most_items for part in parts),
        most_bytes=max(part.most_bytes for part in parts),
        mean_items=held / items if items else 0.0,
        full=sum(part.full for part in parts),
        empty=sum(part.empty for part in parts),
    )
