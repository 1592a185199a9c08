"""Union, intersection, difference and conversion of indexes, compared with Python's sets."""

import random

import numpy as np
import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, InputError, InputWarning, SinkError
from biometal_stream.indexes.deacon.values import values_of
from biometal_stream.indexes.opening import open_index
from biometal_stream.indexing import listed as listed_runs
from biometal_stream.indexing.runs import Collected, FileRun
from tests.indexes.deacon.files import exact_bytes, frozen_bytes
from tests.indexes.plain import minimizers

NUMBERS = random.Random(4)
A, B, C = (set(NUMBERS.sample(range(1000), 600)) for _ in range(3))


def listed(path):
    return {int(value) for block in values_of(str(path)) for value in block}


@pytest.fixture(params=["memory", "disk"])
def here(tmp_path, monkeypatch, request):
    """A folder with indexes of A, B and C, as files in any order."""
    for name, values in (("a", A), ("b", B), ("c", C)):
        (tmp_path / f"{name}.idx").write_bytes(exact_bytes(NUMBERS.sample(sorted(values), 600)))
    monkeypatch.chdir(tmp_path)
    if request.param == "disk":
        monkeypatch.setattr(listed_runs, "Collected", lambda *given: Collected(*given[:2], 2400))
    return tmp_path


def test_results(here):
    inputs = ["a.idx", "b.idx", "c.idx"]
    union = bs.union_indexes(inputs, "union.idx")
    common = bs.intersect_indexes(inputs, "common.idx")
    left = bs.subtract_indexes("a.idx", inputs[1:], "left.idx")
    for made, expected in ((union, A | B | C), (common, A & B & C), (left, A - B - C)):
        assert listed(made.output) == expected
        assert (made.count, made.counts, made.format) == (len(expected), (600,) * 3, "deacon")
    assert bs.subtract_indexes("a.idx", "b.idx", "one.idx").count == len(A - B)


def test_conversion(here):
    made = bs.convert_index("a.idx", "a.compact")
    values = np.array(sorted(A), np.uint64)
    assert made.format == "compact"
    assert open_index("a.compact").contains(values).all()
    assert bs.convert_index("a.idx", "again.idx").count == 600
    assert listed("again.idx") == A
    bs.union_indexes(["a.idx", "b.idx"], "u.compact")
    bs.union_indexes(["a.idx", "b.idx"], "u.idx")
    bs.convert_index("u.idx", "v.compact", threads=2, memory="64M")
    assert open_index("u.compact").contains(np.array(sorted(A | B), np.uint64)).all()


def test_shipped_indexes_are_known_by_name(here):
    made = bs.union_indexes(["phix", "a.idx"], "u.idx")
    assert made.count == bs.index_info("phix").count + 600


def test_the_order_of_a_file_does_not_matter(here):
    (here / "z.idx").write_bytes(exact_bytes(sorted(A, reverse=True)))
    bs.convert_index("z.idx", "one.idx")
    bs.convert_index("a.idx", "two.idx")
    assert (here / "one.idx").read_bytes() == (here / "two.idx").read_bytes()


