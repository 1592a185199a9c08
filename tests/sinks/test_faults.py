"""Whatever fails, and whenever: the targets are as they were, and nothing else is left."""

import errno
import os

import pyarrow as pa
import pytest

from biometal_stream.errors import InputWarning, SinkError
from biometal_stream.sinks import ArrowSink, FastqSink, ParquetSink
from biometal_stream.sinks.base import SerialRun
from tests.sinks.driver import cut, drive, reads

BATCH = reads(900, paired=True)
LABELLED = BATCH.append_column("label", pa.array(["a", "b", "c"] * 300).dictionary_encode())

SINKS = {
    "parquet": lambda folder: ParquetSink(folder / "t", row_group_rows=300),
    "shards": lambda folder: ParquetSink(folder / "new", row_group_rows=300, shards=2),
    "partitions": lambda folder: ParquetSink(folder / "new", partition_by="mate"),
    "arrow": lambda folder: ArrowSink(folder / "t"),
    "arrow stream": lambda folder: ArrowSink(folder / "t", "stream", "zstd"),
    "plain": lambda folder: FastqSink(folder / "t"),
    "gzip": lambda folder: FastqSink(folder / "t", compression="gzip"),
    "zstd": lambda folder: FastqSink(folder / "t", compression="zstd"),
    "mates": lambda folder: FastqSink(folder / "t", mate=folder / "u"),
}


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    monkeypatch.setattr("biometal_stream.sinks.fastq.layout.MORSEL_BYTES", 20_000)
    monkeypatch.setattr("biometal_stream.sinks.arrow.sink.BATCH_ROWS", 300)


@pytest.mark.parametrize("name", SINKS)
@pytest.mark.parametrize("batch", [BATCH, LABELLED], ids=["plain", "dictionary"])
def test_a_disk_that_fills(tmp_path, monkeypatch, name, batch):
    calls = 0
    limit = None

    def failing(real):
        def write(descriptor, data):
            nonlocal calls
            calls += 1
            if calls == limit:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(descriptor, data)

        return write

    (tmp_path / "whole").mkdir()
    for call in ("write", "writev"):
        monkeypatch.setattr(os, call, failing(getattr(os, call)))
    drive(SINKS[name](tmp_path / "whole"), batch.schema, [batch])
    needed = calls
    assert needed >= 1
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "t").write_bytes(b"old")
    for limit in range(1, needed + 1):  # noqa: B007 - read by `failing`
        calls = 0
        with pytest.raises(SinkError) as error:
            drive(SINKS[name](folder), batch.schema, cut(batch, [100]))
        assert str(error.value).endswith("cannot be written: No space left on device")
        assert [(p.name, p.read_bytes()) for p in folder.iterdir()] == [("t", b"old")]


@pytest.mark.parametrize("name", SINKS)
def test_an_error_elsewhere(tmp_path, name):
    (tmp_path / "t").write_bytes(b"old")

    def batches():
        yield BATCH
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drive(SINKS[name](tmp_path), BATCH.schema, batches())
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("t", b"old")]


@pytest.mark.parametrize("name", SINKS)
def test_nobody_reads(name, tmp_path, monkeypatch):
    if name in {"shards", "partitions", "mates"}:
        pytest.skip("writes no pipe")
    receiver, sender = os.pipe()
    os.close(receiver)
    recipe = SINKS[name](tmp_path)
    object.__setattr__(recipe, "target", f"/dev/fd/{sender}")
    with pytest.raises(BrokenPipeError):
        drive(recipe, BATCH.schema, [BATCH])
    os.close(sender)
    assert not list(tmp_path.iterdir())


def test_a_run_without_workers():
    run = SerialRun()
    assert run.executor.submit(divmod, 7, 2).result() == (3, 1)
    with pytest.raises(ZeroDivisionError):
        run.executor.submit(divmod, 7, 0).result()
    with pytest.warns(InputWarning, match="look"):
        run.warn("look")
    run.count("bad records", 1)
