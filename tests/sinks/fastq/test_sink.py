import gzip
import io
import pickle
import shutil
import subprocess

import dnaio
import pyarrow as pa
import pytest

from biometal_stream.codecs.bgzf import writer as bgzf
from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from biometal_stream.sinks import FastqSink
from tests.sinks.driver import cut, drive, reads


def as_text(batch):
    text = ""
    for row in batch.to_pylist():
        description = "" if row["description"] is None else " " + row["description"]
        text += f"@{row['name']}{description}\n{row['sequence']}\n+\n{row['quality']}\n"
    return text.encode()


def unzstd(data):
    try:
        from compression import zstd
    except ImportError:
        from backports import zstd
    decompressor = zstd.ZstdDecompressor()
    text = decompressor.decompress(data)
    assert decompressor.eof
    assert not decompressor.unused_data  # one frame
    return text


READERS = {"r.fq": bytes, "r.fq.gz": gzip.decompress, "r.fastq.bgz": gzip.decompress}
READERS["r.fq.zst"] = unzstd


@pytest.mark.parametrize("name", READERS)
def test_written_text(tmp_path, name):
    batch = reads(3000)
    opened = drive(FastqSink(tmp_path / name), batch.schema, [batch])
    data = (tmp_path / name).read_bytes()
    assert READERS[name](data) == as_text(batch)
    assert opened.bytes_written == len(data)
    assert opened.outputs == (str(tmp_path / name),)


@pytest.mark.parametrize("name", READERS)
def test_same_bytes_for_any_workers_and_batches(tmp_path, monkeypatch, name):
    monkeypatch.setattr("biometal_stream.sinks.fastq.layout.MORSEL_BYTES", 30_000)
    batch = reads(4000, paired=True)
    found = set()
    for workers, sizes in [(1, []), (2, [1, 2, 0, 999]), (4, [500] * 7)]:
        drive(FastqSink(tmp_path / name), batch.schema, cut(batch, sizes), workers)
        found.add((tmp_path / name).read_bytes())
    with FastqSink(tmp_path / name).open(batch.schema) as write:
        for part in cut(batch, [77, 3]):
            write(part)
    found.add((tmp_path / name).read_bytes())
    assert len(found) == 1


@pytest.mark.parametrize("name", READERS)
def test_no_reads(tmp_path, name):
    drive(FastqSink(tmp_path / name), reads(0).schema, [])
    assert READERS[name]((tmp_path / name).read_bytes()) == b""


def test_dnaio_reads_the_same(tmp_path):
    batch = reads(500)
    drive(FastqSink(tmp_path / "r.fq.gz"), batch.schema, [batch])
    with dnaio.open(tmp_path / "r.fq.gz") as records:
        found = [(r.name, r.sequence, r.qualities) for r in records]
    rows = batch.to_pylist()
    names = [r["name"] + (f" {r['description']}" if r["description"] else "") for r in rows]
    assert found == [(n, r["sequence"], r["quality"]) for n, r in zip(names, rows, strict=True)]


@pytest.mark.skipif(shutil.which("zstd") is None, reason="no zstd command")
def test_zstd_tests_it(tmp_path):
    batch = reads(3000)
    drive(FastqSink(tmp_path / "r.fq.zst"), batch.schema, [batch])
    subprocess.run(["zstd", "-q", "-t", tmp_path / "r.fq.zst"], check=True)
    data = bytearray((tmp_path / "r.fq.zst").read_bytes())
    data[-1] ^= 1  # the check sum
    (tmp_path / "bad.zst").write_bytes(data)
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run(["zstd", "-q", "-t", tmp_path / "bad.zst"], capture_output=True, check=True)


def test_bgzf_ends_with_its_marker(tmp_path):
    batch = reads(10)
    drive(FastqSink(tmp_path / "r.fq.gz"), batch.schema, [batch])
    assert (tmp_path / "r.fq.gz").read_bytes().endswith(bgzf.END)


