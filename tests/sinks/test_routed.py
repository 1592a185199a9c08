"""Files by the values of columns, in every format."""

import gzip
import re

import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.errors import ConfigurationError, DataError, SchemaError, SinkError
from biometal_stream.sinks import ArrowSink, FastqSink, ParquetSink
from tests.faults.jobs import contents
from tests.sinks.driver import cut, drive, reads

SUFFIXES = {
    ".fq": FastqSink,
    ".fq.gz": FastqSink,
    ".fq.zst": FastqSink,
    ".parquet": ParquetSink,
    ".arrow": ArrowSink,
    ".arrows": lambda target: ArrowSink(target, "stream"),
}
KINDS = {
    "text": (pa.string(), ["b", "a", None]),
    "view": (pa.string_view(), ["b", "a", None]),
    "integers": (pa.int16(), [7, -1, None]),
    "booleans": (pa.bool_(), [True, False, None]),
    "labels": (pa.dictionary(pa.int8(), pa.string()), ["b", "a", None]),
    "numbers": (pa.dictionary(pa.int32(), pa.int64()), [7, -1, None]),
}
NAMES = {True: "true", False: "false", None: "unknown"}


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr("biometal_stream.sinks.fastq.layout.MORSEL_BYTES", 6_000)
    monkeypatch.setattr("biometal_stream.sinks.arrow.sink.BATCH_ROWS", 100)
    monkeypatch.setattr("biometal_stream.sinks.partitioned._DEALT_ROWS", 300)


