"""FASTA in partitions: the same records, in order, and the errors of the whole."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.codecs.bgzf.writer import END, compress_blocks
from biometal_stream.codecs.ranges import FileRange
from biometal_stream.errors import ConfigurationError, FastaError
from biometal_stream.sources.fasta.cuts import find_cuts
from biometal_stream.sources.fasta.source import FastaSource


def text_of(lengths):
    return b"".join(b">r%d d\n%s\n" % (n, b"ACGT\n" * size) for n, size in enumerate(lengths))


def bgzf(text, block):
    view = memoryview(text)
    blocks = (view[at : at + block] for at in range(0, len(text), block))
    return b"".join(compress_blocks(each, 1) for each in blocks) + END


def rows(source):
    return [row for batch in source.batches() for row in batch.to_pylist()]


@given(
    st.lists(st.integers(0, 300), min_size=1, max_size=30),
    st.sampled_from([None, 200, 1 << 16]),
    st.integers(1, 4000),
)
def test_the_same_records(tmp_path_factory, lengths, block, nbytes):
    text = text_of(lengths)
    path = tmp_path_factory.mktemp("fasta") / "x.fa"
    path.write_bytes(text if block is None else bgzf(text, block))
    source = FastaSource((path,))
    parts = source.partitions(nbytes)
    assert [row for part in parts for row in rows(pickle.loads(pickle.dumps(part)))] == rows(source)
    assert sum(part.bytes_total for part in parts) == path.stat().st_size
    assert sum(part.whole for part in parts) == (len(parts) == 1)


def test_there_are_as_many_as_asked_for(tmp_path):
    path = tmp_path / "x.fa"
    path.write_bytes(text_of([100] * 200))
    assert len(FastaSource((path,)).partitions(path.stat().st_size // 8)) in (8, 9)
    path.write_bytes(text_of([20_000, 1]))
    assert len(FastaSource((path,)).partitions(1000)) == 2
    whole = FileRange(str(path), "x", path.stat().st_size, "plain")
    assert list(find_cuts(whole, 50, 1000)) == []  # a record that is longer is an error later


def test_a_bad_record_is_told_by_its_place_in_the_whole(tmp_path):
    path = tmp_path / "x.fa"
    path.write_bytes(text_of([100] * 50) + b">bad\nAC-\n" + text_of([100] * 9))
    source = FastaSource((path,))
    with pytest.raises(FastaError) as whole:
        rows(source)
    good, error = [], None
    for part in source.partitions(3000):
        try:
            for batch in part.batches():
                good += batch.to_pylist()
        except FastaError as caught:
            error = caught
            break
    assert len(good) == 50
    assert str(error) == str(whole.value)


def test_what_cannot_be_cut_is_whole(tmp_path):
    import gzip

    text = text_of([100] * 50)
    for name, data in (("1.fa.gz", gzip.compress(text)), ("2.fa", text)):
        (tmp_path / name).write_bytes(data)
    one, two = tmp_path / "1.fa.gz", tmp_path / "2.fa"
    assert [part.whole for part in FastaSource((one,)).partitions(100)] == [True]
    mates = FastaSource((two,), mate=one)
    assert [part.whole for part in mates.partitions(100)] == [True]
    lanes = FastaSource((one, two)).partitions(len(text))
    assert [part.whole for part in lanes] == [True, True]
    with pytest.raises(ConfigurationError, match="standard input cannot be divided"):
        FastaSource(("-",)).partitions(100)


def test_parquet_by_partitions(tmp_path):
    path = tmp_path / "x.fa"
    path.write_bytes(text_of(range(100)))
    pipeline = bs.read_fasta(path) | bs.MinLength(40)
    wanted = pipeline.stream().read_all()
    parts = [bs.Pipeline(part) | bs.MinLength(40) for part in pipeline.source.partitions(5000)]
    assert [row for part in parts for row in part.stream().read_all().to_pylist()] == (
        wanted.to_pylist()
    )
