"""Building indexes: the k-mers that are in them, the same bytes always, and what is refused."""

import gzip
import io
import os
import random
import re
import signal
import threading
import time

import numpy as np
import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, InputError, SinkError
from biometal_stream.indexes.deacon.values import values_of
from biometal_stream.indexes.opening import open_index
from biometal_stream.indexes.scheme import Scheme
from biometal_stream.indexing import building
from biometal_stream.indexing.progress import Watch
from biometal_stream.indexing.runs import Collected, FileRun
from tests.indexes.plain import minimizers


def sequence(length, seed=1):
    return "".join(random.Random(seed).choices("ACGT", k=length))


@pytest.fixture(scope="module")
def genome(tmp_path_factory):
    path = tmp_path_factory.mktemp("genome") / "host.fa"
    records = {"chr1": sequence(3000, 1), "chr2": sequence(2000, 2).lower() + "N" * 60, "tiny": "A"}
    path.write_text("".join(f">{name}\n{bases}\n" for name, bases in records.items()))
    return path, records


@pytest.mark.parametrize(("k", "w"), [(31, 15), (31, 1), (3, 1), (15, 9)])
def test_an_index_has_the_minimizers(genome, tmp_path, k, w):
    path, records = genome
    built = bs.build_index(path, tmp_path / "host.idx", k=k, w=w)
    expected = {value for bases in records.values() for _, value in minimizers(bases, k, w)}
    listed = np.concatenate(list(values_of(str(tmp_path / "host.idx"))))
    assert set(map(int, listed)) == expected
    assert (built.count, built.format, built.scheme) == (len(expected), "deacon", Scheme(k, w))
    assert built.nbytes == (tmp_path / "host.idx").stat().st_size
    compact = bs.build_index(path, tmp_path / "host.compact", k=k, w=w)
    assert (compact.count, compact.format) == (built.count, "compact")
    assert open_index(tmp_path / "host.compact").contains(listed).all()


def test_counts(genome, tmp_path):
    built = bs.build_index([genome[0], io.BytesIO(b">e\n>n\n" + b"N" * 99)], tmp_path / "a.idx")
    assert (built.sequences, built.bases, built.empty, built.short, built.without) == (
        *(5, 5160, 1, 1, 1),
    )


def test_the_bytes_are_the_same_for_all_bounds_threads_and_inputs(tmp_path, monkeypatch):
    text = "".join(f">{seed}\n{sequence(30_000, seed)}\n" for seed in range(6))
    plain, packed = tmp_path / "host.fa", tmp_path / "host.fa.gz"
    plain.write_text(text)
    packed.write_bytes(gzip.compress(text.encode()))
    made, files = [], []
    create = FileRun.__init__
    monkeypatch.setattr(
        FileRun, "__init__", lambda self, blocks: files.append(1) or create(self, blocks)
    )
    for memory in (None, 24_000):
        if memory is not None:
            monkeypatch.setattr(building, "Collected", lambda *given: Collected(*given[:2], 24_000))
        for threads in (1, 3):
            for suffix in ("idx", "compact"):
                made.append(tmp_path / f"{threads}{memory}.{suffix}")
                bs.build_index(plain, made[-1], threads=threads)
    assert files
    for suffix in ("idx", "compact"):
        contents = {path.read_bytes() for path in made if path.suffix == f".{suffix}"}
        assert len(contents) == 1
    bs.build_index(packed, tmp_path / "gz.idx")
    assert (tmp_path / "gz.idx").read_bytes() == made[0].read_bytes()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no sequence in the input, so the index would match nothing"),
        (b">a\n", "all sequences are shorter than 45 bases"),
        (b">a\nACGT\n>b\nACGTA\n", "all sequences are shorter than 45 bases"),
        (b">a\n" + b"ACGN" * 30 + b"\n", "no 45 bases in a row are A, C, G or T"),
        (b">a\n" + b"ACGU" * 30 + b"\n", "RNA needs T instead of U"),
    ],
)
def test_an_index_without_kmers_is_an_error(tmp_path, content, said):
    path = tmp_path / "host.fa"
    path.write_bytes(content)
    (tmp_path / "host.idx").write_bytes(b"before")
    with pytest.raises(InputError, match=f"^{re.escape(str(path))}: .*{said}"):
        bs.build_index(path, tmp_path / "host.idx")
    assert (tmp_path / "host.idx").read_bytes() == b"before"


