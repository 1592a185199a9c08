"""The simulator of libraries, the Bayes limit and the table of errors."""

import io
import re

import numpy as np
import pytest

from benches.adapters import __main__ as bench
from benches.adapters.limit import bayes_limit
from benches.adapters.peers import PEERS, Peer
from benches.adapters.sets import SETS, TAILS, ReadSet
from benches.adapters.simulate import random_genome, read_genome, simulate
from biometal_stream.operators.adapters.kits import KITS

GENOME = random_genome(50_000, 3)


def made(number=300, seed=1, **about):
    return simulate(ReadSet("x", **({"mean": 100, "deviation": 30} | about)), GENOME, number, seed)


def test_reads_are_an_insert_then_an_adapter():
    reads = made(errors=(1e-9, 2e-9))  # 1 error in 10,000 bases remains: Phred scores end at 40
    sequences = np.array(reads.batch().column("sequence").to_pylist()).reshape(-1, 2)
    genome = "".join("ACGT"[code] for code in GENOME)
    whole = 0
    for mates, insert in zip(sequences, reads.inserts.tolist(), strict=True):
        one, two = (mate[:insert] for mate in mates)
        if insert <= 150:
            assert unlike(one, turned(two)) <= 3
        whole += one in genome or turned(one) in genome
        for mate, adapter, tail in zip(mates, KITS["truseq"][1:3], TAILS["truseq"], strict=True):
            assert unlike(mate[insert:], f"{adapter}{tail}".ljust(150, "G")) <= 3
    assert whole > 290


def turned(text):
    return text[::-1].translate(str.maketrans("ACGT", "TGCA"))


def unlike(read, expected):
    return sum(one != two for one, two in zip(read, expected, strict=False) if two != "N")


def test_the_same_seed_makes_the_same_reads():
    one, two, other = made(seed=5), made(seed=5), made(seed=6)
    assert one.batch() == two.batch()
    assert one.batch() != other.batch()
    file = io.BytesIO()
    one.write(1, file)
    lines = file.getvalue().decode().splitlines()
    assert lines[0::4] == [f"@{number}" for number in range(300)]
    assert lines[1::4] == one.batch().column("sequence").to_pylist()[1::2]
    assert lines[3::4] == one.batch().column("quality").to_pylist()[1::2]


def test_errors_are_as_frequent_as_qualities_say():
    reads = made(2_000, mean=400, deviation=10, errors=(0.04, 0.05), paired=False)
    clean = made(2_000, mean=400, deviation=10, errors=(1e-9, 1e-9), paired=False)
    share = np.mean(reads.codes != clean.codes)
    assert share == pytest.approx(np.mean(10 ** (reads.scores / -10.0)), rel=0.05)


def test_the_limit_is_the_error_where_nothing_decides():
    # Without an adapter to be seen the cut is the mean of the prior.
    assert bayes_limit(made(mean=1_000, deviation=10, paired=False)) == 0
    near = bayes_limit(made(2_000, mean=120, paired=False))
    assert 0.1 < near < 0.6
    assert bayes_limit(made(2_000, mean=120, paired=False, errors=(0.1, 0.2))) > 2 * near


def test_a_genome_is_read_without_n(tmp_path):
    import gzip

    path = tmp_path / "genome.fa.gz"
    path.write_bytes(gzip.compress(b">a\nACGTNNNN\nacgt\n>b\nTT\n"))
    assert read_genome(path, 400).tolist() == [0, 1, 2, 3, 0, 1, 2, 3, 3, 3]


def test_the_table_has_all_sets_and_programs(capsys, monkeypatch):
    monkeypatch.setattr(bench, "PEERS", ())
    bench.main(["--reads", "300"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "| set | biometal_stream | by rules | Bayes limit |"
    assert [line.split(" | ")[0] for line in lines[2:]] == [f"| {each.name}" for each in SETS]


def test_a_program_that_is_not_installed_or_fails_has_no_figure():
    reads = made(30)
    assert Peer("nothing", ("no-such-program",), lambda _: []).error(reads) is None
    assert Peer("false", ("false",), lambda _: []).error(reads) is None


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
@pytest.mark.parametrize("paired", [True, False])
def test_programs_trim_the_reads(peer, paired):
    if peer.program is None:
        pytest.skip(f"{peer.name} is not installed")
    assert re.match(r"\d+\.\d", peer.version())
    error = peer.error(made(200, paired=paired))
    assert error is not None
    assert error < 10
