import pickle
import sys

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from biometal_stream.errors import ConfigurationError, DataError, SchemaError, SinkError
from biometal_stream.sinks import ParquetSink
from tests.sinks.driver import cut, drive, reads


def small(target, **settings):
    return ParquetSink(target, **{"row_group_rows": 700, **settings})


@pytest.mark.parametrize("compression", ["zstd", "snappy", "gzip", "lz4", "none"])
def test_three_readers_find_the_same(tmp_path, compression):
    batch = reads(3000, paired=True)
    path = tmp_path / "r.parquet"
    opened = drive(small(path, compression=compression), batch.schema, cut(batch, [100, 1500]))
    table = pa.Table.from_batches([batch])
    assert pq.read_table(path).equals(table)
    assert pl.read_parquet(path).equals(pl.from_arrow(table))
    assert duckdb.sql(f"from '{path}'").fetchall() == [tuple(r.values()) for r in table.to_pylist()]
    assert opened.bytes_written == path.stat().st_size
    assert opened.outputs == (str(path),)
    metadata = pq.read_metadata(path)
    assert [metadata.row_group(n).num_rows for n in range(5)] == [700, 700, 700, 700, 200]
    expected = {"none": "UNCOMPRESSED"}.get(compression, compression.upper())
    assert metadata.row_group(0).column(2).compression == expected


def test_same_bytes_for_any_workers_and_batches(tmp_path):
    batch = reads(5000)
    labels = pa.array(["b", "a", None, "c", "a"] * 1000).dictionary_encode()
    batch = batch.append_column("label", labels).append_column("flag", pa.array([True] * 5000))
    path = tmp_path / "r.parquet"
    found = set()
    for workers, sizes in [(1, []), (2, [1, 2, 0, 999]), (4, [500] * 7)]:
        drive(small(path), batch.schema, cut(batch, sizes), workers)
        found.add(path.read_bytes())
    # A dictionary with values in another order, and some that no row has.
    other = labels.take(pa.array([3, 0, 1])).dictionary
    again = pa.array(["zz", *other.to_pylist()]).dictionary_encode()
    index = batch.schema.get_field_index("label")
    values = labels.cast(pa.string())
    places = pa.compute.index_in(values, value_set=again.dictionary).cast(pa.int32())
    changed = pa.DictionaryArray.from_arrays(places, again.dictionary)
    parts = cut(batch.set_column(index, batch.schema.field(index), changed), [10, 30])
    with small(path).open(batch.schema) as write:
        for part in parts:
            write(part)
    found.add(path.read_bytes())
    assert len(found) == 1


def test_every_type_survives(tmp_path):
    columns = {
        "name": pa.array(["a", "b", "c"], pa.large_string()),
        "sequence": pa.array(["A", "", "CC"], pa.string_view()),
        "quality": pa.array(["!", "", None], pa.large_string()),
        "description": pa.array([None, None, None], pa.null()),
        "label": pa.array(["x", None, "x"]).dictionary_encode(),
        "flag": pa.array([True, None, False]),
        "score": pa.array([1.5, None, float("nan")]),
        "half": pa.array([1, 2, 3], pa.float16()),
        # A null among them pyarrow can read back from version 26 on only.
        "features": pa.array([[1, 2], [0, 0], [3, 4]], pa.list_(pa.float32(), 2)),
        "free": pa.array([["a"], [], None], pa.list_(pa.large_string())),
        "nested": pa.array([{"a": 1, "b": ["x"]}, None, {"a": None, "b": []}]),
        "time": pa.array([1, 2, None], pa.timestamp("us", "UTC")),
        "a.b": pa.array(["dot", "ted", "name"]),
        "mate": pa.array([1, 2, 1], pa.int8()),
    }
    batch = pa.record_batch(columns)
    drive(small(tmp_path / "r.parquet"), batch.schema, cut(batch, [1]))
    found = pq.read_table(tmp_path / "r.parquet")
    assert found.schema.equals(batch.schema)
    assert repr(found.to_pylist()) == repr(batch.to_pylist())