@pytest.mark.parametrize(
    ("output", "settings", "said"),
    [
        ("a.idx", {"format": "compact"}, "the suffix .idx says deacon's format, but the format is"),
        ("a.fa", {}, "the suffix .fa says FASTA, not an index; name the index .*a.idx"),
        ("a.fq.gz", {}, "the suffix .fq.gz says FASTQ, not an index"),
        ("a.idx.gz", {}, "an index is not compressed; leave out the last suffix"),
        ("a.pidx", {}, "frozen filters of deacon can be read but not written"),
        ("a.idx", {"format": "bloom"}, "format must be one of compact, deacon"),
        ("a.idx", {"k": 32}, "k must be odd, from 3 to 31, not 32"),
        ("a.idx", {"k": 33}, "k must be odd, from 3 to 31, not 33"),
        ("a.idx", {"k": "31"}, "k must be a whole number: '31'"),
        ("a.idx", {"k": 31.0}, "k must be a whole number: 31.0"),
        ("a.idx", {"w": None}, "w must be a whole number: None"),
        ("a.idx", {"w": 10}, "w must be odd"),
        ("a.idx", {"threads": 0}, "there must be at least 1 thread"),
        ("a.idx", {"memory": "1M"}, "the memory must be at least 16 MiB"),
    ],
)
def test_settings_that_cannot_work(genome, tmp_path, output, settings, said):
    with pytest.raises(ConfigurationError, match=said):
        bs.build_index(genome[0], tmp_path / output, **settings)
    assert not list(tmp_path.iterdir())


def test_outputs_and_inputs_that_cannot_be(genome, tmp_path):
    copy = tmp_path / "host"
    copy.write_bytes(genome[0].read_bytes())
    with pytest.raises(SinkError, match="is an input"):
        bs.build_index(copy, copy)
    with pytest.raises(SinkError, match="there is no such folder"):
        bs.build_index(copy, tmp_path / "none" / "a.idx")
    with pytest.raises(InputError, match=r"none\.fa: cannot be opened: No such file"):
        bs.build_index(tmp_path / "none.fa", tmp_path / "a.idx")
    with pytest.raises(ConfigurationError, match=r"standard input \(-\) can be read only once"):
        bs.build_index(["-", "-"], tmp_path / "a.idx")
    with pytest.raises(ConfigurationError, match="at least one file of sequences"):
        bs.build_index([], tmp_path / "a.idx")
    assert [path.name for path in tmp_path.iterdir()] == ["host"]


def test_an_interrupt_leaves_nothing(tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    out, into = os.pipe()
    monkeypatch.setattr(building, "Collected", lambda *given: Collected(*given[:2], 2400))

    def feed():
        with os.fdopen(into, "wb") as file:
            file.write(f">a\n{sequence(200_000)}\n".encode() * 10)
            file.flush()
            os.kill(os.getpid(), signal.SIGINT)
            ended.wait(30)

    ended = threading.Event()
    thread = threading.Thread(target=feed)
    thread.start()
    try:
        with os.fdopen(out, "rb") as file, pytest.raises(KeyboardInterrupt):
            bs.build_index(file, tmp_path / "a.idx")
    finally:
        ended.set()
        thread.join()
    assert not list(temporary.iterdir())
    assert [path.name for path in tmp_path.iterdir()] == ["temporary"]


def test_progress(genome, tmp_path):
    watch = Watch()
    assert watch.snapshot()[0] == "reading"
    bs.build_index(genome[0], tmp_path / "a.idx", watch=watch)
    step, seconds, done, total = watch.snapshot()
    assert step == "writing"
    assert done == total > 0
    assert 0 <= seconds <= time.monotonic()
