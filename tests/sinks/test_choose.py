import os
import subprocess
import sys

import pytest

from biometal_stream.errors import ConfigurationError
from biometal_stream.sinks import ArrowSink, FastqSink, ParquetSink, sink_for


@pytest.mark.parametrize(
    ("target", "options", "sink"),
    [
        ("r.parquet", {}, ParquetSink("r.parquet")),
        ("R.PQ", {"level": 3}, ParquetSink("R.PQ", level=3)),
        ("r/", {}, ParquetSink("r/")),
        ("r", {"shards": 2}, ParquetSink("r", shards=2)),
        ("r", {"partition_by": "x"}, ParquetSink("r", partition_by="x")),
        ("r.parquet", {"metadata": {"a": "b"}}, ParquetSink("r.parquet", metadata={"a": "b"})),
        ("r.txt", {"format": "parquet"}, ParquetSink("r.txt")),
        ("-", {"format": "parquet"}, ParquetSink("-")),
        ("r.arrow", {}, ArrowSink("r.arrow")),
        ("r.feather", {"compression": "lz4"}, ArrowSink("r.feather", compression="lz4")),
        ("r.ipc", {"metadata": {"a": "b"}}, ArrowSink("r.ipc")),
        ("r.arrows", {}, ArrowSink("r.arrows", "stream")),
        ("-", {"format": "arrow-stream"}, ArrowSink("-", "stream")),
        ("-", {}, FastqSink("-")),
        ("-", {"compression": "gzip"}, FastqSink("-", compression="gzip")),
        ("/dev/stdout", {}, FastqSink("/dev/stdout")),
        ("/dev/fd/63", {}, FastqSink("/dev/fd/63")),
        ("/dev/null", {}, FastqSink("/dev/null")),
        ("r.fastq", {"interleaved": False}, FastqSink("r.fastq")),
        ("a.b/r.fq.GZ", {}, FastqSink("a.b/r.fq.GZ")),
        ("r.fq.bgz", {"level": 1}, FastqSink("r.fq.bgz", level=1)),
        ("r.fq.zst", {"paired": True}, FastqSink("r.fq.zst")),
        ("1.fq", {"mate": "2.fq", "paired": True}, FastqSink("1.fq", mate="2.fq")),
        ("r.fq", {"interleaved": True, "paired": True}, FastqSink("r.fq", interleaved=True)),
    ],
)
def test_choice(target, options, sink):
    assert sink_for(target, **{"paired": False, **options}) == sink


@pytest.mark.parametrize("target", ["{x}.fq.gz", "{x}.fq.zst", "{x}.fa.gz", "{x}.pq", "{x}.arrow"])
@pytest.mark.parametrize("name", ["level", "max_partitions"])
@pytest.mark.parametrize("value", ["3", 2.5, True])
def test_numbers_must_be_whole_ones(target, name, value):
    with pytest.raises(ConfigurationError, match=f"{name} must be a whole number: {value!r}"):
        sink_for(target, paired=False, **{name: value})


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        ("r/", {"shards": "4"}, "shards must be a whole number: '4'"),
        ("r.fa", {"line_width": True}, "line_width must be a whole number: True"),
        ("r.fq", {"interleaved": "no", "paired": True}, "interleaved must be True or False: 'no'"),
    ],
)
def test_options_of_another_kind(target, options, message):
    with pytest.raises(ConfigurationError, match=message):
        sink_for(target, **{"paired": False, **options})


def test_a_folder_is_parquet(tmp_path):
    assert sink_for(tmp_path, paired=False) == ParquetSink(str(tmp_path))


