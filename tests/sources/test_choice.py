"""The format is what is asked for, else what the first bytes say; no byte of a pipe is lost."""

import bz2
import gzip
import io
import lzma
import os
import threading
from pathlib import Path

import pytest
from backports import zstd

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.sources.choice import choose
from biometal_stream.sources.formats import format_of, named_format, source_formats
from tests.pipes import piped

FASTQ = b"@r1 x\nACGT\n+\nIIII\n@r2\nAC\n+\nII\n"
FASTA = b">r1 x\nAC\nGT\n>r2\nAC\n"
SQUEEZES = [bytes, gzip.compress, bz2.compress, lzma.compress, zstd.compress]


def chosen(path):
    warned = []
    return choose((path,), {}, None, warned.append).format.name, warned


def names_of(pipeline):
    return pipeline.stream().read_all()["name"].to_pylist()


@pytest.mark.parametrize("squeeze", SQUEEZES)
@pytest.mark.parametrize(("name", "text"), [("fastq", FASTQ), ("fasta", FASTA)])
def test_files_pipes_and_objects(tmp_path, name, text, squeeze):
    data = squeeze(text)
    path = tmp_path / "reads"
    path.write_bytes(data)
    assert chosen(path) == (name, [])
    assert names_of(bs.read(path)) == ["r1", "r2"]
    assert names_of(bs.read(io.BytesIO(data))) == ["r1", "r2"]
    with path.open("rb") as file:
        assert names_of(bs.read(file)) == ["r1", "r2"]
    for piece in (1, 7, 1 << 16):
        with piped(data, piece) as source:
            assert names_of(bs.read(source)) == ["r1", "r2"]
    assert ("quality" in bs.read(path).schema.names) == (name == "fastq")


def test_a_pipe_is_read_once(tmp_path):
    with piped(FASTQ) as source:
        reads = bs.read(source)
        assert names_of(reads) == ["r1", "r2"]
        with pytest.raises(InputError, match="has been read before"):
            names_of(reads)


def test_a_pipe_that_is_never_read_is_closed():
    with piped(FASTQ) as source:
        before = len(list(Path("/dev/fd").iterdir()))
        reads = bs.read(source)
        del reads
        after = len(list(Path("/dev/fd").iterdir()))
        assert after <= before
        assert source.closed is False


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="pipes are opened one by one elsewhere")
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_named_pipes_in_any_order(tmp_path, order):
    paths = [tmp_path / "1", tmp_path / "2"]
    for path in paths:
        os.mkfifo(path)
    texts = [b"".join(b">r%d/%d\nACGT\n" % (n, mate) for n in range(20_000)) for mate in (1, 2)]

    def write():
        files = [paths[place].open("wb") for place in order]
        for at in range(0, len(texts[0]), 50_000):  # in turn, so that one waits for the other
            for file, place in zip(files, order, strict=True):
                file.write(texts[place][at : at + 50_000])
        for file in files:
            file.close()

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    names = names_of(bs.read(paths[0], mate=paths[1]))
    writer.join()
    assert len(names) == 40_000
    assert names[:2] == ["r0/1", "r0/2"]


def test_a_name_that_contradicts_the_content_is_an_error(tmp_path):
    for name, text, said in (("x.fa.gz", FASTQ, "FASTA"), ("x.fastq", FASTA, "FASTQ")):
        path = tmp_path / name
        path.write_bytes(text)
        with pytest.raises(InputError, match=f"but its name says {said}; rename it, or read it"):
            bs.read(path)
    assert names_of(bs.read(path, format="fasta")) == ["r1", "r2"]


@pytest.mark.parametrize(("name", "found"), [("x.fa", "fasta"), ("x.fq", "fastq"), ("x", "fastq")])
@pytest.mark.parametrize("text", [b"", b"\n", b"ACGT\n"])
def test_what_shows_no_format_is_read_as_its_name_says(tmp_path, name, found, text):
    path = tmp_path / name
    path.write_bytes(text)
    assert chosen(path) == (found, [])


def test_lanes_must_be_of_one_format(tmp_path):
    (tmp_path / "1.fa").write_bytes(FASTA)
    (tmp_path / "2").write_bytes(gzip.compress(FASTQ))
    with pytest.raises(InputError, match="is FASTQ, not FASTA; read it with --format fastq"):
        names_of(bs.read([tmp_path / "1.fa", tmp_path / "2"]))


def test_a_missing_file_is_an_error_of_the_run(tmp_path):
    reads = bs.read(tmp_path / "nothing.fa")
    with pytest.raises(InputError, match="No such file"):
        names_of(reads)


def test_options_of_another_format(tmp_path):
    path = tmp_path / "x.fa"
    path.write_bytes(FASTA)
    with pytest.raises(ConfigurationError, match="quality_encoding: for FASTQ only, but the input"):
        bs.read(path, quality_encoding="auto")
    with pytest.raises(ConfigurationError, match="there is no option colour"):
        bs.read(path, colour="red")
    with pytest.raises(ConfigurationError, match="unknown format 'bam'; known are fastq, fasta"):
        bs.read(path, format="bam")


def test_the_table():
    names = [form.name for form in source_formats()]
    assert len(set(names)) == len(names)
    suffixes = [suffix for form in source_formats() for suffix in form.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    for form in source_formats():
        assert form.load_options() is not None
        assert getattr(bs, f"read_{form.name}")
    assert named_format("A/b.FASTA.GZ").name == "fasta"
    assert named_format("reads.txt") is None
    assert format_of(b"\xef\xbb\xbf>a").name == "fasta"
    assert format_of(b"@SQ\tSN:1") is None


@pytest.mark.parametrize("squeeze", SQUEEZES)
def test_the_command_line_reads_standard_input(tmp_path, squeeze, capsys):
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(squeeze(FASTA))
    kept = os.dup(0)
    try:
        os.dup2(reading, 0)
        with pytest.raises(SystemExit) as ended:
            raise SystemExit(main(["read", "-", "write", str(tmp_path / "out.fa")]))
    finally:
        os.dup2(kept, 0)
        os.close(kept)
        os.close(reading)
    assert not ended.value.code, capsys.readouterr().err
    assert (tmp_path / "out.fa").read_bytes() == b">r1 x\nACGT\n>r2\nAC\n"