def test_sequences_are_subtracted_by_their_minimizers_or_all_kmers(here):
    bases = "".join(random.Random(8).choices("ACGT", k=2000))
    (here / "host.fa").write_text(f">a\n{bases}\n")
    (here / "mask.fa").write_text(f">a\n{bases[500:900]}\n")
    bs.build_index("host.fa", "host.idx")
    host = listed("host.idx")
    for w in (None, 1):
        made = bs.subtract_indexes("host.idx", "mask.fa", "left.idx", w=w)
        taken = {value for _, value in minimizers(bases[500:900], 31, w or 15)}
        assert listed("left.idx") == host - taken
        assert made.counts == (len(host), len(taken))
    bs.build_index("mask.fa", "all.idx", w=1)
    bs.subtract_indexes("host.idx", "all.idx", "again.idx")
    assert (here / "again.idx").read_bytes() == (here / "left.idx").read_bytes()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "no sequence in the input"),
        (">a\nACGT\n", "all sequences are shorter than 45 bases"),
        (f">a\n{'ACGU' * 30}\n", "no 45 bases in a row are A, C, G or T .RNA"),
    ],
)
def test_sequences_without_a_kmer_subtract_nothing_and_are_named(here, content, why):
    (here / "mask.fa").write_text(content)
    with pytest.warns(InputWarning, match=rf"^mask\.fa: {why}.*, so nothing is subtracted$"):
        made = bs.subtract_indexes("a.idx", ["mask.fa"], "o.idx")
    assert (made.count, made.counts) == (600, (600, 0))


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda: bs.union_indexes(["a.idx"], "o.idx"), ConfigurationError, "at least two indexes"),
        (lambda: bs.union_indexes("a.idx", "o.idx"), ConfigurationError, "at least two indexes"),
        (lambda: bs.subtract_indexes("a.idx", [], "o.idx"), ConfigurationError, "what to subtract"),
        (
            lambda: bs.union_indexes(["a.idx", "w.idx"], "o.idx"),
            ConfigurationError,
            "w.idx: has k 31 and w 1, but a.idx has k 31 and w 15; make it again",
        ),
        (
            lambda: bs.subtract_indexes("w.idx", "a.idx", "o.idx"),
            ConfigurationError,
            r"a.idx: has k 31 and w 15, but w.idx has k 31 and w 1",
        ),
        (
            lambda: bs.intersect_indexes(["a.idx", "k.idx"], "o.idx"),
            ConfigurationError,
            "k.idx: has k 29 and w 15",
        ),
        (
            lambda: bs.subtract_indexes("a.idx", "r.fa", "o.idx", w=3),
            ConfigurationError,
            "w must be 15, as in a.idx, or 1 to subtract all k-mers, not 3",
        ),
        (
            lambda: bs.subtract_indexes("a.idx", "b.idx", "o.idx", w=1),
            ConfigurationError,
            "w is for files of sequences",
        ),
        (
            lambda: bs.convert_index("a.compact", "o.idx"),
            InputError,
            "a.compact: is a compact index, which does not list its k-mers; give the same index in",
        ),
        (
            lambda: bs.subtract_indexes("a.idx", "f.pidx", "o.idx"),
            InputError,
            "f.pidx: is a frozen filter, which does not list its k-mers",
        ),
        (
            lambda: bs.union_indexes(["a.idx", "r.fa"], "o.idx"),
            InputError,
            "r.fa: is FASTA, not an index; make one of it",
        ),
        (
            lambda: bs.convert_index("twice.idx", "o.idx"),
            InputError,
            "twice.idx: is damaged: 1 of its 3 k-mers are duplicates",
        ),
        (
            lambda: bs.intersect_indexes(["a.idx", "far.idx"], "o.idx"),
            InputError,
            "a.idx and far.idx have no k-mer in common, so the index would match nothing",
        ),
        (
            lambda: bs.subtract_indexes("a.idx", "a.idx", "o.idx"),
            InputError,
            "a.idx: no k-mer is left, so the index would match nothing",
        ),
        (lambda: bs.convert_index("none.idx", "o.idx"), InputError, "cannot be opened: No such"),
        (lambda: bs.union_indexes(["a.idx", "b.idx"], "a.idx"), SinkError, "is an input"),
        (lambda: bs.convert_index("a.idx", "o.fa"), ConfigurationError, "says FASTA, not an index"),
    ],
)
def test_what_cannot_be_combined(tmp_path, monkeypatch, make, error, said):
    monkeypatch.chdir(tmp_path)
    files = {
        "a.idx": exact_bytes(A),
        "b.idx": exact_bytes(B),
        "w.idx": exact_bytes(A, w=1),
        "k.idx": exact_bytes(A, k=29),
        "far.idx": exact_bytes([5000]),
        "twice.idx": exact_bytes([1, 2, 1]),
        "f.pidx": frozen_bytes(sorted(A), 16),
        "r.fa": b">a\n" + b"ACGGTCATTAGC" * 30 + b"\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    bs.convert_index("a.idx", "a.compact")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(error, match=said):
        make()
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_disk_is_used(tmp_path, monkeypatch):
    (tmp_path / "a.idx").write_bytes(exact_bytes(A))
    (tmp_path / "b.idx").write_bytes(exact_bytes(B))
    made = []
    create = FileRun.__init__
    monkeypatch.setattr(
        FileRun, "__init__", lambda self, blocks: made.append(1) or create(self, blocks)
    )
    monkeypatch.setattr(listed_runs, "Collected", lambda *given: Collected(*given[:2], 2400))
    bs.union_indexes([tmp_path / "a.idx", tmp_path / "b.idx"], tmp_path / "u.idx")
    assert made
    assert listed(tmp_path / "u.idx") == A | B