def test_mates_in_two_files(tmp_path):
    batch = reads(200, paired=True)
    sink = FastqSink(tmp_path / "1.fq", mate=tmp_path / "2.fq.gz")
    opened = drive(sink, batch.schema, cut(batch, [33, 21]))
    first, second = batch.take(list(range(0, 200, 2))), batch.take(list(range(1, 200, 2)))
    assert (tmp_path / "1.fq").read_bytes() == as_text(first)
    assert gzip.decompress((tmp_path / "2.fq.gz").read_bytes()) == as_text(second)
    assert opened.outputs == (str(tmp_path / "1.fq"), str(tmp_path / "2.fq.gz"))


@pytest.mark.parametrize("settings", [{}, {"interleaved": True}])
def test_mates_in_one_file(tmp_path, settings):
    batch = reads(20, paired=True)
    drive(FastqSink(tmp_path / "r.fq", **settings), batch.schema, cut(batch, [3]))
    assert (tmp_path / "r.fq").read_bytes() == as_text(batch)


def test_mates_out_of_turn(tmp_path):
    batch = reads(20, paired=True).take([0, 2, 1, 3])
    (tmp_path / "1.fq").write_bytes(b"old")
    with pytest.raises(DataError, match="must alternate between 1 and 2"):
        drive(FastqSink(tmp_path / "1.fq", mate=tmp_path / "2.fq"), batch.schema, [batch])
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("1.fq", b"old")]


def test_further_columns_are_left_out(tmp_path):
    batch = reads(5000)
    wide = batch.append_column("wide", pa.array(["x" * 1000] * 5000))
    for schema, rows, name in [(batch.schema, batch, "r.fq.gz"), (wide.schema, wide, "w.fq.gz")]:
        drive(FastqSink(tmp_path / name), schema, [rows])
    with FastqSink(tmp_path / "o.fq.gz").open(wide.schema) as write:
        write(wide)
    found = {path.read_bytes() for path in tmp_path.iterdir()}
    assert list(map(gzip.decompress, found)) == [as_text(batch)]


def test_without_descriptions(tmp_path):
    batch = reads(5).drop_columns(["description"])
    drive(FastqSink(tmp_path / "r.fq"), batch.schema, [batch])
    assert (tmp_path / "r.fq").read_bytes().startswith(b"@read0\n")


def test_columns_are_checked_before_data_flows(tmp_path):
    schema = reads(0).schema
    with pytest.raises(SchemaError, match="FASTQ needs a column 'quality'"):
        drive(FastqSink(tmp_path / "r.fq"), schema.remove(3), None)
    with pytest.raises(SchemaError, match="needs a column 'mate'"):
        drive(FastqSink(tmp_path / "r.fq", mate=tmp_path / "m.fq"), schema, None)
    with pytest.raises(SchemaError, match="needs text in column 'sequence'"):
        drive(FastqSink(tmp_path / "r.fq"), schema.set(2, pa.field("sequence", pa.int8())), None)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"target": "r.fq.bz2"}, ".bz2 is read but not written"),
        ({"target": "r.fq.xz"}, ".xz is read but not written"),
        ({"target": "r.fq.gz", "level": 13}, "from 1 to 12: 13"),
        ({"target": "r.fq.gz", "level": 0}, "from 1 to 12: 0"),
        ({"target": "r.fq.zst", "level": 23}, "from 1 to 22: 23"),
        ({"target": "r.fq", "level": 3}, "compression none has no levels"),
        ({"target": "r.fq", "compression": "lz4"}, "must be one of none, gzip, zstd: lz4"),
        ({"target": "r.fq", "mate": "m.fq", "interleaved": True}, "leave the mate out"),
        ({"target": "-", "mate": "m.fq"}, "interleave them"),
    ],
)
def test_settings_that_cannot_work(settings, message):
    with pytest.raises(ConfigurationError) as error:
        FastqSink(**settings)
    assert message in str(error.value)


