import pickle

import polars as pl
import pyarrow as pa
import pytest

from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from biometal_stream.sinks import ArrowSink
from tests.sinks.driver import cut, drive, reads

SETTINGS = [
    {"format": format, "compression": compression}
    for format in ("file", "stream")
    for compression in ("none", "lz4", "zstd")
]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr("biometal_stream.sinks.arrow.sink.BATCH_ROWS", 700)


def read(path, format):
    if format == "file":
        reader = pa.ipc.open_file(path)
        return [reader.get_batch(n) for n in range(reader.num_record_batches)]
    with pa.ipc.open_stream(path) as reader:
        return list(reader)


def labelled(rows):
    batch = reads(rows, paired=True)
    labels = pa.array([None if n % 11 == 0 else f"label {n // 500}" for n in range(rows)])
    features = pa.array([[n, n + 1] for n in range(rows)], pa.list_(pa.float32(), 2))
    flags = pa.array([n % 3 == 0 for n in range(rows)])
    views = pa.array([f"a longer text of row {n}" for n in range(rows)], pa.string_view())
    batch = batch.append_column("features", features).append_column("flag", flags)
    return batch.append_column("view", views), labels.cast(pa.dictionary(pa.int8(), pa.string()))


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: "-".join(s.values()))
@pytest.mark.parametrize("dictionary", [False, True])
def test_readers_find_the_same(tmp_path, settings, dictionary):
    batch, labels = labelled(3000)
    if dictionary:
        batch = batch.append_column("label", labels)
    path = tmp_path / "r.arrow"
    opened = drive(ArrowSink(path, **settings), batch.schema, cut(batch, [100, 1500]))
    found = read(path, settings["format"])
    assert [each.num_rows for each in found] == [700, 700, 700, 700, 200]
    table = pa.Table.from_batches(found)
    assert table.schema.equals(batch.schema, check_metadata=True)
    assert table.to_pylist() == batch.to_pylist()
    for each in found:
        each.validate(full=True)
    read_polars = pl.read_ipc if settings["format"] == "file" else pl.read_ipc_stream
    if not dictionary or settings["format"] == "stream":  # Polars knows no deltas
        assert read_polars(path).equals(pl.from_arrow(pa.Table.from_batches([batch])))
    assert opened.bytes_written == path.stat().st_size


@pytest.mark.parametrize("dictionary", [False, True])
@pytest.mark.parametrize("format", ["file", "stream"])
def test_same_bytes_for_any_workers_and_batches(tmp_path, format, dictionary):
    batch, labels = labelled(4000)
    if dictionary:
        batch = batch.append_column("label", labels)
    path = tmp_path / "r"
    found = set()
    for workers, sizes in [(1, []), (2, [1, 2, 0, 999]), (4, [500] * 7)]:
        drive(ArrowSink(path, format), batch.schema, cut(batch, sizes), workers)
        found.add(path.read_bytes())
    with ArrowSink(path, format).open(batch.schema) as write:
        for part in cut(batch, [77, 3]):
            write(part)
    found.add(path.read_bytes())
    assert len(found) == 1


@pytest.mark.parametrize("rows", [1, 700, 701])
@pytest.mark.parametrize("columns", [1, 2, 3, 4])
def test_a_footer_is_aligned(tmp_path, rows, columns):
    batch = reads(rows).select(range(columns))
    batch = batch.replace_schema_metadata({"k": "v" * columns})
    path = tmp_path / "r.arrow"
    drive(ArrowSink(path), batch.schema, [batch])
    assert pa.Table.from_batches(read(path, "file")).equals(pa.Table.from_batches([batch]))
    data = path.read_bytes()
    footer = data[-10 - int.from_bytes(data[-10:-6], "little") : -10]
    assert len(footer) % 8 == 0
    with pa.memory_map(str(path)) as mapped:
        assert pa.ipc.open_file(mapped).read_all().num_rows == rows


@pytest.mark.parametrize("format", ["file", "stream"])
@pytest.mark.parametrize("dictionary", [False, True])
def test_no_reads(tmp_path, format, dictionary):
    batch, labels = labelled(0)
    if dictionary:
        batch = batch.append_column("label", labels)
    drive(ArrowSink(tmp_path / "r", format), batch.schema, [batch])
    assert read(tmp_path / "r", format) == []


def test_pyarrow_writes_the_same_stream(tmp_path):
    batch = reads(700)
    drive(ArrowSink(tmp_path / "r", "stream"), batch.schema, [batch])
    expected = pa.BufferOutputStream()
    with pa.ipc.new_stream(expected, batch.schema) as writer:
        writer.write_batch(batch)
    assert (tmp_path / "r").read_bytes() == expected.getvalue().to_pybytes()


def test_a_dictionary_that_outgrows_its_type(tmp_path):
    values = pa.array([f"v{n}" for n in range(100)]).cast(pa.dictionary(pa.int8(), pa.string()))
    more = pa.array([f"w{n}" for n in range(100)]).cast(pa.dictionary(pa.int8(), pa.string()))
    batches = [pa.record_batch({"label": each}) for each in (values, more)]
    schema = batches[0].schema
    with pytest.raises(DataError, match="cast it to text"):
        drive(ArrowSink(tmp_path / "r"), schema, [batches[0]] * 7 + [batches[1]] * 7)
    assert not list(tmp_path.iterdir())


def test_a_dictionary_inside_a_list(tmp_path):
    kind = pa.list_(pa.dictionary(pa.int8(), pa.string()))
    with pytest.raises(SchemaError, match="cast it to its values"):
        drive(ArrowSink(tmp_path / "r"), pa.schema({"a": kind}), [])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"format": "feather"}, "must be one of file, stream: feather"),
        ({"compression": "gzip"}, "must be one of none, lz4, zstd: gzip"),
        ({"compression": "zstd", "level": 0}, "from 1 to 22: 0"),
        ({"level": 1}, "none has no levels"),
    ],
)
def test_settings_that_cannot_work(settings, message):
    with pytest.raises(ConfigurationError) as error:
        ArrowSink("r.arrow", **settings)
    assert message in str(error.value)


def test_recipe():
    sink = ArrowSink("r.arrow", compression="zstd", level=3)
    assert pickle.loads(pickle.dumps(sink)) == sink
    assert eval(repr(sink)) == sink


def test_standard_output(capfdbinary):
    batch = reads(1000)
    for format in ("file", "stream"):
        drive(ArrowSink("-", format), batch.schema, [batch])
        data = capfdbinary.readouterr().out
        assert pa.Table.from_batches(read(pa.BufferReader(data), format)).num_rows == 1000


@pytest.mark.parametrize("value", [pa.list_(pa.int8()), pa.string_view()], ids=str)
def test_dictionaries_of_values_that_cannot_be_compared(tmp_path, value):
    schema = pa.schema([("x", pa.dictionary(pa.int8(), value))])
    with pytest.raises(SchemaError, match="a dictionary that cannot be written; cast its values"):
        drive(ArrowSink(str(tmp_path / "t")), schema, [])
    assert list(tmp_path.iterdir()) == []