def test_columns_are_stored_as_measured(tmp_path):
    batch = reads(1000, paired=True).append_column("length", pa.array(range(1000)))
    drive(small(tmp_path / "r.parquet"), batch.schema, [batch])
    group = pq.read_metadata(tmp_path / "r.parquet").row_group(0)
    columns = {c.path_in_schema: c for c in map(group.column, range(group.num_columns))}
    found = {name: set(c.encodings) - {"RLE"} for name, c in columns.items()}
    assert found["name"] == found["description"] == {"DELTA_BYTE_ARRAY"}
    assert found["sequence"] == found["quality"] == {"DELTA_LENGTH_BYTE_ARRAY"}
    assert found["mate"] == {"DELTA_BINARY_PACKED"}
    assert found["length"] == {"PLAIN"}
    assert columns["length"].is_stats_set
    assert not columns["name"].is_stats_set


def test_metadata(tmp_path):
    batch = reads(10)
    drive(small(tmp_path / "r.parquet", metadata={"command": "é"}), batch.schema, [batch])
    for metadata in (
        pq.read_schema(tmp_path / "r.parquet").metadata,
        pq.read_metadata(tmp_path / "r.parquet").metadata,
    ):
        assert metadata[b"biometal_stream.sample"] == b"made up"
        assert metadata[b"biometal_stream.schema"] == b"reads/1"
        assert metadata[b"biometal_stream.pyarrow"] == pa.__version__.encode()
        assert b"biometal_stream.version" in metadata
        assert metadata[b"command"] == "é".encode()


@pytest.mark.parametrize("batches", [[], [reads(0)]])
def test_no_reads(tmp_path, batches):
    schema = reads(0).schema
    path = tmp_path / "r.parquet"
    drive(small(path), schema, batches)
    assert pq.read_table(path).equals(schema.empty_table())
    assert pl.read_parquet(path).shape == (0, 4)
    assert duckdb.sql(f"from '{path}'").fetchall() == []


def test_shards(tmp_path):
    batch = reads(3000)
    target = tmp_path / "reads.parquet"
    opened = drive(small(target, shards=3), batch.schema, cut(batch, [400]))
    names = [f"part-0000{n}-of-00003.parquet" for n in range(3)]
    assert sorted(p.name for p in target.iterdir()) == names
    tables = [pq.read_table(target / name) for name in names]
    groups = [batch.slice(start, 700) for start in range(0, 3000, 700)]
    for shard, table in enumerate(tables):
        assert table.equals(pa.Table.from_batches(groups[shard::3]))
    assert opened.outputs == (str(target),)
    assert opened.bytes_written == sum(p.stat().st_size for p in target.iterdir())
    assert pl.read_parquet(target).height == 3000


@pytest.mark.parametrize("make", [False, True])
def test_a_folder_gets_four_shards(tmp_path, make):
    target = tmp_path / "reads"
    if make:
        target.mkdir()
    batch = reads(100)
    drive(ParquetSink(target if make else f"{target}/"), batch.schema, [batch])
    assert [pq.read_metadata(p).num_rows for p in sorted(target.iterdir())] == [100, 0, 0, 0]
    assert ds.dataset(target).count_rows() == 100


def partitioned(values, kind):
    column = pa.array(values, kind)
    batch = reads(len(column))
    return batch.append_column("by", column)