def test_recipe(tmp_path):
    sink = FastqSink(tmp_path / "r.fq.gz", level=5)
    assert pickle.loads(pickle.dumps(sink)) == sink
    assert eval(repr(sink)) == sink
    assert hash(sink) == hash(FastqSink(str(tmp_path / "r.fq.gz"), level=5))


def test_gzip_is_compressed_at_level_1_unless_told(tmp_path):
    columns = {"name": "r", "sequence": "ACGTTGCA" * 9, "quality": "IIFF,,::" * 9}
    batch = pa.record_batch({name: [value] * 99 for name, value in columns.items()})
    for name, level in (("default.fq.gz", None), ("1.fq.gz", 1), ("2.fq.gz", 2)):
        drive(FastqSink(tmp_path / name, level=level), batch.schema, [batch])
    by_default = (tmp_path / "default.fq.gz").read_bytes()
    assert by_default == (tmp_path / "1.fq.gz").read_bytes() != (tmp_path / "2.fq.gz").read_bytes()


@pytest.mark.parametrize("level", [1, 3, 12])
def test_real_reads_come_out_as_they_were(shared_data, tmp_path, level):
    path = shared_data / "reads" / "illumina" / "rhodobacter_ga_36bp.fastq.gz"
    text = gzip.decompress(path.read_bytes())
    lines = text.decode().split("\n")
    headers = [line[1:].partition(" ") for line in lines[0:-1:4]]
    batch = pa.record_batch(
        {
            "name": [name for name, _, _ in headers],
            "description": [rest if blank else None for _, blank, rest in headers],
            "sequence": lines[1:-1:4],
            "quality": lines[3:-1:4],
        }
    )
    drive(FastqSink(tmp_path / "r.fq.gz", level=level), batch.schema, [batch])
    with dnaio.open(tmp_path / "r.fq.gz") as ours, dnaio.open(io.BytesIO(text)) as theirs:
        assert list(ours) == list(theirs)


HEADERS = [
    "a",
    "a ",
    "a b",
    "a\tb",
    "a \tb",
    "a  \t b",
    "a  b",
    "a b\tc d",
    "",
    " b",
    "\tb",
    "a\t",
    "ü é",
    "a/1 1:N:0:A",
]


@pytest.mark.parametrize("name", ["r.fq", "r.fq.gz", "r.fq.zst"])
def test_headers_come_out_as_they_were_read(tmp_path, name):
    from biometal_stream import read_fastq

    text = "".join(f"@{header}\nACGT\n+\n!!!!\n" for header in HEADERS).encode()
    (tmp_path / "in.fq").write_bytes(text)
    read_fastq(tmp_path / "in.fq").run(FastqSink(tmp_path / name))
    assert READERS[name]((tmp_path / name).read_bytes()) == text
    read_fastq(tmp_path / name).run(FastqSink(tmp_path / "again.fq"))
    assert (tmp_path / "again.fq").read_bytes() == text


@pytest.mark.parametrize("mates", [["x"] * 4, [300] * 4, [None] * 4])
def test_mates_that_nobody_asks_for_may_be_anything(tmp_path, mates):
    batch = reads(4)
    further = batch.append_column("mate", pa.array(mates))
    further = further.append_column("mate", pa.array(mates))
    drive(FastqSink(str(tmp_path / "a.fq")), batch.schema, [batch])
    drive(FastqSink(str(tmp_path / "b.fq")), further.schema, [further])
    assert (tmp_path / "a.fq").read_bytes() == (tmp_path / "b.fq").read_bytes()


def test_two_descriptions(tmp_path):
    batch = reads(4)
    batch = batch.append_column("description", batch.column("description"))
    with pytest.raises(SchemaError, match="FASTQ needs one column 'description'; the input has 2"):
        drive(FastqSink(str(tmp_path / "a.fq")), batch.schema, [batch])
    assert list(tmp_path.iterdir()) == []
