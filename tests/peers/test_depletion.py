"""The verdict of `deplete` on real reads, single and in pairs, compared with deacon's."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import biometal_stream as bs
from tests.conftest import SHARED_DATA
from tests.peers.deacon import kept_by_deacon

READS = SHARED_DATA / "reads"
FIRST = 400
"""So many reads of each file are compared."""

RULES = ((2, 0.01, 0), (1, 0.0, 0), (1, 0.1, 0), (3, 0.25, 0), (2, 1 / 3, 60), (1, 0.5, 100))
"""Hits, share and prefix, which differ for repeats, overlapping mates and short reads."""


def first_reads(path: Path) -> list[tuple[str, str]]:
    with gzip.open(path, "rt") as lines:
        texts = list(islice(lines, 4 * FIRST))
    where = path.name.partition(".")[0]
    bases = [line.strip() for line in texts[1::4]]
    return [
        (f"{where.removesuffix('_R1').removesuffix('_R2')}.{n}", s) for n, s in enumerate(bases)
    ]


def fasta(reads: list[tuple[str, str]], path: Path) -> Path:
    path.write_text("".join(f">{name}\n{bases}\n" for name, bases in reads if bases))
    return path


@pytest.fixture(scope="module")
def single():
    if not READS.exists():
        pytest.skip("the real reads are missing")
    return [read for path in sorted(READS.glob("*/*.fastq.gz")) for read in first_reads(path)]


@pytest.fixture(scope="module")
def index(single, tmp_path_factory):
    """Parts of every other read, so that reads have some hits, many, or none."""
    folder = tmp_path_factory.mktemp("index")
    parts = [(name, bases[: 40 + 7 * (n % 20)]) for n, (name, bases) in enumerate(single[::2])]
    output = folder / "some.idx"
    bs.build_index([fasta(parts, folder / "parts.fa")], output, format="deacon")
    return output


Rule = tuple[int, float, int]


def settings(rules: Sequence[Rule] = RULES, **more: object) -> list[dict[str, object]]:
    return [
        {"deplete": True, "abs_threshold": a, "rel_threshold": r, "prefix_length": p, **more}
        for a, r, p in rules
    ]


def kept(batch: pa.RecordBatch, index: Path, rules: Sequence[Rule] = RULES) -> list[list[str]]:
    """The names of the reads, or of mates 1, that are left by each rule."""
    found = []
    for hits, share, prefix in rules:
        step = bs.Deplete(index, min_hits=hits, min_fraction=share, prefix=prefix)
        left = step(batch)
        names = left.column("name").to_pylist()
        found.append(names[:: 2 if "mate" in left.schema.names else 1])
    return found


def test_single_reads(single, index, tmp_path):
    reads = [(f"{n}.{name}", bases) for n, (name, bases) in enumerate(single) if bases]
    _, theirs = kept_by_deacon(index, fasta(reads, tmp_path / "in.fa"), tmp_path, settings())
    names, bases = (pa.array(each, pa.string()) for each in zip(*reads, strict=True))
    ours = kept(pa.record_batch({"name": names, "sequence": bases}), index)
    assert ours == theirs
    assert all(0 < len(each) < len(reads) for each in ours)


def test_shares_that_reads_have_exactly(single, index, tmp_path):
    reads = [(f"{n}.{name}", bases) for n, (name, bases) in enumerate(single) if bases]
    names, bases = (pa.array(each, pa.string()) for each in zip(*reads, strict=True))
    batch = pa.record_batch({"name": names, "sequence": bases})
    marked = bs.Deplete(index, mark=True)(batch)
    hits, totals = (marked.column(f"index_{what}").to_numpy() for what in ("hits", "minimizers"))
    shares = np.unique(hits[hits > 0] / totals[hits > 0])
    rules = [(1, share, 0) for share in shares[:: len(shares) // 8].tolist()]
    rules += [(1, float(np.nextafter(share, 1)), 0) for _, share, _ in rules]
    _, theirs = kept_by_deacon(index, fasta(reads, tmp_path / "in.fa"), tmp_path, settings(rules))
    assert kept(batch, index, rules) == theirs


def test_pairs(single, index, tmp_path):
    firsts = [read for p in sorted(READS.glob("*/*_R1.fastq.gz")) for read in first_reads(p)]
    seconds = [read for p in sorted(READS.glob("*/*_R2.fastq.gz")) for read in first_reads(p)]
    both = [(a, b) for a, b in zip(firsts, seconds, strict=True) if a[1] and b[1]]
    one, two = (fasta([pair[k] for pair in both], tmp_path / f"in_{k}.fa") for k in (0, 1))
    more = {"input2": str(two), "output2": str(tmp_path / "mates.fa")}
    _, theirs = kept_by_deacon(index, one, tmp_path, settings(**more))
    columns = {
        "name": pa.array([name for pair in both for name, _ in pair], pa.string()),
        "sequence": pa.array([bases for pair in both for _, bases in pair], pa.string()),
        "mate": pa.array([1, 2] * len(both), pa.int8()),
    }
    ours = kept(pa.record_batch(columns), index)
    assert ours == theirs
    assert all(0 < len(each) < len(both) for each in ours)