@pytest.mark.parametrize(
    ("values", "kind", "folders"),
    [
        ([3, None, -1, 3], pa.int16(), ["by=-1", "by=3", "by=__HIVE_DEFAULT_PARTITION__"]),
        ([True, False, True], pa.bool_(), ["by=false", "by=true"]),
        (["a/b", "..", "%", "é b", "a=b"] * 2, pa.string(), None),
        (["x", "y", "x"], pa.dictionary(pa.int8(), pa.string()), ["by=x", "by=y"]),
        (["x", None], pa.string_view(), ["by=__HIVE_DEFAULT_PARTITION__", "by=x"]),
        (["", "v", None], pa.large_string(), None),
    ],
)
def test_partitions(tmp_path, values, kind, folders):
    batch = partitioned(values, kind)
    target = tmp_path / "reads"
    opened = drive(small(target, partition_by="by"), batch.schema, cut(batch, [1]))
    assert opened.bytes_written == sum(p.stat().st_size for p in target.rglob("*.parquet"))
    found = sorted(p.name for p in target.iterdir())
    assert folders is None or found == folders
    assert all(p.parent.parent == target for p in target.rglob("*.parquet"))
    rows = [(r["name"], r["by"]) for r in batch.to_pylist()]
    simple = pa.field("by", kind.value_type if pa.types.is_dictionary(kind) else kind)
    if pa.types.is_boolean(kind) or not pa.types.is_integer(kind):
        simple = pa.field("by", pa.string())
        rows = [(n, str(v).lower() if isinstance(v, bool) else v) for n, v in rows]
    dataset = ds.dataset(target, partitioning=ds.partitioning(pa.schema([simple]), flavor="hive"))
    table = dataset.to_table(columns=["name", "by"])
    assert sorted((r["name"], r["by"]) for r in table.to_pylist()) == sorted(rows)
    query = f"""select name, "by"::varchar from read_parquet('{target}/*/*.parquet',
        hive_partitioning = true, hive_types_autocast = false)"""
    expected = [(n, None if v is None else str(v)) for n, v in rows]
    assert sorted(duckdb.sql(query).fetchall()) == sorted(expected)


def test_partitions_keep_order_and_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr("biometal_stream.sinks.partitioned._DEALT_ROWS", 300)
    monkeypatch.setattr("biometal_stream.sinks.parquet.sink._WAITING_BYTES", 40_000)
    batch = partitioned([n * n % 7 for n in range(4000)], pa.int32())
    found = set()
    for workers, sizes in [(1, []), (2, [1, 2, 0, 999]), (4, [500] * 7)]:
        target = tmp_path / f"{workers}"
        drive(small(target, partition_by="by"), batch.schema, cut(batch, sizes), workers)
        found.add(tuple(sorted((p.parent.name, p.read_bytes()) for p in target.rglob("*.parquet"))))
    assert len(found) == 1
    for value in (0, 1, 2, 4):
        own = pq.read_table(target / f"by={value}" / "part-0.parquet", partitioning=None)
        kept = [r["name"] for r in batch.to_pylist() if r["by"] == value]
        assert own["name"].to_pylist() == kept
        assert "by" not in own.column_names


def test_partition_memory_is_bounded():
    from biometal_stream.sinks.hive import HiveFolders
    from biometal_stream.sinks.partitioned import Morsels, PartitionRebatcher

    batch = partitioned([n % 50 for n in range(20_000)], pa.int32())
    rebatcher = PartitionRebatcher(HiveFolders("by"), Morsels(10**6, 10**9, 50_000, 50))
    for part in cut(batch, [500] * 40):
        for _ in rebatcher.add(part):
            pass
        held = sum(each.held_bytes + 48 * each.held_rows for _, each in rebatcher._waiting())
        assert held <= 50_000


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        (pa.int32(), pa.int32()),
        (pa.bool_(), pa.bool_()),
        (pa.string(), pa.string()),
        (pa.string_view(), pa.string()),
        (pa.dictionary(pa.int8(), pa.large_string()), pa.string()),
        (pa.dictionary(pa.int32(), pa.int64()), pa.int64()),
    ],
)
def test_no_reads_make_a_file_that_every_reader_takes(tmp_path, kind, read):
    """What a run that keeps nothing leaves has the columns of one that keeps something."""
    import duckdb
    import polars as pl

    other = reads(0).append_column("by", pa.array([], kind))
    batch = other.select(["name", "by", "sequence", "quality"])
    target = tmp_path / "reads"
    drive(small(target, partition_by="by"), batch.schema, [batch])
    assert [path.name for path in target.iterdir()] == ["part-0.parquet"]
    found = ds.dataset(target, partitioning="hive").to_table()
    assert found.schema.names == ["name", "sequence", "quality", "by"]
    assert found.schema.field("by").type == read
    assert found.num_rows == 0
    assert pq.read_table(target).schema.names == found.schema.names
    for pattern in ("*.parquet", "**/*.parquet"):
        query = f"from read_parquet('{target}/{pattern}', hive_partitioning=true)"
        rows = duckdb.sql(query)
        assert rows.columns == found.schema.names
        assert rows.fetchall() == []
    frame = pl.scan_parquet(target, hive_partitioning=True).collect()
    assert frame.columns == found.schema.names
    assert frame.height == 0
    assert pl.read_parquet(target).columns == found.schema.names


