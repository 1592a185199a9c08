"""An operator that raises, in any worker, at any batch, anywhere in the chain."""

from __future__ import annotations

import threading
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.interfaces import Concurrency
from biometal_stream.pipeline import Pipeline
from biometal_stream.sinks import ParquetSink
from tests.stand_ins import Call, Collect, Morsels, Numbers, own_threads, rows

ERRORS = [KeyError, MemoryError, pa.ArrowMemoryError, OSError, StopIteration, SystemExit]
CONCURRENCIES = st.sampled_from(list(Concurrency))


def failing(batch: int, error: type[BaseException], concurrency: Concurrency) -> Call:
    """An operator that fails at a batch of three rows."""

    def fail(found: pa.RecordBatch) -> pa.RecordBatch:
        if found.num_rows and found.column("row")[0].as_py() == 3 * batch:
            raise error("here")
        return found

    return Call(fail, concurrency, name="failing")


@given(
    before=st.lists(CONCURRENCIES, max_size=2),
    after=st.lists(CONCURRENCIES, max_size=2),
    concurrency=CONCURRENCIES,
    error=st.sampled_from(ERRORS),
    workers=st.integers(1, 8),
    batch=st.integers(0, 29),
    split=st.booleans(),
)
def test_the_error_arrives_and_nothing_is_left(
    before: list[Concurrency],
    after: list[Concurrency],
    concurrency: Concurrency,
    error: type[BaseException],
    workers: int,
    batch: int,
    split: bool,
) -> None:
    operators = [
        *(Call(concurrency=kind) for kind in before),
        failing(batch, error, concurrency),
        *(Call(concurrency=kind) for kind in after),
    ]
    pipeline = Pipeline(Numbers(30), tuple(operators)).with_options(threads=workers)
    sink = Morsels(rows=3) if split else Collect()
    # Python itself makes a StopIteration in a generator an error of another kind.
    expected: tuple[type[BaseException], ...] = (error, RuntimeError)
    with pytest.raises(expected) as caught:
        pipeline.run(sink)
    assert error in {type(caught.value), type(caught.value.__cause__)}
    if isinstance(sink, Collect):
        assert rows(sink.got) == list(range(3 * batch))
        assert sink.ends == [type(caught.value).__name__]
    assert own_threads() == []


@pytest.mark.parametrize("error", [MemoryError, pa.ArrowMemoryError])
@pytest.mark.parametrize("concurrency", list(Concurrency))
def test_a_worker_without_memory_leaves_the_target(
    tmp_path: Path, error: type[MemoryError], concurrency: Concurrency
) -> None:
    (tmp_path / "t").write_bytes(b"old")
    with pytest.raises(MemoryError):
        (Pipeline(Numbers(30)) | failing(7, error, concurrency)).run(ParquetSink(tmp_path / "t"))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("t", b"old")]
    assert threading.active_count() == len(threading.enumerate())
    assert own_threads() == []


@pytest.mark.parametrize("stage", ["open", "close"])
@pytest.mark.parametrize("concurrency", list(Concurrency))
def test_an_operator_that_fails_to_open_or_close(stage: str, concurrency: Concurrency) -> None:
    class Broken:
        def __enter__(self) -> object:
            if stage == "open":
                raise OSError("here")
            return lambda batch: batch

        def __exit__(self, *error: object) -> None:
            raise OSError("here")

    broken = Call(concurrency=concurrency)
    object.__setattr__(broken, "open", Broken)
    sink = Collect()
    with pytest.raises(OSError, match="here"):
        (Pipeline(Numbers(5)) | broken).run(sink)
    assert sink.ends == ["OSError"]
    assert own_threads() == []