def test_a_pipe_is_fastq_unless_its_name_says_something_else(tmp_path):
    for name in ("one", "two", "one.arrows"):
        os.mkfifo(tmp_path / name)
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    assert sink_for(one, mate=two, paired=True) == FastqSink(one, mate=two)
    assert sink_for(f"{one}.arrows", paired=False) == ArrowSink(f"{one}.arrows", "stream")


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        ("r.csv", {}, "r.csv: writing .csv is not supported; write reads.parquet"),
        ("r.sam", {}, "write reads.fq.gz, which samtools import reads"),
        ("r.npy", {}, "is not supported; write reads.fq"),
        ("r.dat", {}, "the suffix is not a known format's; known are .parquet, .pq, .arrow"),
        ("r.gz", {}, "the suffix is not a known format's"),
        ("r.parquet.gz", {}, "only FASTQ and FASTA are compressed as a whole"),
        ("r.fq.bz2", {}, ".bz2 is read but not written; use .gz or .zst"),
        ("r.fq.xz", {}, ".xz is read but not written"),
        ("r.fq", {"mate": "m.fq"}, "mate is for paired reads, but these are single"),
        ("r.fq", {"interleaved": True}, "interleaved is for paired reads"),
        ("r.fq", {"shards": 2}, "shards is for Parquet, but this is FASTQ"),
        ("r.arrow", {"partition_by": "x"}, "partition-by is for Parquet, but this is an Arrow f"),
        (
            "r.pq",
            {"mate": "m.fq", "paired": True},
            "mate is for FASTQ and FASTA, but this is Parquet",
        ),
        ("r.fq", {"format": "csv"}, "unknown format 'csv'; known are parquet, arrow"),
        ("r.arrow", {"compression": "gzip"}, "must be one of none, lz4, zstd: gzip"),
        ("r.parquet", {"level": 99}, "from 1 to 22: 99"),
    ],
)
def test_what_does_not_fit(target, options, message):
    with pytest.raises(ConfigurationError) as error:
        sink_for(target, **{"paired": False, **options})
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_choosing_loads_nothing_heavy():
    code = """if True:
        import sys, biometal_stream.sinks, biometal_stream.sinks.choose, biometal_stream.atomic
        from biometal_stream.sinks import sink_for
        print({"numpy", "pyarrow", "numba", "rich", "thrift"} & set(sys.modules) or "light")
        """
    outcome = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    assert outcome.stdout == "light\n"


def test_unknown_name():
    import biometal_stream.sinks as sinks

    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        sinks.Nothing  # noqa: B018
    assert "sink_for" in dir(sinks)


@pytest.mark.parametrize("target", [b"x.fq", "a\0b.fq", "a\0b.parquet", "a\0b/"])
def test_a_path_that_is_none(target):
    with pytest.raises(ConfigurationError, match="a path must be text without NULs"):
        sink_for(target, paired=False)
    with pytest.raises(ConfigurationError, match="a path must be text without NULs"):
        sink_for("x.fq", paired=True, mate=target)


def test_a_sink_knows_its_entry_of_the_table(tmp_path):
    from biometal_stream.sinks import DiscardSink
    from biometal_stream.sinks.formats import FORMATS, format_of

    for name, form in FORMATS.items():
        made = sink_for(str(tmp_path / f"out{form.suffix}"), format=name, paired=False)
        assert format_of(made) is form
    assert format_of(DiscardSink()) is None


def test_the_command_line_asks_the_table_what_engines_write(tmp_path, monkeypatch):
    from dataclasses import replace

    from biometal_stream.cli import run
    from biometal_stream.sinks.formats import FORMATS
    from biometal_stream.sinks.options import ROUTES

    job = run.Job((), None, {}, (), dict.fromkeys((*ROUTES, "partition_size")))
    job.write.update(engine="ray", target="out.fa")
    sink = sink_for(str(tmp_path / "out.fa"), paired=False)
    with pytest.raises(ConfigurationError, match="writes only Parquet; name a folder such as"):
        run._engine(job, sink)
    fasta = replace(FORMATS["fasta"], on_engines=True)
    monkeypatch.setattr(run, "format_of", lambda _: fasta)
    assert run._engine(job, sink) == ("ray", None)