@pytest.mark.parametrize("compression", ["zstd", "none"])
def test_plain_encodings(tmp_path, compression):
    """For readers that know no others, such as fastparquet; the values are the same."""
    mixed = reads(300, paired=True).append_column("gc", pa.array(range(300), pa.float64()))
    mixed = mixed.append_column("flag", pa.array([n % 5 - 2 for n in range(300)], pa.int16()))
    mixed = mixed.append_column("count", pa.array([n % 200 for n in range(300)], pa.uint8()))
    found = {}
    for encoding in ("plain", "delta"):
        sink = small(tmp_path / encoding, compression=compression, encoding=encoding)
        drive(sink, mixed.schema, [mixed])
        file = pq.ParquetFile(tmp_path / encoding)
        group = file.metadata.row_group(0)
        columns = [group.column(place) for place in range(group.num_columns)]
        found[encoding] = {each for column in columns for each in column.encodings}
        assert file.read().to_pydict() == pa.Table.from_batches([mixed]).to_pydict()
        statistics = columns[mixed.schema.get_field_index("flag")].statistics
        assert (statistics.min, statistics.max) == (-2, 2)
    assert found["plain"] == {"PLAIN", "RLE"}
    assert found["delta"] > {"DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BINARY_PACKED"}


def test_an_encoding_that_is_none(tmp_path):
    with pytest.raises(ConfigurationError, match="the encoding of Parquet must be one of delta, p"):
        ParquetSink(tmp_path / "x", encoding="rle")


def test_text_that_means_null(tmp_path):
    batch = partitioned(["x", "__HIVE_DEFAULT_PARTITION__"], pa.string())
    with pytest.raises(DataError, match="means null"):
        drive(small(tmp_path / "reads", partition_by="by"), batch.schema, [batch])
    assert not list(tmp_path.iterdir())


def test_too_many_partitions(tmp_path):
    batch = partitioned(list(range(20)), pa.int32())
    sink = small(tmp_path / "reads", partition_by="by", max_partitions=19)
    with pytest.raises(SinkError, match="more than 19 different values"):
        drive(sink, batch.schema, [batch])
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_partitioned(tmp_path):
    schema = reads(0).schema
    with pytest.raises(SchemaError, match="needs a column 'by'"):
        drive(small(tmp_path / "r", partition_by="by"), schema, [])
    schema = schema.append(pa.field("by", pa.float32()))
    with pytest.raises(SchemaError, match="which is float"):
        drive(small(tmp_path / "r", partition_by="by"), schema, [])
    with pytest.raises(SchemaError, match="no other"):
        drive(small(tmp_path / "r", partition_by="by"), pa.schema({"by": pa.int8()}), [])
    with pytest.raises(SchemaError, match="at least one column"):
        drive(small(tmp_path / "r"), pa.schema([]), [])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"compression": "brotli"}, "must be one of zstd, snappy, gzip, lz4, none: brotli"),
        ({"level": 23}, "from 1 to 22: 23"),
        ({"compression": "gzip", "level": 10}, "from 1 to 9: 10"),
        ({"compression": "snappy", "level": 1}, "snappy has no levels"),
        ({"shards": 0}, "from 1 to 99999: 0"),
        ({"shards": 2, "partition_by": "x"}, "exclude each other"),
        ({"target": "-", "shards": 2}, "standard output"),
        ({"row_group_rows": 1}, "at least 2 rows"),
        ({"max_partitions": 0}, "at least 1"),
    ],
)
def test_settings_that_cannot_work(settings, message):
    with pytest.raises(ConfigurationError) as error:
        ParquetSink(**{"target": "r.parquet", **settings})
    assert message in str(error.value)


