"""What cutadapt keeps, of single reads and, with ``--pair-filter=any``, of pairs; and its cuts."""

import gzip
import shlex

import pytest

from tests.peers.tools import PAIRS, SINGLE, assert_same, ours, pair, peer, single
from tests.peers.translation import from_cutadapt

FILTERS = [
    (("--max-ee", 2), ("max-expected-errors", 2)),
    (("--max-n", 0), ("max-n", 0)),
    (("--max-n", 1), ("max-n", 1)),
    (("-m", 224), ("min-length", 224)),
]


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize(("options", "step"), FILTERS)
def test_single_reads(shared_data, tmp_path, name, options, step):
    path = single(shared_data, name)
    peer("cutadapt", "--quiet", *options, "-o", tmp_path / "theirs.fq", path)
    ours("read", path, *step, "write", tmp_path / "ours.fq")
    assert_same(tmp_path / "ours.fq", tmp_path / "theirs.fq")


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize(("options", "step"), FILTERS)
def test_pairs(shared_data, tmp_path, name, options, step):
    theirs = tmp_path / "theirs_1.fq", tmp_path / "theirs_2.fq"
    mine = tmp_path / "ours_1.fq", tmp_path / "ours_2.fq"
    first, second = pair(shared_data, name)
    outputs = ("-o", theirs[0], "-p", theirs[1])
    peer("cutadapt", "--quiet", "--pair-filter=any", *options, *outputs, first, second)
    ours("read", first, "--mate", second, *step, "write", mine[0], "--mate", mine[1])
    assert_same(mine[0], theirs[0])
    assert_same(mine[1], theirs[1])


TRUSEQ = "AGATCGGAAGAGCACACGTCTGAACTCCAGTCA"
ADAPTERS = [
    f"-a {TRUSEQ}",
    "-a CTGTCTCTTATACACATCT -e 0.2 -O 1 -n 2",
    "-g {0} -a {1} -b {2} -n 3 -e 0.15",
    "-b AGATCGGAAGAGC -b {2} --no-indels -e 2 -O 5",
    "-a {0}...{1} -a ^{3}...AGATCGGAAGAGC",
    "-g ^{3} -g ^{4} -a {5}$ -e 0.2",
    "-a AGATCGGNNNAGCRYACGTC;rightmost -g X{0} -a {5}X --match-read-wildcards -e 0.12",
]
"""Lines of cutadapt; the numbers stand for bases of the reads, so that some match."""

PAIRED = [
    f"-a {TRUSEQ} -A AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGT",
    "-g {0} -A {1} -n 2",
    "-g {3} -g {0} -G {6} -G {1} --pair-adapters -e 0.3",
    "-a {1} -b {2} -A {6} --action=mask",
    "-g {3} -G {6} --revcomp -e 0.3",
]

SPECIMENS = [
    ("linked.fasta", "-a ^AAAAAAAAAA...TTTTTTTTTT -a ^AAAAAAAAAA...GCGCGCGCGC"),
    ("linked.fasta", "-g AAAAAAAAAA...TTTTTTTTTT --discard-untrimmed"),
    ("linked.fasta", "-a AAAAAAAAAA;e=0.3...TTTTTTTTTT$ -n 2 --action=lowercase"),
    ("anywhere_repeat.fastq", "-b CAAG;anywhere -n 3 --action=mask"),
    ("action_retain.fasta", "-g GGTTAA -a CAAG --action=retain"),
    ("wildcard.fa", "--match-read-wildcards -b ACGTNNNACGT"),
    ("wildcard_adapter.fa", "-g ^ACGTNNNACGT -N"),
    ("xadapterx.fasta", "-a TCCGAATAGAX --no-indels"),
    ("small.fastq", "-a TTAGACATATCTCCGTCG$ -a GAATTTTC$ -e 0.2"),
    ("454.fa", "-b TGAGACACGCAACAGGGGAAAGGCAAGGCACACAGGGGATAGG -n 3"),
    ("info-rc.fasta", "--revcomp -g CTCGAGAATTCTGGATCCTC -a GAGGATCCAGAATTCTCGAG"),
    ("maxn.fasta", "--max-n 0.4"),
    ("maxee.fastq", "--max-aer 0.01"),
    ("casava.fastq", "--discard-casava"),
    ("nextseq.fastq", "--nextseq-trim 22"),
]
"""Cutadapt's specimens and lines that its users type."""


