"""The shares of a run's memory add up to its bound, whatever the run consists of."""

from __future__ import annotations

import re
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.budget import MIB, Budget, budget_of
from biometal_stream.interfaces import Concurrency
from biometal_stream.pipeline import Pipeline
from biometal_stream.run import LEAST_MEMORY, LocalRun, default_memory
from tests.conftest import REPOSITORY
from tests.stand_ins import Call, Collect, Numbers, rows

budgets = st.builds(
    Budget, st.integers(LEAST_MEMORY, 2**40), st.integers(1, 512), st.integers(1, 40)
)


@given(budgets)
def test_the_shares_add_up_to_the_bound(budget: Budget) -> None:
    assert budget.source + budget.stages * budget.stage + budget.sink <= budget.memory
    assert 2 * budget.file <= budget.source
    assert budget.inflated + budget.held <= budget.file
    assert 2 * budget.queue <= budget.sink
    assert 2 * budget.workers * budget.batch <= budget.stage
    assert budget.pipes >= budget.source


@given(budgets)
def test_more_stages_take_no_more(budget: Budget) -> None:
    more = Budget(budget.memory, budget.workers, budget.stages + 3)
    assert more.stages * more.stage <= budget.memory // 2
    assert more.chunk == budget.chunk  # messages about mates depend on it


@given(st.integers(1, 64))
def test_the_usual_run_has_a_quarter_for_each_stage(workers: int) -> None:
    budget = Budget(1024 * MIB, workers)
    assert budget.stage == 256 * MIB
    assert budget.chunk * 9 // 8 * (workers + 2) <= budget.stage
    assert budget.item * (workers + 2) <= budget.stage


@pytest.mark.parametrize("workers", [1, 2, 16, 64])
def test_chunks_do_not_shrink_with_more_workers(workers: int) -> None:
    with patch("biometal_stream.run.usable_memory", return_value=None):
        few, more = (Budget(default_memory(each), each) for each in (workers, workers + 1))
    assert 4 * MIB <= few.chunk <= more.chunk <= 12 * MIB
    assert few.file // few.chunk >= 3  # to be inflated ahead


@pytest.mark.parametrize("serial", [3, 4, 7])
def test_a_run_of_many_stages_keeps_the_bound(serial: int) -> None:
    """Each serial operator has a stage of workers after it."""
    before = pa.total_allocated_bytes()
    most = [0]

    def copy(batch: pa.RecordBatch) -> pa.RecordBatch:
        most[0] = max(most[0], pa.total_allocated_bytes() - before)
        return pa.record_batch([pc.add(batch.column(0), 0)], schema=batch.schema)

    pipeline = Pipeline(Numbers(40, 30_000)).with_options(threads=3, memory=LEAST_MEMORY)
    for _ in range(serial):
        pipeline = pipeline | Call(concurrency=Concurrency.SERIAL) | Call(copy)
    execution = pipeline.execution()
    assert sum(batch.num_rows for batch in execution.stream()) == 1_200_000
    channels = execution.report().channels
    assert len(channels) == serial + 1
    assert sum(channel.capacity_bytes for channel in channels) <= LEAST_MEMORY // 2
    for channel in channels:
        assert channel.most_bytes <= channel.capacity_bytes
    assert 0 < most[0] <= LEAST_MEMORY


def test_the_bound_is_divided_in_one_place() -> None:
    """Nothing else computes with a run's memory."""
    shared = re.compile(r"\bmemory\s*(//|/|\*)")
    package = REPOSITORY / "biometal_stream"
    own = [package / "budget.py", package / "run.py"]
    folders = ("codecs", "sources", "sinks", "pipeline")
    files = [*package.glob("*.py"), *(f for each in folders for f in _python(package / each))]
    divided = [str(file) for file in files if shared.search(file.read_text()) and file not in own]
    assert divided == []


def _python(folder: Path) -> list[Path]:
    return list(folder.rglob("*.py"))


def test_rows_are_the_same_for_every_bound() -> None:
    pipeline = Pipeline(Numbers(9, 1000)) | Call(concurrency=Concurrency.SERIAL) | Call()
    found = []
    for memory in (LEAST_MEMORY, 2**28):
        sink = Collect()
        pipeline.with_options(threads=2, memory=memory).run(sink)
        found.append(rows(sink.got))
    assert found[0] == found[1] == list(range(9000))


def test_sources_and_sinks_ask_the_run() -> None:
    with LocalRun(1, 96 * MIB) as run:
        assert budget_of(run) == Budget(96 * MIB, 1)
