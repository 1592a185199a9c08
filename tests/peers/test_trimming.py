"""What trimmers leave of real reads, base for base as the programs that define the algorithms."""

from __future__ import annotations

import gzip
from itertools import cycle
from pathlib import Path

import pytest

from tests.peers.tools import FASTP, assert_same, ours, pair, peer, single

READS = (
    "illumina/metagenome_226bp_R2",
    "illumina/human_ga2_76bp",
    "ont/ecoli_ont",
    "illumina/mammoth_adna_truseq_JK2782_R1",
)
"""Old and new, long and short, with N and with bad ends: each case takes the next."""


def over_reads(cases):
    """The cases as a test's parameters, with a file for each."""
    taken = [(name, *case) for name, case in zip(cycle(READS), cases, strict=False)]
    return pytest.mark.parametrize(("name", "options", "steps"), taken)


@pytest.fixture
def files(tmp_path, shared_data):
    """A file of reads as all programs read it, and where theirs and ours go."""

    def of(name: str) -> tuple[Path, Path, Path]:
        # Without what the header says after the name, which the programs treat in different ways.
        with gzip.open(single(shared_data, name)) as reads:
            lines = reads.read().splitlines()
        lines[0::4] = [line.split()[0] for line in lines[0::4]]
        lines[2::4] = [b"+"] * len(lines[2::4])
        path = tmp_path / "reads.fq"
        path.write_bytes(b"\n".join(lines) + b"\n")
        return path, tmp_path / "theirs.fq", tmp_path / "ours.fq"

    return of


CUTADAPT = [
    (("-q", "20"), ("trim-quality", "20")),
    (("-q", "15,10"), ("trim-quality", "10", "--front-quality", "15")),
    (("-u", "5", "-u", "-3"), ("trim-fixed", "--front", "5", "--tail", "3")),
    (("-l", "30"), ("trim-fixed", "--length", "30")),
    (("-l", "-30"), ("trim-fixed", "--length", "-30")),
    (("--nextseq-trim", "20"), ("trim-quality", "20", "--algorithm", "nextseq")),
    (("--trim-n",), ("trim-n",)),
    (
        ("-u", "40", "-q", "20", "-l", "50"),
        ("trim-fixed", "--front", "40", "trim-quality", "20", "trim-fixed", "--length", "50"),
    ),
]


@over_reads(CUTADAPT)
def test_cutadapt(files, name, options, steps):
    reads, theirs, mine = files(name)
    peer("cutadapt", "--quiet", *options, "-o", theirs, reads)
    ours("read", reads, *steps, "write", mine)
    assert_same(mine, theirs)


@pytest.mark.parametrize("name", READS)
def test_cutadapt_trims_the_same_tails_of_a(files, name):
    if "--poly-a" not in peer("cutadapt", "--help"):
        pytest.skip("cutadapt is older than 4.4")
    reads, theirs, mine = files(name)
    peer("cutadapt", "--quiet", "--poly-a", "-o", theirs, reads)
    ours("read", reads, "trim-poly-x", "--algorithm", "cutadapt", "write", mine)
    assert_same(mine, theirs)


SEQTK = [
    ((), ("trim-quality", "--algorithm", "mott", "--shortest", "30")),
    (
        ("-q", "0.01", "-l", "1"),
        ("trim-quality", "--algorithm", "mott", "--error-rate", "0.01", "--shortest", "1"),
    ),
    (("-b", "7", "-e", "60"), ("trim-fixed", "--front", "7", "--tail", "60")),
    (("-L", "33"), ("trim-fixed", "--length", "33")),
]


@over_reads(SEQTK)
def test_seqtk(files, name, options, steps):
    reads, theirs, mine = files(name)
    theirs.write_text(peer("seqtk", "trimfq", *options, reads))
    ours("read", reads, *steps, "write", mine)
    assert_same(mine, theirs)


def cut(algorithm, quality=20, window=4):
    return ("trim-quality", quality, "--algorithm", algorithm, "--window", window)


FASTP_CASES = [
    (("--cut_front",), cut("cut-front")),
    (("--cut_tail", "--cut_tail_window_size", "1", "-M", "3"), cut("cut-tail", 3, 1)),
    (("--cut_right", "-W", "8", "-M", "30"), cut("cut-right", 30, 8)),
    (("--cut_front", "--cut_tail"), (*cut("cut-front"), *cut("cut-tail"))),
    (("--cut_front", "--cut_right", "-M", "28"), (*cut("cut-front", 28), *cut("cut-right", 28))),
    (("-x",), ("trim-poly-x",)),
    (("-x", "--poly_x_min_len", "5"), ("trim-poly-x", "--min-tail", 5)),
    (
        ("--trim_front1", "6", "--trim_tail1", "2", "--max_len1", "40"),
        ("trim-fixed", "--front", 6, "--tail", 2, "--length", 40),
    ),
]
_ALONE = ("-A", "-G", "-Q", "-L", *FASTP)


