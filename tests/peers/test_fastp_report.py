"""Reports in fastp's shape compared with fastp's own, number by number, for all files."""

import json
from pathlib import Path

import pytest

from tests.conftest import SHARED_DATA
from tests.peers.tools import add_beginning, ours, peer

READS = SHARED_DATA / "reads"
FILES = sorted(READS.glob("*/*.fastq.gz"))
PAIRS = [path for path in FILES if path.name.endswith("_R1.fastq.gz")]
SINGLE = [path for path in FILES if path.name[-12:] not in {"_R1.fastq.gz", "_R2.fastq.gz"}]
NOT_OURS = {"fastp_version", "command", "kmer_count", "insert_size", "duplication"}
EXACT = 999
"""The last cycle with a bin of its own."""


def theirs(tmp_path, *files):
    path = tmp_path / "theirs.json"
    # One thread, because only the first thread of fastp looks at inserts.
    options = ("-A", "-Q", "-L", "-G", "--dont_eval_duplication", "-w", 1)
    peer("fastp", *options, *files, "-j", path, "-h", "/dev/null")
    return json.loads(path.read_text())


def written(tmp_path, *words):
    path = tmp_path / "ours.fastp.json"
    ours("read", *words, "--report", path)
    return json.loads(path.read_text())


def differences(one, two, where=""):
    """The places where two reports differ, of what both have."""
    if isinstance(one, dict):
        assert one.keys() - NOT_OURS <= two.keys(), where
        for key in one.keys() - NOT_OURS:
            yield from differences(one[key], two[key], f"{where}/{key}")
    elif isinstance(one, list):
        if one[:EXACT] != two[:EXACT]:
            yield where
    elif one != two:
        yield where


@pytest.mark.parametrize("path", SINGLE, ids=lambda path: path.name)
def test_single_reads(tmp_path, path):
    path = add_beginning(path, tmp_path / "reads.fastq")
    found = theirs(tmp_path, "-i", path)
    mine = written(tmp_path, path)
    assert list(differences(found, mine)) == []


@pytest.mark.parametrize("first", PAIRS, ids=lambda path: path.name)
def test_pairs_and_their_inserts(tmp_path, first):
    second = add_beginning(Path(str(first).replace("_R1.", "_R2.")), tmp_path / "R2.fastq")
    first = add_beginning(first, tmp_path / "R1.fastq")
    found = theirs(tmp_path, "-i", first, "-I", second)
    steps = ("summarize-inserts", "--algorithm", "fastp")
    mine = written(tmp_path, first, "--mate", second, *steps)
    assert list(differences(found, mine)) == []
    # Where lengths differ, fastp takes the overlap of mates for the insert, which may be longer.
    if len(set(_lengths(first))) == 1 == len(set(_lengths(second))):
        sizes = mine["insert_size"]["histogram"]
        assert sizes[:512] == found["insert_size"]["histogram"]
        unknown = mine["insert_size"]["unknown"] + sum(sizes[512:])
        assert unknown == found["insert_size"]["unknown"]
        assert mine["insert_size"]["peak"] == found["insert_size"]["peak"]


def _lengths(path):
    return map(len, path.read_text().splitlines()[1::4])


def test_filters_and_what_they_leave(shared_data, tmp_path):
    path = shared_data / "reads/illumina/human_ga2_76bp.fastq.gz"
    out = tmp_path / "out.fq"
    files = ("-i", path, "-o", tmp_path / "theirs.fq", "-j", tmp_path / "theirs.json")
    peer("fastp", "-A", "-G", "-l", 15, "--dont_eval_duplication", *files, "-h", "/dev/null")
    found = json.loads((tmp_path / "theirs.json").read_text())
    steps = ("max-low-quality-fraction", 0.4, "max-n", 5, "min-length", 15)
    mine = written(tmp_path, path, *steps, "write", out)
    assert list(differences(found, mine)) == []
    assert mine["filtering_result"]["low_quality_reads"] > 0
