"""FASTA out: the text against plain Python, headers as they were read, mates, and compression."""

import gzip

import pyarrow as pa
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from biometal_stream.sinks import FastaSink, sink_for
from biometal_stream.sinks.fasta.records import format_batches

HEADERS = [("a", "x y"), ("b", None), ("c", "\tBC:Z:1"), ("", "d"), ("e", "")]


def plain(rows, width):
    lines = []
    for name, description, sequence in rows:
        rest = ""
        if description is not None:
            rest = description if description.lstrip(" ").startswith("\t") else f" {description}"
        lines.append(f">{name}{rest}")
        width_here = width or max(1, len(sequence))
        lines += [sequence[at : at + width_here] for at in range(0, len(sequence), width_here)]
        if not sequence:
            lines.append("")
    return "".join(f"{line}\n" for line in lines)


@given(
    st.lists(st.tuples(st.sampled_from(HEADERS), st.text("ACGTNacgtn", max_size=200)), max_size=20),
    st.integers(0, 130),
)
def test_against_plain_python(records, width):
    rows = [(*header, sequence) for header, sequence in records]
    names = ("name", "description", "sequence")
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    batch = pa.record_batch(columns, pa.schema(dict.fromkeys(names, pa.string())))
    expected = plain(rows, width).encode()
    assert bytes(format_batches([batch], line_width=width)) == expected
    halves = [batch.slice(0, len(rows) // 2), batch.slice(len(rows) // 2)]
    assert bytes(format_batches(halves, line_width=width)) == expected


@pytest.mark.parametrize("width", [0, 1, 60])
@pytest.mark.parametrize("threads", [1, 3])
def test_what_is_written_is_read(tmp_path, width, threads):
    text = plain([(*header, "ACGTN" * 50 * n) for n, header in enumerate(HEADERS)], 0)
    source = tmp_path / "in.fa"
    source.write_text(text)
    reads = bs.read_fasta(source).with_options(threads=threads)
    for name, unpack in (
        ("out.fa", bytes),
        ("out.fasta.gz", gzip.decompress),
        ("out.fna.zst", zstd.decompress),
    ):
        reads.write_fasta(tmp_path / name, line_width=width)
        written = unpack((tmp_path / name).read_bytes())
        assert written.decode() == plain(
            [(*header, "ACGTN" * 50 * n) for n, header in enumerate(HEADERS)], width
        )
        again = bs.read(tmp_path / name).stream().read_all()
        assert again == reads.stream().read_all()


def test_reads_with_quality_lose_it_and_mates_are_parted(tmp_path):
    path = tmp_path / "x.fq"
    path.write_bytes(b"@r/1\nAC\n+\nII\n@r/2\nGT\n+\nII\n")
    reads = bs.read_fastq(path, interleaved=True)
    reads.write_fasta(tmp_path / "1.fa", mate=tmp_path / "2.fa")
    assert (tmp_path / "1.fa").read_bytes() == b">r/1\nAC\n"
    assert (tmp_path / "2.fa").read_bytes() == b">r/2\nGT\n"
    reads.write_fasta(tmp_path / "x_R{mate}.fa", line_width=1)
    assert (tmp_path / "x_R2.fa").read_bytes() == b">r/2\nG\nT\n"
    again = bs.read_fasta(tmp_path / "1.fa", mate=tmp_path / "2.fa").stream().read_all()
    assert again["mate"].to_pylist() == [1, 2]


def test_what_it_holds(tmp_path):
    path = tmp_path / "x.fa"
    path.write_bytes(b">r\nAC\n")
    pipeline = bs.read_fasta(path) | bs.Measure(columns=("length",))
    with pytest.warns(bs.InputWarning, match="FASTA holds only name, description and sequence"):
        pipeline.write_fasta(tmp_path / "y.fa")
    with pytest.raises(SchemaError, match="FASTA does not need it: --format fasta"):
        bs.read_fasta(path).write_fastq(tmp_path / "y.fq")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": "a b"}, "its name holds a blank"),
        ({"name": "a\n"}, "its name holds a newline"),
        ({"description": "x\ny"}, "its description holds a newline"),
        ({"sequence": "AC-"}, "its sequence holds '-', which is not a base"),
        ({"sequence": None}, "its sequence is null, which FASTA cannot hold"),
    ],
)
def test_rows_that_are_not_records(values, message):
    row = {"name": "a", "description": None, "sequence": "AC", **values}
    schema = pa.schema(dict.fromkeys(row, pa.string()))
    batch = pa.record_batch({name: [value] for name, value in row.items()}, schema)
    with pytest.raises(DataError, match=message):
        format_batches([batch])


def test_names_and_options():
    for name in ("x.fa", "x.fasta.gz", "x.fna.zst"):
        assert isinstance(sink_for(name, paired=False), FastaSink)
    assert sink_for("-", paired=False, format="fasta", line_width=60).line_width == 60
    with pytest.raises(ConfigurationError, match="line-width is for FASTA, but this is FASTQ"):
        sink_for("x.fq", paired=False, line_width=60)
    with pytest.raises(ConfigurationError, match="line_width must be 0 or more"):
        FastaSink("x.fa", line_width=-1)
    with pytest.raises(ConfigurationError, match="the name says FASTQ, but FASTA is to be written"):
        FastaSink("x.fq")
