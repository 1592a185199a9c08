"""Synthetic reads are the same everywhere, and of the qualities that they are said to have."""

import hashlib
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import ConfigurationError
from biometal_stream.models.training import SyntheticReads, synthesize
from biometal_stream.models.training.synthetic import BATCH


def table(source):
    return pa.Table.from_batches(source.batches(), source.schema)


def test_the_reads_of_a_seed_never_change():
    reads = table(SyntheticReads(200, 50, 42)).to_pylist()
    text = "\n".join("\t".join(read.values()) for read in reads)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "c74ed21d79751639"
    assert reads != table(SyntheticReads(200, 50, 43)).to_pylist()


def test_more_reads_begin_with_the_same():
    few, many = table(SyntheticReads(BATCH)), table(SyntheticReads(BATCH + 10))
    assert many.slice(0, BATCH).equals(few)
    assert len(set(many["name"].to_pylist())) == BATCH + 10


def test_qualities_are_what_the_description_says():
    reads = table(SyntheticReads(4000, 150, 3))
    kinds = reads["description"].to_pylist()
    assert Counter(kinds) == {"quality=low": 1000, "quality=medium": 1000, "quality=high": 2000}
    phred = np.array([list(q.encode()) for q in reads["quality"].to_pylist()]) - 33
    assert phred.min() >= 2
    assert phred.max() <= 41
    means = {kind: phred.mean(axis=1)[np.array(kinds) == kind] for kind in set(kinds)}
    assert 5 < means["quality=low"].min() < means["quality=low"].max() < 18
    assert 14 < means["quality=medium"].min() < 20 < means["quality=medium"].max() < 28
    assert 28 < means["quality=high"].min() < means["quality=high"].max() <= 41
    assert phred[:, :20].mean() > phred[:, -20:].mean() + 3
    assert 4 < (phred - phred.mean(axis=1, keepdims=True))[:, 75].std() < 6
    assert set("".join(reads["sequence"].to_pylist())) == set("ACGT")


@pytest.mark.parametrize("name", ["reads.fq", "reads.fq.gz", "reads.fq.zst"])
def test_any_compression(tmp_path, name):
    report = synthesize(tmp_path / name, reads=100, length=30, seed=5)
    assert report.reads_out == 100
    read = pa.Table.from_batches(bs.read_fastq(tmp_path / name).batches())
    assert read.equals(table(SyntheticReads(100, 30, 5)).cast(read.schema))


def test_on_the_command_line(tmp_path, capsys):
    target = tmp_path / "reads.fq.gz"
    words = ["synthesize", str(target), "--reads", "20", "--length", "40", "--seed", "9"]
    assert main(words) == 0
    assert capsys.readouterr().err == f"20 reads -> {target} (1.2 kB)\n"
    read = pa.Table.from_batches(bs.read_fastq(target).batches())
    assert read.equals(table(SyntheticReads(20, 40, 9)).cast(read.schema))
    assert main(["synthesize", str(target), "--reads", "0"]) == 2
    assert main(["synthesize", str(tmp_path / "none" / "x.fq")]) == 1


@pytest.mark.parametrize("name", ["x.parquet", "x.parquet.gz", "x.arrows", "x.PQ"])
def test_a_name_of_another_format(tmp_path, capsys, name):
    assert main(["synthesize", str(tmp_path / name)]) != 0
    assert "but FASTQ is to be written; name it" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_no_reads_and_what_cannot_be():
    assert list(SyntheticReads(0).batches()) == []
    for wrong in ({"reads": -1}, {"length": 0}, {"seed": -1}, {"length": 2**20}):
        with pytest.raises(ConfigurationError):
            SyntheticReads(**wrong)