def labelled(rows, kind, values, *, paired=False):
    batch = reads(rows, paired=paired)
    step = 2 if paired else 1
    dealt = [values[(row // step) * (row // step) % len(values)] for row in range(rows)]
    return batch.append_column("by", pa.array(dealt, kind))


def names_in(path):
    """The names of the reads of a file, by another reader than ours."""
    if path.suffix == ".parquet":
        return pq.read_table(path, partitioning=None)["name"].to_pylist()
    if path.suffix.startswith(".arrow"):
        opened = ipc.open_file if path.suffix == ".arrow" else ipc.open_stream
        with opened(path) as reader:
            return reader.read_all()["name"].to_pylist()
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    if path.suffix == ".zst":
        zstd = pytest.importorskip("backports.zstd")
        data = zstd.ZstdDecompressor().decompress(data)  # one frame holds all
    return [line.split()[0].decode() for line in data.split(b"\n")[:-1:4] if line]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_value_has_a_file(tmp_path, suffix, kind):
    type_, values = KINDS[kind]
    batch = labelled(700, type_, values)
    found = []
    for number, (workers, sizes) in enumerate([(1, []), (2, [1, 2, 0, 400]), (4, [90] * 7)]):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        drive(
            SUFFIXES[suffix](folder / f"{{by}}{suffix}"), batch.schema, cut(batch, sizes), workers
        )
        found.append(contents(folder))
    assert found[0] == found[1] == found[2]
    rows = batch.to_pylist()
    wanted = {value: [r["name"] for r in rows if r["by"] == value] for value in values}
    wanted = {v: names for v, names in wanted.items() if names}
    assert found[0].keys() == {f"{NAMES.get(value, value)}{suffix}" for value in wanted}
    prefix = "@" if "fq" in suffix else ""
    for value, names in wanted.items():
        name = f"{NAMES.get(value, value)}{suffix}"
        assert names_in(tmp_path / "0" / name) == [prefix + each for each in names]


def test_mates_have_two_files_that_stay_in_step(tmp_path):
    batch = labelled(600, pa.string(), ["x", "y"], paired=True)
    drive(FastqSink(tmp_path / "{by}_R{mate}.fq"), batch.schema, cut(batch, [77, 1, 200]))
    assert contents(tmp_path).keys() == {f"{by}_R{mate}.fq" for by in "xy" for mate in (1, 2)}
    for by in "xy":
        one, two = (names_in(tmp_path / f"{by}_R{mate}.fq") for mate in (1, 2))
        assert one == two
        assert len(one) > 50
    by_template = contents(tmp_path)
    told = FastqSink(tmp_path / "t" / "{by}_R1.fq", mate=tmp_path / "t" / "{by}_R2.fq")
    (tmp_path / "t").mkdir()
    drive(told, batch.schema, [batch])
    assert contents(tmp_path / "t") == by_template


def test_mates_alone_are_two_files_also_without_reads(tmp_path):
    sink = FastqSink(tmp_path / "o_R{mate}.fq.gz")
    assert sink.targets == (f"{tmp_path}/o_R1.fq.gz", f"{tmp_path}/o_R2.fq.gz")
    assert sink.layout is None
    drive(sink, reads(0, paired=True).schema, [])
    assert contents(tmp_path).keys() == {"o_R1.fq.gz", "o_R2.fq.gz"}
    for rows in (labelled(100, pa.string(), ["x"], paired=True), reads(30, paired=True)):
        drive(sink, rows.schema, [rows])
        assert len(names_in(tmp_path / "o_R2.fq.gz")) == rows.num_rows // 2


def test_several_fields_and_folders(tmp_path):
    batch = labelled(300, pa.string(), ["x", "y", None])
    batch = batch.append_column("n", pa.array([row % 2 for row in range(300)]))
    drive(ParquetSink(tmp_path / "{by}" / "n{n}.parquet"), batch.schema, [batch])
    rows = batch.to_pylist()
    for path in tmp_path.rglob("*.parquet"):
        own = pq.read_table(path, partitioning=None).to_pylist()
        by, n = path.parent.name, int(path.stem[1:])
        assert own == [r for r in rows if (r["by"] or "unknown", r["n"]) == (by, n)]
    assert len(contents(tmp_path)) == len({(r["by"], r["n"]) for r in rows})


def test_without_reads_there_is_no_file(tmp_path):
    batch = labelled(0, pa.string(), ["x"])
    for suffix, sink in SUFFIXES.items():
        opened = drive(sink(tmp_path / f"{{by}}{suffix}"), batch.schema, [])
        assert opened.outputs == ()
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("suffix", [".fq.gz", ".parquet"])
@settings(max_examples=40, deadline=None)
@given(values=st.lists(st.text(max_size=4) | st.none(), min_size=1, max_size=6))
def test_hostile_values(tmp_path_factory, suffix, values):
    """Whatever a column holds: all rows in files below the folder, or one error and no file."""
    folder = tmp_path_factory.mktemp("base")
    (folder / "out").mkdir()
    batch = reads(len(values)).append_column("by", pa.array(values, pa.string()))
    try:
        drive(SUFFIXES[suffix](folder / "out" / f"{{by}}{suffix}"), batch.schema, [batch])
    except DataError:
        assert contents(folder) == {}
        assert [path.name for path in folder.iterdir()] == ["out"]
        return
    wanted = {f"out/{'unknown' if value is None else value}{suffix}" for value in values}
    assert contents(folder).keys() == wanted
    assert len(wanted) == len(set(values))
    assert sum(len(names_in(folder / name)) for name in wanted) == len(values)


def test_two_values_never_share_a_file(tmp_path):
    for columns, message in [
        ({"a": ["unknown", None]}, "a 'unknown' and a None would share the file unknown.fq"),
        ({"a": [None, "unknown"]}, "would share the file unknown.fq"),
    ]:
        batch = reads(2).append_column("a", pa.array(columns["a"]))
        with pytest.raises(DataError, match=message):
            drive(FastqSink(tmp_path / "{a}.fq"), batch.schema, [batch])
    batch = reads(2).append_column("a", pa.array(["x", "x_y"]))
    batch = batch.append_column("b", pa.array(["y_z", "z"]))
    with pytest.raises(DataError, match="a 'x', b 'y_z' and a 'x_y', b 'z' would share the file"):
        drive(FastqSink(tmp_path / "{a}_{b}.fq"), batch.schema, [batch])
    assert contents(tmp_path) == {}


def test_mates_that_differ(tmp_path):
    batch = reads(4, paired=True).append_column("by", pa.array(["x", "x", "x", "y"]))
    for name in ("{by}.fq", "{by}_{mate}.fq"):
        with pytest.raises(DataError, match=r"the mates of 'read1' differ in column 'by': 'x' an"):
            drive(FastqSink(tmp_path / name), batch.schema, [batch])
    drive(ParquetSink(tmp_path / "{by}.parquet"), batch.schema, [batch])  # row by row
    assert len(names_in(tmp_path / "x.parquet")) == 3


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FastqSink("{a}_{mate}.fq", mate="x.fq"), "leave mate out"),
        (lambda: FastqSink("{a}_{mate}.fq", interleaved=True), "leave interleaved out"),
        (lambda: FastqSink("{a}_1.fq", mate="x.fq"), "must have the same fields"),
        (lambda: FastqSink("{a}_1.fq", mate="{b}_2.fq"), "must have the same fields"),
        (lambda: FastqSink("o/{a}_1.fq", mate="p/{a}_2.fq"), "begin with the same folder"),
        (lambda: FastqSink("{a}.parquet"), "the name says Parquet"),
        (lambda: FastqSink("{a}.fq.gz", compression="zstd"), "the name says gzip"),
        (lambda: ParquetSink("{a}.parquet", shards=2), "leave shards out"),
        (lambda: ParquetSink("{a}.parquet", partition_by="b"), "leave partition_by out"),
        (lambda: ParquetSink("{a}.parquet", max_partitions=0), "must be at least 1"),
        (lambda: ArrowSink("{a}.arrow", max_partitions=0), "must be at least 1"),
        (lambda: FastqSink("{a}.fq", max_partitions=0), "must be at least 1"),
    ],
)
def test_settings_that_do_not_fit(make, message):
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        make()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("{nothing}.fq", r"needs a column 'nothing'"),
        ("{score}.fq", r"needs integers, bools or text in column 'score', which is double"),
        ("{mate}.fq", r"FASTQ of paired reads needs a column 'mate'"),
    ],
)
def test_columns_that_do_not_fit(tmp_path, name, message):
    batch = reads(3).append_column("score", pa.array([0.5, 0.5, 1.0]))
    with pytest.raises(SchemaError, match=message):
        drive(FastqSink(tmp_path / name), batch.schema, [batch])
    assert list(tmp_path.iterdir()) == []