def test_recipe():
    sink = ParquetSink("r.parquet", shards=2, metadata={"a": "b"})
    assert pickle.loads(pickle.dumps(sink)) == sink
    assert eval(repr(sink)) == sink
    assert hash(sink) == hash(ParquetSink("r.parquet", shards=2))


def test_a_batch_of_another_schema(tmp_path):
    with (
        pytest.raises(SchemaError, match="but a batch has name: string"),
        small(tmp_path / "r.parquet").open(reads(0).schema) as write,
    ):
        write(reads(1).select(["name"]))
    assert not list(tmp_path.iterdir())


def test_an_old_target_survives_an_error(tmp_path):
    batch = reads(2000)
    path = tmp_path / "r.parquet"
    path.write_bytes(b"old")

    def broken():
        yield batch
        raise RuntimeError("source")

    for target, settings in [(path, {}), (tmp_path / "f", {"shards": 2})]:
        with pytest.raises(RuntimeError, match="source"):
            drive(small(target, **settings), batch.schema, broken())
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("r.parquet", b"old")]


def test_standard_output(capfdbinary, tmp_path, monkeypatch):
    (tmp_path / "-").mkdir()
    monkeypatch.chdir(tmp_path)
    batch = reads(2000)
    sys.stdout.write("before")
    opened = drive(small("-"), batch.schema, [batch])
    data = capfdbinary.readouterr().out
    assert data.startswith(b"beforePAR1")
    assert pq.read_table(pa.BufferReader(data[6:])).equals(pa.Table.from_batches([batch]))
    assert opened.outputs == ("-",)


def test_two_columns_of_one_name_and_different_types(tmp_path):
    batch = reads(6).append_column("sequence", pa.array(range(6)))
    drive(ParquetSink(str(tmp_path / "t")), batch.schema, [batch])
    table = pq.ParquetFile(tmp_path / "t").read()
    assert [each.to_pylist() for each in table.columns] == [
        each.to_pylist() for each in batch.columns
    ]


@pytest.mark.parametrize(
    "kind",
    [
        pa.month_day_nano_interval(),
        pa.dictionary(pa.int8(), pa.list_(pa.int8())),
        pa.dictionary(pa.int8(), pa.string_view()),
    ],
    ids=str,
)
def test_types_that_parquet_cannot_hold(tmp_path, kind):
    schema = pa.schema([("name", pa.string()), ("x", kind)])
    with pytest.raises(SchemaError, match=r"cannot hold a column: .*; cast or drop it"):
        drive(ParquetSink(str(tmp_path / "t")), schema, [])
    assert list(tmp_path.iterdir()) == []


def test_a_dictionary_that_cannot_be_dealt(tmp_path):
    schema = pa.schema([("a", pa.int8()), ("p", pa.dictionary(pa.int8(), pa.string_view()))])
    with pytest.raises(SchemaError, match="a dictionary that cannot be written; cast its values"):
        drive(ParquetSink(str(tmp_path / "t"), partition_by="p"), schema, [])


def test_metadata_of_a_file_name_that_is_no_utf8(tmp_path):
    batch = reads(1)
    sink = ParquetSink(str(tmp_path / "t"), metadata={"command": "read caf\udce9.fq"})
    drive(sink, batch.schema, [batch])
    assert pq.read_schema(tmp_path / "t").metadata[b"command"] == rb"read caf\udce9.fq"
