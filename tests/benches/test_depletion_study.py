"""The study of which reads match: its reads, its formulae, its tables."""

import gzip
from math import isclose

import numpy as np
import pytest

from benches.depletion import sources, theory
from benches.depletion.genomes import OTHER, Genome, read_genome
from benches.depletion.indexes import DEFAULT, build, compare, look_up, matching
from benches.depletion.simulate import INSERT, Kind, simulate
from benches.depletion.sources import LONG, SHORT, Sources
from benches.depletion.tables import share, table
from biometal_stream.indexes.minimizers import minimizers_of

RANDOM = np.random.default_rng(5)
GENOME = Genome("random", RANDOM.integers(0, 4, 60_000, np.uint8))


def texts(reads):
    rows = reads.sequences
    return [
        bytes(rows.data[start:stop]).decode()
        for start, stop in zip(rows.starts, rows.stops, strict=True)
    ]


def turned(text):
    return text[::-1].translate(str.maketrans("ACGT", "TGCA"))


def unlike(one, two):
    return sum(a != b for a, b in zip(one, two, strict=True))


def places(genome, read):
    """Where a read without indels is from: its start on the strand that it fits."""
    for strand in (genome, turned(genome)):
        for at in (strand.find(read[start : start + 30]) - start for start in range(0, 90, 30)):
            if at >= 0 and unlike(strand[at : at + len(read)], read) <= 6:
                return strand is genome, at
    return None


def test_fasta_is_read_and_written_with_its_other_letters(tmp_path):
    path = tmp_path / "some.fa.gz"
    path.write_bytes(gzip.compress(b">one set=a\nACgt\nN\n>two set=b\nTT\n"))
    whole = read_genome(path, "all")
    assert whole.codes.tolist() == [0, 1, 2, 3, OTHER, OTHER, 3, 3, OTHER]
    assert whole.bases == 6
    assert read_genome(path, "b", lambda header: "set=b" in header).codes.tolist() == [3, 3, OTHER]
    assert whole.write(tmp_path / "out.fa").read_text() == ">all\nACGTNNTTN\n"
    with pytest.raises(ValueError, match="no sequence of c"):
        read_genome(path, "c", lambda header: False)


def test_another_person_differs_in_single_bases():
    other = GENOME.other_person("other", 0.01, np.random.default_rng(1))
    assert 0.008 < np.mean(other.codes != GENOME.codes) < 0.012
    assert other.codes.max() < OTHER


def test_short_reads_are_of_the_genome_with_the_errors_that_are_said():
    letters = "".join("ACGT"[code] for code in GENOME.codes)
    reads = simulate(GENOME, Kind(150), 200, np.random.default_rng(2))
    found = [places(letters, read) for read in texts(reads)]
    assert None not in found
    assert {forward for forward, _ in found} == {True, False}
    assert 0.001 < reads.errors < 0.005
    assert texts(reads) == texts(simulate(GENOME, Kind(150), 200, np.random.default_rng(2)))


def test_mates_face_each_other():
    letters = "".join("ACGT"[code] for code in GENOME.codes)
    reads = simulate(GENOME, Kind(150, paired=True), 50, np.random.default_rng(3))
    assert reads.units == 50
    rows = texts(reads)
    for one, two in zip(rows[::2], rows[1::2], strict=True):
        (strand, at), (other, mate) = places(letters, one), places(letters, two)
        assert strand != other
        assert len(letters) - mate - at == INSERT


@pytest.mark.parametrize("kind", LONG, ids=lambda kind: kind.name)
def test_long_reads_have_indels(kind):
    reads = simulate(GENOME, kind, 20, np.random.default_rng(4))
    lengths = reads.sequences.lengths
    assert (np.abs(lengths - kind.length) <= 1).all()
    assert set("".join(texts(reads))) == set("ACGT")


