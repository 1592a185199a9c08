"""Indexes that we write, and frozen filters of the tests' builder, in deacon: the same verdicts."""

import gzip
import random
from math import ceil

import numpy as np
import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.columns import string_column
from biometal_stream.indexes.deacon.values import values_of
from biometal_stream.indexes.minimizers import minimizers_of
from biometal_stream.indexes.opening import open_index
from biometal_stream.indexes.scheme import Scheme
from tests.indexes.deacon.files import frozen_bytes
from tests.peers.deacon import kept_by_deacon

SETTINGS = [
    {"deplete": True, "abs_threshold": 2, "rel_threshold": 0.01},
    {"deplete": True, "abs_threshold": 1, "rel_threshold": 0.3, "prefix_length": 60},
    {"deplete": False, "abs_threshold": 3, "rel_threshold": 0.1},
]


@pytest.fixture(scope="module")
def host(tmp_path_factory, shared_data):
    """An index of a few viruses, and mutated reads of these and of others."""
    folder = tmp_path_factory.mktemp("host")
    with gzip.open(shared_data / "genomes" / "train_virus.fa.gz", "rt") as file:
        records = file.read(400_000).split(">")[1:-1]
    genomes = ["".join(record.split("\n")[1:])[:5000] for record in records[:12]]
    (folder / "host.fa").write_text("".join(f">{i}\n{g}\n" for i, g in enumerate(genomes[:6])))
    chance = random.Random(6)
    reads = []
    for number in range(400):
        genome, length = chance.choice(genomes), chance.choice([20, 44, 45, 75, 150, 150, 800])
        start = chance.randrange(max(1, len(genome) - length))
        rate = chance.choice([0, 0.02, 0.1])
        bases = [
            chance.choice("ACGTNacgtR") if chance.random() < rate else base
            for base in genome[start : start + length]
        ]
        reads.append((str(number), "".join(bases)))
    (folder / "reads.fa").write_text("".join(f">{name}\n{bases}\n" for name, bases in reads))
    bs.build_index(folder / "host.fa", folder / "host.idx")
    return folder, reads


@pytest.fixture(scope="module")
def found(host):
    """The minimizers of the reads, and of their first 60 bases, by prefix."""
    bases = pa.array([bases for _, bases in host[1]])
    column = string_column(bases, "sequence")
    made = {prefix: minimizers_of(column, Scheme(), prefix=prefix) for prefix in (None, 60)}
    return {prefix: np.split(each.values, each.offsets[1:-1]) for prefix, each in made.items()}


def kept(index, reads, found, deplete, abs_threshold, rel_threshold, prefix_length=None):
    """The names of reads that the rule keeps."""
    names = []
    for (name, _), values in zip(reads, found[prefix_length], strict=True):
        hits = int(index.contains(np.unique(values)).sum())
        needed = max(abs_threshold, 1, ceil(rel_threshold * len(values)))
        if (len(values) > 0 and hits >= needed) != deplete:
            names.append(name)
    return names


def test_an_index_that_we_build(host, found, tmp_path):
    folder, reads = host
    info, theirs = kept_by_deacon(folder / "host.idx", folder / "reads.fa", tmp_path, SETTINGS)
    index = open_index(folder / "host.idx")
    assert info["count"] == index.count
    for settings, names in zip(SETTINGS, theirs, strict=True):
        assert names == kept(index, reads, found, **settings)
        assert 0 < len(names) < len(reads)


@pytest.mark.parametrize("bits", [16, 32])
def test_frozen_filters(host, found, tmp_path, bits):
    folder, reads = host
    values = np.concatenate(list(values_of(str(folder / "host.idx")))).tolist()
    (tmp_path / "host.pidx").write_bytes(frozen_bytes(values, bits))
    info, theirs = kept_by_deacon(tmp_path / "host.pidx", folder / "reads.fa", tmp_path, SETTINGS)
    index = open_index(tmp_path / "host.pidx")
    assert info["count"] == index.count == len(values)
    for settings, names in zip(SETTINGS, theirs, strict=True):
        assert names == kept(index, reads, found, **settings)