def bits(path):
    """Bases from the inside, the starts and the ends of some reads."""
    with gzip.open(path, "rt") as lines:
        reads = [line.strip() for line in lines][1::4]
    inside, start, end = reads[3], reads[10], reads[20]
    found = inside[5:19], inside[12:32], reads[5][8:20], start[:8], reads[30][:10], end[-12:]
    return [each.replace("N", "A") for each in (*found, reads[7][:9])]


def newest(line, path=None):
    """The words of a line; the test is skipped with an older cutadapt, which has other rules.

    With a path, the numbers of the line stand for bases of its reads.
    """
    if int(peer("cutadapt", "--version").partition(".")[0]) < 5:
        pytest.skip("cutadapt is older than 5")
    return shlex.split(line if path is None else line.format(*bits(path)))


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("line", ADAPTERS)
def test_adapters(shared_data, tmp_path, name, line):
    path = single(shared_data, name)
    words = newest(line, path)
    peer("cutadapt", "--quiet", *words, "-o", tmp_path / "theirs.fq", path)
    steps = from_cutadapt(words, paired=False).steps
    ours("read", path, *steps, "write", tmp_path / "ours.fq")
    assert_same(tmp_path / "ours.fq", tmp_path / "theirs.fq")


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("line", PAIRED)
def test_adapters_of_pairs(shared_data, tmp_path, name, line, capsys):
    theirs = tmp_path / "theirs_1.fq", tmp_path / "theirs_2.fq"
    mine = tmp_path / "ours_1.fq", tmp_path / "ours_2.fq"
    first, second = pair(shared_data, name)
    words = newest(line, first)
    peer("cutadapt", "--quiet", *words, "-o", theirs[0], "-p", theirs[1], first, second)
    steps = from_cutadapt(words, paired=True).steps
    ours("read", first, "--mate", second, *steps, "write", mine[0], "--mate", mine[1])
    capsys.readouterr()  # there may be a warning: FASTQ does not hold the column
    assert_same(mine[0], theirs[0])
    assert_same(mine[1], theirs[1])


@pytest.mark.parametrize(("name", "line"), SPECIMENS)
def test_specimens(shared_data, tmp_path, name, line, capsys):
    path = shared_data / "adapters" / "cutadapt" / name
    words = newest(line)
    theirs, mine = (tmp_path / f"{who}{path.suffix}" for who in ("theirs", "ours"))
    peer("cutadapt", "--quiet", *words, "-o", theirs, path)
    ours("read", path, *from_cutadapt(words, paired=False).steps, "write", mine)
    capsys.readouterr()  # there may be a warning: FASTQ does not hold the column
    assert mine.read_text() == theirs.read_text()


@pytest.mark.parametrize("adapters", ["-a TTAGACATAT -A CAGTGGAGTA", "-a TTAGACAT", "-A AGTGGAG"])
@pytest.mark.parametrize("mates", ["any", "both", "first"])
@pytest.mark.parametrize("kept", ["--discard-untrimmed", "--discard-trimmed"])
def test_which_mates_decide(shared_data, tmp_path, adapters, mates, kept, capsys):
    paths = [shared_data / "adapters" / "cutadapt" / f"paired.{mate}.fastq" for mate in (1, 2)]
    theirs, mine = ([tmp_path / f"{who}{mate}.fq" for mate in (1, 2)] for who in ("t", "o"))
    words = newest(f"{adapters} {kept} --pair-filter={mates}")
    peer("cutadapt", "--quiet", *words, "-o", theirs[0], "-p", theirs[1], *paths)
    line = from_cutadapt(words, paired=True)
    source = ("read", paths[0], "--mate", paths[1])
    ours(*source, *line.steps, "write", mine[0], "--mate", mine[1], *line.whole)
    capsys.readouterr()  # there may be a warning: FASTQ does not hold the column
    assert [path.read_bytes() for path in mine] == [path.read_bytes() for path in theirs]