@over_reads(FASTP_CASES)
def test_fastp(files, name, options, steps):
    reads, theirs, mine = files(name)
    peer("fastp", "-i", reads, "-o", theirs, *_ALONE, *options)
    ours("read", reads, *steps, "min-length", 1, "write", mine)
    assert_same(mine, theirs)


@pytest.mark.parametrize("name", READS)
def test_fastp_trims_the_same_tails_of_g(files, name):
    reads, theirs, mine = files(name)
    alone = [each for each in _ALONE if each != "-G"]
    peer("fastp", "-i", reads, "-o", theirs, *alone, "-g", "--poly_g_min_len", "4")
    steps = "trim-poly-g", "--when", "always", "--min-tail", 4
    ours("read", reads, *steps, "min-length", 1, "write", mine)
    assert_same(mine, theirs)


SEQTK_MASKS = [
    (("-q", "20", "-n", "N"), ("mask-quality",)),
    (("-q", "12"), ("mask-quality", "12", "--letter", "lower-case")),
    (("-U",), ("convert-bases", "--case", "upper")),
]


@over_reads(SEQTK_MASKS)
def test_seqtk_masks_the_same_bases(files, name, options, steps):
    reads, theirs, mine = files(name)
    theirs.write_text(peer("seqtk", "seq", *options, reads))
    ours("read", reads, *steps, "write", mine)
    assert_same(mine, theirs)


TRIMMOMATIC = [
    (("SLIDINGWINDOW:4:15",), cut("sliding-window", 15)),
    (
        ("LEADING:3", "TRAILING:3", "SLIDINGWINDOW:5:28"),
        (
            *("trim-quality", 3, "--algorithm", "leading", "min-length", 1),
            *("trim-quality", 3, "--algorithm", "trailing", "min-length", 1),
            *cut("sliding-window", 28, 5),
        ),
    ),
    (("HEADCROP:5", "CROP:40"), ("trim-fixed", "--front", 5, "--length", 40)),
]


@over_reads(TRIMMOMATIC)
def test_trimmomatic(files, name, options, steps):
    reads, theirs, mine = files(name)
    peer("TrimmomaticSE", "-threads", "1", "-phred33", reads, theirs, *options)
    ours("read", reads, *steps, "min-length", 1, "write", mine)
    assert_same(mine, theirs)


def test_pairs_as_cutadapt_and_fastp_cut_them(shared_data, tmp_path):
    first, second = pair(shared_data, "illumina/shewanella_ERR777676")
    theirs = tmp_path / "theirs_1.fq", tmp_path / "theirs_2.fq"
    mine = tmp_path / "ours_1.fq", tmp_path / "ours_2.fq"

    def compare(*steps: object) -> None:
        ours("read", first, "--mate", second, *steps, "write", mine[0], "--mate", mine[1])
        for one, two in zip(mine, theirs, strict=True):
            assert_same(one, two)

    files = "-o", theirs[0], "-p", theirs[1], first, second
    peer("cutadapt", "--quiet", "-u", "3", "-U", "-9", "-q", "20", *files)
    compare("trim-fixed", "--front", 3, "--front2", 0, "--tail2", 9, "trim-quality", 20)
    files = "-i", first, "-I", second, "-o", theirs[0], "-O", theirs[1]
    peer("fastp", *files, *_ALONE, "--trim_front1", "4", "--max_len1", "90", "--max_len2", "70")
    compare("trim-fixed", "--front", 4, "--length", 90, "--length2", 70)


COMPLEXITY = [
    (("entropy", "70"), ("min-entropy", "0.7")),
    (("entropy", "88"), ("min-entropy", "0.88")),
    (("dust", "7"), ("max-dust", "7.999999")),
    (("dust", "1"), ("max-dust", "1.999999")),
]


@over_reads(COMPLEXITY)
def test_prinseq_keeps_the_same_reads(files, name, options, steps):
    reads, theirs, mine = files(name)
    words = "-fastq", reads, "-out_good", theirs.with_suffix(""), "-out_bad", "null"
    method, threshold = options
    limit = "-lc_method", method, "-lc_threshold", threshold
    peer("prinseq-lite", *words, *limit, "-no_qual_header")
    ours("read", reads, *steps, "write", mine)
    assert_same(mine, theirs.with_suffix(".fastq"))
