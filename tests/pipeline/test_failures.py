"""The error of a stream, as itself, where another engine has wrapped it."""

import threading
from collections.abc import Generator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import DataError, FastqError, SchemaError
from biometal_stream.interop import own_errors
from biometal_stream.pipeline import Pipeline
from biometal_stream.pipeline import failures as module
from tests.interop.streams import MESSAGE, bad_reads
from tests.stand_ins import Call, Numbers, own_threads


def failing(error: BaseException) -> Pipeline:
    """A pipeline that an operator of the user's makes fail."""

    def function(batch: pa.RecordBatch) -> pa.RecordBatch:
        raise error

    return Pipeline(Numbers(2)) | Call(function)


def read_elsewhere(stream: object) -> int:
    """Reads as engines do: through the C interface, in another thread, with an own error."""
    found: list[object] = []

    def read() -> None:
        try:
            found.append(pa.table(stream).num_rows)  # 6
        except pa.ArrowException as error:
            found.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    if found[0] != 6:
        raise RuntimeError(f'the engine says: "{found[0]}"'.replace('"', '\\"')) from None
    return len(found)


def test_an_error_of_ours_is_raised_from_the_engine_s(tmp_path: Path) -> None:
    reads = bad_reads(tmp_path)
    with pytest.raises(RuntimeError, match=MESSAGE):
        read_elsewhere(reads)
    with pytest.raises(FastqError, match=MESSAGE) as caught, own_errors():
        read_elsewhere(reads)
    assert caught.value.location.record == 3
    assert isinstance(caught.value.__cause__, RuntimeError)
    names = [entry.name for entry in caught.traceback]
    assert "results" in names  # where it was raised is not lost
    assert own_threads() == []


def test_notes_are_kept() -> None:
    with pytest.raises(DataError, match="no number") as caught, own_errors():
        read_elsewhere(failing(DataError("no number")))
    assert "in call" in caught.value.__notes__


@pytest.mark.parametrize("error", [KeyError("x"), ValueError(), KeyboardInterrupt()])
def test_an_error_that_is_not_ours(error: BaseException) -> None:
    with pytest.raises(type(error)) as caught, own_errors():
        read_elsewhere(failing(error))
    assert caught.value is error


def test_what_the_engine_raises_on_its_own_account_stays() -> None:
    def work() -> None:
        with pytest.raises(RuntimeError):
            read_elsewhere(failing(DataError("no number")))
        raise RuntimeError("the engine's own")

    with pytest.raises(RuntimeError, match="the engine's"), own_errors():
        work()


def test_what_comes_as_itself_stays_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(FastqError, match=MESSAGE) as caught, own_errors():
        bad_reads(tmp_path).stream().read_all()
    assert caught.value.__cause__ is None


def test_an_error_before_there_is_a_stream() -> None:
    reads = bs.read_fastq("reads.fq") | bs.Select(("nope",))  # noqa: F841 - DuckDB finds it
    with pytest.raises(SchemaError, match="select needs a column 'nope'"), own_errors():
        duckdb.sql("select * from reads").fetchall()


def test_of_two_streams_the_one_that_the_engine_tells_of() -> None:
    def work() -> None:
        with pytest.raises(RuntimeError):
            read_elsewhere(failing(DataError("the first")))
        read_elsewhere(failing(DataError("the second")))

    with pytest.raises(DataError, match="the second"), own_errors():
        work()


def test_contexts_in_several_threads(tmp_path: Path) -> None:
    reads = bad_reads(tmp_path)
    caught: list[BaseException] = []

    def read(number: int) -> None:
        with pytest.raises(DataError) as error, own_errors():
            read_elsewhere(failing(DataError(f"failure {number:03}")))
        caught.append(error.value)

    def work() -> None:
        threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        read_elsewhere(reads)

    with pytest.raises(FastqError), own_errors():
        work()
    assert sorted(map(str, caught)) == [f"failure {number:03}" for number in range(8)]


def test_a_context_without_failures_and_one_inside_another() -> None:
    with own_errors():
        assert read_elsewhere(Pipeline(Numbers(2))) == 1
        with pytest.raises(DataError), own_errors():
            read_elsewhere(failing(DataError("inner")))
    assert module._watches == []


def test_a_reader_that_ends_early_is_no_failure() -> None:
    def numbers() -> Generator[int, None, None]:
        yield from range(3)

    with own_errors():
        stream = module.watched(numbers())
        assert next(stream) == 0
        stream.close()
        assert module._watches[-1].failures == []
