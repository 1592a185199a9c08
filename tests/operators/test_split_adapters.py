"""Splitting long reads at adapters inside them."""

import pickle
import random

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.operators.adapters.ont import ADAPTERS

ADAPTER = "CCTGTACTTCGTTCAGTTACGTATTGCT"  # of SQK-LSK114
COMPLEMENT = str.maketrans("ACGT", "TGCA")


def bases(number, seed):
    return "".join(random.Random(seed).choices("ACGT", k=number))


def other_strand(text):
    return text[::-1].translate(COMPLEMENT)


def split(*reads, operator=None):
    names = [f"r{k}" for k in range(len(reads))]
    batch = pa.record_batch({"name": names, "sequence": list(reads)})
    return (operator or bs.SplitAdapters())(batch).to_pylist()


ONE, TWO = bases(900, 1), bases(1200, 2)


@pytest.mark.parametrize("adapter", [ADAPTER, other_strand(ADAPTER)])
def test_a_chimera_is_split(adapter):
    found = split(ONE + adapter + TWO, ONE)
    assert [row["name"] for row in found] == ["r0_s1", "r0_s2", "r1"]
    assert [row["parent"] for row in found] == ["r0", "r0", "r1"]
    one, two, whole = (row["sequence"] for row in found)
    assert ONE.startswith(one)
    assert 890 <= len(one) < 900
    assert TWO.endswith(two)
    assert 1190 <= len(two) < 1200
    assert whole == ONE
    assert found[1]["parent_stop"] == len(ONE + adapter + TWO)


def test_every_adapter_of_a_kit_is_found_on_both_strands():
    for adapter in ADAPTERS.values():
        for strand in (adapter, other_strand(adapter)):
            assert len(split(ONE + strand + TWO)) == 2
            # One replaced and one missing base are 10 % of 20 bases and more.
            damaged = strand[:5] + "A" + strand[6:14] + strand[15:]
            assert len(split(ONE + damaged + TWO)) == 2


def test_near_an_end_all_up_to_the_end_is_cut_and_the_name_stays():
    lead = bases(60, 3)
    found = split(lead + ADAPTER + TWO, TWO + other_strand(ADAPTER) + lead, ADAPTER)
    assert [row["name"] for row in found] == ["r0", "r1", "r2"]
    assert TWO.endswith(found[0]["sequence"])
    assert TWO.startswith(found[1]["sequence"])
    assert found[2]["sequence"] == ""
    kept = split(lead + ADAPTER + TWO, operator=bs.SplitAdapters(end_size=0))
    assert [row["name"] for row in kept] == ["r0_s1", "r0_s2"]


def test_of_a_short_read_only_the_shorter_side_is_cut():
    (row,) = split(ONE[:100] + ADAPTER + TWO[:140])
    assert TWO[:140].endswith(row["sequence"])


def test_reads_without_adapters_stay():
    genome = bases(200_000, 4)
    assert [row["sequence"] for row in split(genome)] == [genome]


def test_adapters_of_ones_own(tmp_path):
    path = tmp_path / "own.fa"
    path.write_text(">one\nACGGTTACGTTACCGA\n>two\nTTGGCCAATTGGCCAAC\n")
    operator = pickle.loads(pickle.dumps(bs.SplitAdapters(adapters=str(path))))
    path.unlink()  # the pickle has the adapters
    own = "ACGGTTACGTTACCGA"
    assert len(split(ONE + own + TWO, operator=operator)) == 2
    assert len(split(ONE + ADAPTER + TWO, operator=operator)) == 1
    with pytest.raises(bs.InputError, match=r"own\.fa: .*No such file"):
        split(ONE, operator=bs.SplitAdapters(adapters=str(path)))
    path.write_text(">short\nACGT\n")
    with pytest.raises(bs.ConfigurationError, match="must have 12 to 64 bases, not 4: ACGT"):
        split(ONE, operator=bs.SplitAdapters(adapters=str(path)))
    with pytest.raises(bs.ConfigurationError, match="must have 12 to 64 bases, not 4: ACGT"):
        bs.SplitAdapters(("ACGT",))


def test_the_command_line(tmp_path, capsys):
    source, result = tmp_path / "reads.fq", tmp_path / "split.fq"
    read = ONE + ADAPTER + TWO
    source.write_text(f"@a x\n{read}\n+\n{'I' * len(read)}\n")
    line = ["read", str(source), "split-adapters", "min-length", "1000", "write", str(result)]
    assert main(line) == 0
    said = capsys.readouterr().err
    assert "1 read split into 2" in said
    assert "warning" not in said
    lines = result.read_text().splitlines()
    assert lines[0] == "@a_s2 x"
    assert len(lines) == 4