def test_a_genome_without_room_has_no_reads():
    with pytest.raises(ValueError, match="no 75 bases in a row"):
        simulate(Genome("short", np.zeros(50, np.uint8)), Kind(75), 1, RANDOM)


def test_expected_minimizers_are_those_of_random_bases():
    reads = simulate(GENOME, Kind(150), 3000, np.random.default_rng(6))
    found = minimizers_of(reads.sequences, DEFAULT)
    mean = len(found.values) / reads.units
    assert isclose(theory.expected_minimizers(150, 31, 15), mean, rel_tol=0.02)
    assert theory.expected_minimizers(44, 31, 15) == 0
    assert theory.expected_minimizers(45, 31, 15) == 1


def test_what_is_surely_found_is_a_run_without_errors():
    # k + 2w - 1 = 4 bases in a row of 5, each good with 0.9: the first four, or the last four.
    assert isclose(theory.surely(5, 0.1, 3, 1, 2), 0.9**4 + 0.1 * 0.9**4)
    assert theory.surely(3, 0.0, 3, 1, 2) == 0
    assert theory.surely(1000, 0.0, 31, 15, 2) == 1
    assert theory.surely(100, 0.05, 31, 15, 2) < theory.independently(100, 0.05, 31, 15, 2)


def test_chances_and_thresholds():
    assert isclose(theory.by_chance(410e6, 31), 2 * 410e6 / 4**31, rel_tol=1e-6)
    assert [theory.needed(n, 2, 0.01) for n in (14, 200, 201)] == [2, 2, 3]
    assert theory.needed(0, 0, 0.0) == 1
    assert theory.needed(100, 2, 0.07) == 7


def test_both_indexes_find_reads_of_the_genome(tmp_path):
    both = build(GENOME, DEFAULT, tmp_path)
    own = simulate(GENOME, Kind(250), 100, np.random.default_rng(7))
    assert matching(look_up(own, both.exact)) == 100
    other = Genome("other", np.random.default_rng(8).integers(0, 4, 60_000, np.uint8))
    reads = simulate(other, Kind(150), 2000, np.random.default_rng(9))
    found = compare(reads, both)
    assert matching(look_up(reads, both.exact)) == 0
    assert found.kmers > 25_000
    assert 0 < found.taken < 50
    assert isclose(found.expected, 2000 * 8.8e-6, rel_tol=0.1)
    assert found.cells()[0] == "2,000"


def test_the_part_that_is_not_indexed_is_not_the_indexed_one(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "INDEXED", (0, 2000))
    (tmp_path / "genomes").mkdir()

    def write(name, *headers):
        text = "".join(
            f">{h}\n{''.join('ACGT'[c] for c in GENOME.codes[:3000])}\n" for h in headers
        )
        (tmp_path / "genomes" / name).write_bytes(gzip.compress(text.encode()))

    write("train_human.fa.gz", "GRCh37_chr20:1-30000000", "human_MT")
    write("train_prokaryote.fa.gz", "b")
    write("train_virus.fa.gz", "v")
    write("phage.fa.gz", "p")
    kinds = ("mouse", "yeast", "drosophila", "plasmodium")
    write("negative_eukaryotes.fa.gz", *(f"x set={kind}" for kind in kinds))
    found = Sources(tmp_path, 3000, 1)
    assert found.indexed.bases == 2000
    assert [each.genome.bases for each in found.all[:3]] == [2000, 2000, 1000]
    assert found.all[-1].genome.bases == 6000
    assert found.reads(found.all[0], SHORT[0]).units == 40
    assert found.reads(found.all[0], SHORT[0]) is found.reads(found.all[0], SHORT[0])


def test_shares_that_are_small_are_counts():
    shown = [share(0, 10), share(3, 1000), share(30, 1000), share(9_999, 10_000), share(10, 10)]
    assert shown == ["0", "3 of 1,000", "3.00 %", "99.990 %", "100 %"]
    assert table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | --: |\n| x | 1 |\n"
