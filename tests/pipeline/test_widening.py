"""Operators that widen: their input is cut, and the rows are the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.budget import Budget
from biometal_stream.interfaces import Concurrency, Widening
from biometal_stream.models.encodings.windows import RULES, count_windows, cut_windows
from biometal_stream.pipeline import Pipeline
from biometal_stream.pipeline.widening import cut_before, output_bytes
from biometal_stream.run import LEAST_MEMORY, available_cores
from tests.stand_ins import Call, Collect, Numbers, rows


class Wide(Call):
    """Says that a row adds as many bytes as its number."""

    def added_bytes(self, batch: pa.RecordBatch) -> np.ndarray:
        return batch.column("row").to_numpy()


def numbers(*values: int) -> pa.RecordBatch:
    return pa.record_batch({"row": pa.array(values, pa.int64())})


@given(st.lists(st.lists(st.integers(0, 50), max_size=20), max_size=5), st.integers(1, 100))
def test_batches_are_cut_where_they_would_be_too_large(lists: list[list[int]], most: int) -> None:
    batches = [numbers(*values) for values in lists]
    cut = list(cut_before(Wide(), most)(iter(batches)))
    assert rows(cut) == rows(batches)
    for batch in cut:
        assert batch.num_rows <= 1 or output_bytes(Wide(), batch) <= most
    assert len(cut) >= len(batches)


def test_what_fits_is_passed_as_it_is() -> None:
    batches = [numbers(1, 2, 3), numbers()]
    assert list(cut_before(Wide(), 30)(iter(batches))) == batches


def test_mates_stay_together() -> None:
    batch = numbers(*[5] * 8).append_column("mate", pa.array([1, 2] * 4, pa.int8()))
    cut = list(cut_before(Wide(), 1)(iter([batch])))
    assert [part.num_rows for part in cut] == [2, 2, 2, 2]


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("serial", [False, True])
def test_a_run_with_operators_that_widen(threads: int, serial: bool) -> None:
    seen: list[int] = []

    def watch(batch: pa.RecordBatch) -> pa.RecordBatch:
        seen.append(output_bytes(Wide(), batch))
        return batch

    before = Call(concurrency=Concurrency.SERIAL if serial else Concurrency.SHARED)
    pipeline = Pipeline(Numbers(40, 1000)) | before | Wide(watch) | Call() | Wide(watch)
    pipeline = pipeline.with_options(threads=threads, memory=LEAST_MEMORY)
    sink = Collect()
    report = pipeline.run(sink)
    assert rows(sink.got) == list(range(40_000))
    workers = min(threads, available_cores())
    assert max(seen) <= Budget(LEAST_MEMORY, workers, len(report.channels)).batch < 38_000_000
    for channel in report.channels:
        assert channel.most_bytes <= channel.capacity_bytes
    assert [stage.name for stage in report.stages][2:-1] == ["call", "call", "call", "call"]


def test_what_cannot_be_measured_is_an_error_in_its_operator() -> None:
    class Failing(Wide):
        def added_bytes(self, batch: pa.RecordBatch) -> np.ndarray:
            raise KeyError(batch.num_rows)

    with pytest.raises(KeyError) as caught:
        (Pipeline(Numbers(3)) | Failing(name="wide")).run(Collect())
    assert "in wide" in caught.value.__notes__


@given(
    st.lists(st.integers(0, 40), max_size=8),
    st.integers(1, 12),
    st.sampled_from(RULES),
    st.integers(1, 15),
)
def test_windows_are_counted(lengths: list[int], length: int, rule: str, stride: int) -> None:
    step = stride if rule == "stride" else None
    reads = np.array(lengths, np.int64)
    cut = cut_windows(reads, length, rule, step)
    counts = count_windows(reads, length, rule, step)
    assert counts.tolist() == np.bincount(cut.rows, minlength=len(reads)).tolist()


WIDE = [
    bs.DecodeQuality(),
    bs.EncodeReads("one-hot/1", length=500),
    bs.EncodeReads("quality-mask/1", length=20, windows="stride", stride=3),
    bs.Kmers(5),
    bs.Minimizers(5, 1, positions=True),
]


@pytest.mark.parametrize("operator", WIDE, ids=lambda operator: operator.name)
def test_the_shipped_ones_say_what_they_add(operator: Widening, tmp_path: Path) -> None:
    path = tmp_path / "reads.fq"
    path.write_text("".join(f"@r{n}\n{'ACGT' * n}\n+\n{'IIII' * n}\n" for n in range(1, 60)))
    (batch,) = bs.read_fastq(path).batches()
    assert isinstance(operator, Widening)
    told = output_bytes(operator, batch)
    assert told == pytest.approx(operator(batch).nbytes, rel=0.05)  # type: ignore[operator]
    small = bs.read_fastq(path).with_options(threads=2, memory=LEAST_MEMORY) | operator
    assert pa.Table.from_batches(small.batches()).equals(pa.Table.from_batches([operator(batch)]))  # type: ignore[operator]
