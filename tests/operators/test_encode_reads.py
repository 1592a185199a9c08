"""`EncodeReads`: the column that it adds, and that the column goes through the whole stream."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from biometal_stream.cli.main import main
from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from biometal_stream.models.encodings.layouts import BY_NAME
from biometal_stream.operators import EncodeReads, MinLength, Rename
from tests.models.encodings import plain
from tests.operators.conformance import reads

ALL = [
    EncodeReads(name, dtype=dtype, k=5 if layout.kmers else None)
    for name, layout in BY_NAME.items()
    for dtype in layout.dtypes
]
SHORT = EncodeReads("tokens/1", 40, "int32")


def tensors(column):
    """The features as an array, the rows first."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return column.to_numpy_ndarray()


def wanted(operator, sequence, quality, rule="first", stride=None):
    """The features of the windows of one read."""
    windows = plain.windows(len(sequence), operator.length, rule, stride)
    return [
        plain.encode(operator.encoding, sequence[start:stop], quality[start:stop])
        for start, stop in windows
    ]


@pytest.mark.parametrize("operator", ALL, ids=repr)
def test_each_read_is_a_tensor(operator):
    batch = reads().slice(3, 20)
    column = operator(batch).column("features")
    assert column.type == pa.fixed_shape_tensor(
        pa.from_numpy_dtype(operator.dtype), operator.encoding.shape
    )
    texts = zip(*(batch.column(name).to_pylist() for name in ("sequence", "quality")), strict=True)
    expected = np.stack([wanted(operator, *text)[0] for text in texts])
    assert tensors(column).tobytes() == expected.tobytes()


def test_a_column_is_one_aligned_buffer():
    column = SHORT(reads()).column("features")
    (values,) = [buffer for buffer in column.storage.buffers() if buffer is not None]
    assert values.address % 64 == 0
    assert values.size == 40 * 40 * 4
    assert tensors(column).ctypes.data == values.address


@pytest.mark.parametrize(("rule", "stride"), [("even", None), ("stride", 25), ("stride", 60)])
@pytest.mark.parametrize("text", [pa.string(), pa.large_string(), pa.string_view()], ids=str)
def test_other_windows_make_lists(rule, stride, text):
    operator = EncodeReads("one-hot-quality/1", 40, "uint8", windows=rule, stride=stride)
    batch = reads(text=text).slice(2)
    column = operator(batch).column("features")
    for row, sequence in enumerate(batch.column("sequence").to_pylist()):
        expected = wanted(operator, sequence, batch.column("quality")[row].as_py(), rule, stride)
        assert column[row].as_py() == [each.ravel().tolist() for each in expected]


def test_the_field_tells_the_encoding():
    field = EncodeReads("kmers/1", 30, "int64", k=4).output_schema(reads().schema).field("features")
    assert not field.nullable
    assert json.loads(field.metadata[b"biometal_stream.encoding"]) == {
        "layout": "kmers/1",
        "length": 30,
        "dtype": "int64",
        "k": 4,
    }


def test_numbers_of_numpy_are_settings_too():
    field = EncodeReads("tokens/1", np.int64(30), "uint8").output_schema(reads().schema).field(-1)
    assert field.type.shape == [30]
    assert b'"length": 30' in field.metadata[b"biometal_stream.encoding"]


def test_only_what_the_layout_reads_is_needed():
    batch = reads()
    alone = batch.select(["quality"])
    assert EncodeReads("quality-mask/1")(alone).num_columns == 2
    with pytest.raises(SchemaError, match="encode-reads needs a column 'sequence'"):
        SHORT.output_schema(alone.schema)
    with pytest.raises(SchemaError, match="adds a column 'lane', which the input already has"):
        EncodeReads("tokens/1", dtype="uint8", column="lane").output_schema(batch.schema)


def test_unequal_lengths_are_named_where_both_are_read():
    batch = pa.record_batch({"sequence": ["ACGT", "ACG"], "quality": ["IIII", "II"]})
    with pytest.raises(DataError, match="differ in length in row 1"):
        EncodeReads("one-hot-quality/1")(batch)
    assert EncodeReads("one-hot/1")(batch).num_rows == 2


def test_what_is_no_quality_is_an_error():
    batch = pa.record_batch({"quality": ["I" * 70, "I\tI"]})
    with pytest.raises(DataError, match="byte 0x09 in row 1"):
        EncodeReads("quality-mask/1")(batch)


def test_messages_name_the_operator_and_what_to_give():
    with pytest.raises(ConfigurationError, match=r"^encode-reads: layout 'kmers/1' needs k"):
        EncodeReads("kmers/1", dtype="int32")


def test_rows_of_tensors_can_be_dropped():
    batch = EncodeReads("one-hot/1", 70, windows="even")(
        Rename(("features=tokens",))(SHORT(reads()))
    )
    kept = MinLength(71)(batch)
    assert 0 < kept.num_rows < batch.num_rows
    assert kept.to_pylist() == [row for row in batch.to_pylist() if len(row["sequence"]) > 70]


@pytest.fixture
def fastq(tmp_path):
    """Reads of several lengths, some longer than an encoding."""
    path = tmp_path / "reads.fq"
    batch = reads(30)
    columns = (batch.column(name).to_pylist() for name in ("name", "sequence", "quality"))
    path.write_text("".join(f"@{n}\n{s}\n+\n{q}\n" for n, s, q in zip(*columns, strict=True)))
    return path


def read_back(path):
    if path.suffix == ".parquet":
        return pq.read_table(path)
    return pa.ipc.open_file(path).read_all()


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
@pytest.mark.parametrize(
    ("words", "operator"),
    [
        (["sequence-quality-300/1"], EncodeReads("sequence-quality-300/1")),
        (
            ["one-hot/1", "--length", "60", "--dtype", "float16"],
            EncodeReads("one-hot/1", 60, "float16"),
        ),
        (
            ["kmers/1", "--k", "3", "--length", "60", "--dtype", "int32"],
            EncodeReads("kmers/1", 60, "int32", k=3),
        ),
    ],
)
def test_tensors_are_read_back_from_files(fastq, suffix, words, operator):
    target = fastq.with_suffix(suffix)
    command = ["read", str(fastq), "encode-reads", *words, "min-length", "50", "write", str(target)]
    assert main(command) == 0
    table = read_back(target)
    expected = MinLength(50)(operator(reads(30)))
    assert table.num_rows == expected.num_rows > 0
    assert table.schema.field("features").type == expected.schema.field("features").type
    assert tensors(table["features"]).tobytes() == tensors(expected["features"]).tobytes()


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_lists_of_tensors_are_read_back_from_files(fastq, suffix):
    target = fastq.with_suffix(suffix)
    words = ["quality-mask/1", "--length", "40", "--dtype", "uint8", "--windows", "even"]
    assert main(["read", str(fastq), "encode-reads", *words, "write", str(target)]) == 0
    table = read_back(target)
    operator = EncodeReads("quality-mask/1", 40, "uint8", windows="even")
    expected = operator(reads(30)).column("features")
    assert table["features"].to_pylist() == expected.to_pylist()
    flat = table["features"].combine_chunks().flatten()
    assert isinstance(flat.type, pa.FixedShapeTensorType)
