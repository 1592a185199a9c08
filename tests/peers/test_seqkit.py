"""What seqkit keeps and counts. Its mean quality is that of the mean error probability."""

import csv
import json

import pytest

from tests.peers.tools import SINGLE, assert_same, ours, peer, single


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize(
    ("option", "step", "limit"),
    [("-m", "min-length", 205), ("-M", "max-length", 205)],
)
def test_lengths(shared_data, tmp_path, name, option, step, limit):
    path = single(shared_data, name)
    peer("seqkit", "seq", "-w", 0, option, limit, path, "-o", tmp_path / "theirs.fq")
    ours("read", path, step, limit, "write", tmp_path / "ours.fq")
    assert_same(tmp_path / "ours.fq", tmp_path / "theirs.fq")


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("quality", [10, 20, 32.5])
def test_mean_quality(shared_data, tmp_path, name, quality):
    path = single(shared_data, name)
    peer("seqkit", "seq", "-w", 0, "-Q", quality, path, "-o", tmp_path / "theirs.fq")
    ours("read", path, "min-mean-quality", quality, "write", tmp_path / "ours.fq")
    assert_same(tmp_path / "ours.fq", tmp_path / "theirs.fq")


@pytest.mark.parametrize("name", SINGLE)
def test_the_other_strand(shared_data, tmp_path, name):
    path = single(shared_data, name)
    peer("seqkit", "seq", "-w", 0, "-r", "-p", "-t", "dna", path, "-o", tmp_path / "theirs.fq")
    ours("read", path, "reverse-complement", "write", tmp_path / "ours.fq")
    assert_same(tmp_path / "ours.fq", tmp_path / "theirs.fq")


@pytest.mark.parametrize("name", SINGLE)
def test_statistics(shared_data, tmp_path, name):
    path = single(shared_data, name)
    table = peer("seqkit", "stats", "-a", "-T", path)
    (theirs,) = csv.DictReader(table.splitlines(), delimiter="\t")
    ours("read", path, "--stats", tmp_path / "stats.json")
    mine = json.loads((tmp_path / "stats.json").read_text())["results"]["summarize"]
    counts = {
        "num_seqs": "reads",
        "sum_len": "bases",
        "min_len": "min_length",
        "max_len": "max_length",
        "N50": "n50",
    }
    assert {key: int(theirs[key]) for key in counts} == {key: mine[counts[key]] for key in counts}
    assert float(theirs["avg_len"]) == pytest.approx(mine["mean_length"], abs=0.0501)
    assert float(theirs["Q2"]) == mine["median_length"]
    shares = {"Q20(%)": mine["q20"], "Q30(%)": mine["q30"]}
    shares["GC(%)"] = mine["gc"] * (1 - mine["n"])  # ours is of A, C, G, T and U alone
    for share, value in shares.items():
        if share in theirs:  # GC came with version 2.2
            assert float(theirs[share]) == pytest.approx(100 * value, abs=0.00501)
