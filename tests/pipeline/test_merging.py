"""Reports of parts add up to that of the whole, in whatever way they are put together."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.channel import ChannelStatistics
from biometal_stream.pipeline import Report, StageStatistics
from biometal_stream.pipeline.merging import merged_report

WHOLE = st.integers(0, 1000)
SECONDS = st.integers(0, 64).map(lambda number: number / 8)  # which add up exactly


@st.composite
def stages(draw: st.DrawFn) -> tuple[StageStatistics, ...]:
    names = ["read", *(["inflate"] if draw(st.booleans()) else []), "parse", "filter", "filter"]
    kinds = {"read": "source"}
    return tuple(
        StageStatistics(
            name,
            kinds.get(name, "workers"),  # type: ignore[arg-type]
            draw(st.integers(1, 3)),
            *(draw(WHOLE) for _ in range(6)),
            *(draw(SECONDS) for _ in range(4)),
            details=draw(st.sampled_from([{}, {"model": "a"}])),
        )
        for name in names
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    items = draw(WHOLE)
    channel = ChannelStatistics(
        "parse",
        draw(WHOLE),
        draw(WHOLE),
        items,
        draw(WHOLE),
        draw(WHOLE),
        mean_items=draw(SECONDS) if items else 0.0,
        full=draw(SECONDS),
        empty=draw(SECONDS),
    )
    return Report(
        draw(SECONDS),
        *(draw(WHOLE) for _ in range(6)),
        outputs=(),
        bottleneck="read",
        stages=draw(stages()),
        channels=(channel,),
        counts=draw(st.dictionaries(st.sampled_from(["bad records", "reads"]), WHOLE)),
        warnings=tuple(draw(st.sets(st.sampled_from("abc")))),
    )


def alike(one: Report, other: Report) -> None:
    """Compares two reports, but for the order of what is only listed."""

    def settled(report: Report) -> Report:
        means = [channel.mean_items for channel in report.channels]
        assert all(map(math.isfinite, means))
        return replace(
            report,
            warnings=tuple(sorted(report.warnings)),
            stages=tuple(replace(stage, details={}) for stage in report.stages),
            channels=tuple(
                replace(channel, mean_items=round(channel.mean_items, 9))
                for channel in report.channels
            ),
        )

    assert settled(one) == settled(other)


@settings(max_examples=30)
@given(st.lists(reports(), min_size=1, max_size=5), st.randoms())
def test_the_order_of_parts_does_not_matter(parts: list[Report], random: object) -> None:
    shuffled = list(parts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    alike(merged_report(parts), merged_report(shuffled))


@settings(max_examples=30)
@given(st.lists(reports(), min_size=2, max_size=5), st.data())
def test_merged_reports_are_merged_again(parts: list[Report], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(parts) - 1))
    halves = [merged_report(parts[:cut]), merged_report(parts[cut:])]
    alike(merged_report(halves), merged_report(parts))


@given(reports())
def test_one_part_is_itself(part: Report) -> None:
    merged = merged_report([part])
    alike(replace(merged, bottleneck=part.bottleneck), part)
    assert merged.stages == part.stages


def _report(*stages_: StageStatistics, workers: int = 1) -> Report:
    return Report(1.0, workers, 0, 0, 0, 0, 0, (), "", stages_, ())


def test_what_is_counted_is_summed() -> None:
    one = replace(
        _report(StageStatistics("read", "source", 1, rows_out=3, busy=1.0)),
        reads_in=3,
        counts={"bad records": 1},
        warnings=("a", "b"),
        outputs=("x",),
    )
    other = replace(
        _report(StageStatistics("read", "source", 1, rows_out=4, busy=2.0)),
        reads_in=4,
        counts={"bad records": 2, "bad pairs": 1},
        warnings=("b", "c"),
        outputs=("y",),
    )
    merged = merged_report([one, other])
    assert merged.reads_in == 7
    assert merged.counts == {"bad records": 3, "bad pairs": 1}
    assert merged.warnings == ("a", "b", "c")
    assert merged.outputs == ("x", "y")
    assert merged.stages == (StageStatistics("read", "source", 1, rows_out=7, busy=3.0),)
    assert merged.tasks == 2


def test_a_stage_that_some_parts_lack_keeps_its_place() -> None:
    read, inflate, parse = (
        StageStatistics("read", "source", 1),
        StageStatistics("inflate", "workers", 1, batches_in=5),
        StageStatistics("parse", "workers", 1),
    )
    plain, bgzf = _report(read, parse), _report(read, inflate, parse)
    for order in ([plain, bgzf], [bgzf, plain], [plain, plain, bgzf]):
        assert [stage.name for stage in merged_report(order).stages] == ["read", "inflate", "parse"]


def test_the_bottleneck_is_found_anew() -> None:
    quick = _report(
        StageStatistics("read", "source", 1, busy=2.0),
        StageStatistics("parse", "workers", 2, busy=0.0),
    )
    slow = _report(
        StageStatistics("read", "source", 1, busy=0.0),
        StageStatistics("parse", "workers", 2, busy=5.0),
    )
    assert merged_report([quick, slow]).bottleneck == "parse"
    slower = replace(slow, stages=(slow.stages[0], replace(slow.stages[1], busy=3.0)))
    assert merged_report([quick, slower]).bottleneck == "read"  # each task has two workers
    untimed = _report(StageStatistics("read", "source", 1), StageStatistics("parse", "workers", 2))
    assert merged_report([untimed, untimed]).bottleneck is None


@pytest.mark.parametrize("order", [1, -1])
def test_details_are_of_the_first_that_has_any(order: int) -> None:
    none = _report(StageStatistics("predict", "workers", 1))
    some = _report(StageStatistics("predict", "workers", 1, details={"model": "quality"}))
    merged = merged_report([none, some][::order])
    assert merged.stages[0].details == {"model": "quality"}