def test_too_many_files(tmp_path):
    batch = reads(5).append_column("n", pa.array(range(5)))
    with pytest.raises(SinkError, match=r"the fields have more than 4 different .*--max-partit"):
        drive(FastqSink(tmp_path / "{n}.fq", max_partitions=4), batch.schema, [batch])
    assert list(tmp_path.iterdir()) == []


def test_zstd_says_where_its_memory_ends(tmp_path):
    batch = reads(130).append_column("n", pa.array(range(130)))
    with pytest.raises(SinkError, match=r"writes at most 128 files at once"):
        drive(FastqSink(tmp_path / "{n}.fq.zst"), batch.schema, [batch])
    drive(FastqSink(tmp_path / "{n}.fq.gz"), batch.schema, [batch])
    assert len(contents(tmp_path)) == 130


def test_waiting_text_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr("biometal_stream.sinks.fastq.sink._WAITING_BYTES", 20_000)
    batch = labelled(2000, pa.int32(), list(range(40)))
    found = set()
    for workers, sizes in [(1, []), (3, [50] * 39)]:
        folder = tmp_path / f"{workers}"
        folder.mkdir()
        drive(FastqSink(folder / "{by}.fq.gz"), batch.schema, cut(batch, sizes), workers)
        found.add(tuple(sorted(contents(folder).items())))
    assert len(found) == 1
