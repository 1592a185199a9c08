"""What is left to pyarrow takes no more room than it must."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.sinks.parquet.encoder import Encoder, _writer
from biometal_stream.sinks.parquet.splice import Splicer

VALUES = 1 << 20


@pytest.mark.parametrize("kind", [pa.list_, pa.large_list])
@pytest.mark.parametrize(("plain", "encoding"), [(False, "DELTA_BINARY_PACKED"), (True, "PLAIN")])
def test_bytes_in_lists_are_not_stored_in_four(
    tmp_path: Path, kind: Any, plain: bool, encoding: str
) -> None:
    """A long read's scores take four bytes each otherwise, several times at once."""
    item = pa.field("item", pa.uint8(), nullable=False)
    schema = pa.schema([pa.field("phred", kind(item), nullable=False)])
    encoder = Encoder(schema, compression="zstd", level=None, plain=plain, metadata={})
    values = pa.array(np.random.default_rng(1).integers(2, 40, VALUES).astype(np.uint8))
    offsets = pa.array([0, VALUES - 3, VALUES], pa.int64() if kind is pa.large_list else pa.int32())
    array = type(pa.array([], schema.field(0).type)).from_arrays(offsets, values)
    encoded = encoder.encode([pa.record_batch([array.cast(schema.field(0).type)], schema)])
    (chunk,) = encoder.chunks([encoded])
    target = tmp_path / "scores.parquet"
    out = io.BytesIO()
    splicer = Splicer(lambda *parts: out.writelines(parts), encoder.footer)
    splicer.append(2, [chunk])
    splicer.finish()
    target.write_bytes(out.getvalue())
    assert pq.read_table(target).column("phred").combine_chunks().flatten().equals(values)
    stored = pq.ParquetFile(target).metadata.row_group(0).column(0)
    assert encoding in stored.encodings
    assert (stored.total_uncompressed_size < 2 * VALUES) is not plain


def test_the_bytes_do_not_depend_on_the_threads(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    path = tmp_path / "long.fq"
    with path.open("wb") as file:
        for number in range(30):
            size = int(rng.integers(0, 1 << 17))
            bases = rng.choice(np.frombuffer(b"ACGT", np.uint8), size).tobytes()
            scores = rng.integers(35, 74, size).astype(np.uint8).tobytes()
            file.write(b"@r%d\n%s\n+\n%s\n" % (number, bases, scores))
    files = []
    for threads in (1, 8):
        pipeline = bs.read_fastq(path).with_options(threads=threads, memory=16 << 20)
        target = tmp_path / f"{threads}.parquet"
        (pipeline | bs.DecodeQuality()).write_parquet(target)
        files.append(target.read_bytes())
    assert files[0] == files[1]
    table = pq.read_table(tmp_path / "1.parquet")
    scores = np.concatenate([np.asarray(row, np.uint8) for row in table["phred"].to_pylist()])
    quality = "".join(table["quality"].to_pylist()).encode()
    assert np.array_equal(scores + 33, np.frombuffer(quality, np.uint8))


@pytest.mark.parametrize(
    "settings",
    [
        {"compression": "zstd", "compression_level": 1},
        {"compression": "none", "use_dictionary": ["label"], "write_statistics": ["score"]},
        {"compression": "gzip", "column_encoding": {"ids.list.element": "DELTA_BINARY_PACKED"}},
    ],
)
def test_the_class_behind_pyarrows_writer_writes_the_same(settings: dict[str, Any]) -> None:
    settings = {"use_dictionary": [], "write_statistics": [], **settings}
    table = pa.table(
        {
            "label": pa.array(["x", "y", "x"]).dictionary_encode(),
            "score": [1.0, 2.0, None],
            "ids": pa.array([[1, 2], [], None], pa.list_(pa.uint8())),
            "price": pa.array([1, 2, 3], pa.decimal128(5, 2)),
            "when": pa.array([1, 2, 3], pa.timestamp("ns", tz="UTC")),
            "nested": pa.array([{"x": 1}, {"x": 2}, None]),
        }
    )
    files = []
    for kind in (pq.ParquetWriter, _writer):
        stream = pa.BufferOutputStream()
        writer = kind(stream, table.schema, **settings)
        writer.write_table(table, row_group_size=2)
        writer.close()
        files.append(stream.getvalue().to_pybytes())
    assert files[0] == files[1]
