"""Merging, correcting and repairing pairs, as the programs whose rules have their names do."""

import gzip
from itertools import islice
from pathlib import Path

import pytest

from tests.peers.tools import FASTP, assert_same, ours, pair, peer

READS = ("metagenome_226bp", "shewanella_ERR777676", "mammoth_adna_truseq_JK2782")
ALONE = ("-A", "-Q", "-L", "-G", *FASTP)


@pytest.fixture(scope="module")
def extracts(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """The first 1,000 pairs of real libraries; in two of them reads run into adapters."""
    folder = tmp_path_factory.mktemp("pairs")
    found = {}
    for name in READS:
        found[name] = [folder / f"{name}_{mate}.fq" for mate in (1, 2)]
        for source, path in zip(pair(shared_data, f"illumina/{name}"), found[name], strict=True):
            with gzip.open(source, "rt") as lines:
                path.write_text("".join(islice(lines, 4_000)))
    return found


def records(path):
    """The bases and qualities of each read, by name, in order."""
    lines = path.read_text().splitlines()
    names = (line.split()[0].removesuffix("/1") for line in lines[::4])
    return dict(zip(names, zip(lines[1::4], lines[3::4], strict=True), strict=True))


@pytest.mark.parametrize("name", READS)
def test_fastp_merges(extracts, tmp_path, name):
    one, two = extracts[name]
    outputs = [tmp_path / each for each in ("theirs.fq", "u_1.fq", "u_2.fq")]
    files = ("--merged_out", outputs[0], "--out1", outputs[1], "--out2", outputs[2])
    peer("fastp", *ALONE, "-i", one, "-I", two, "-m", *files)
    line = ("read", one, "--mate", two, "merge-pairs", "--algorithm", "fastp", "write")
    ours(*line, tmp_path / "ours.fq", "--unmerged", tmp_path / "rest_{mate}.fq")
    found = records(tmp_path / "ours.fq")
    assert found
    assert list(found.items()) == list(records(outputs[0]).items())
    for mate in (1, 2):
        assert records(tmp_path / f"rest_{mate}.fq").keys() == records(outputs[mate]).keys()


@pytest.mark.parametrize("name", READS)
def test_fastp_corrects(extracts, tmp_path, name):
    one, two = extracts[name]
    theirs, mine = ([tmp_path / f"{who}_{mate}.fq" for mate in (1, 2)] for who in ("fp", "bs"))
    peer("fastp", *ALONE, "-c", "-i", one, "-I", two, "-o", theirs[0], "-O", theirs[1])
    line = ("read", one, "--mate", two, "correct-pairs", "--algorithm", "fastp", "write")
    ours(*line, mine[0], "--mate", mine[1])
    for path, other in zip(mine, theirs, strict=True):
        assert_same(path, other)


@pytest.mark.parametrize("name", READS)
def test_vsearch_merges(extracts, tmp_path, name):
    one, two = extracts[name]
    line = ("--fastq_mergepairs", one, "--reverse", two, "--fastqout", tmp_path / "theirs.fq")
    peer("vsearch", *line, "--fastq_qmax", 93, "--threads", 1)
    ours(
        *("read", one, "--mate", two, "merge-pairs", "--algorithm", "vsearch"),
        *("--drop-unmerged", "write", tmp_path / "ours.fq"),
    )
    found = records(tmp_path / "ours.fq")
    assert found
    assert list(found.items()) == list(records(tmp_path / "theirs.fq").items())


@pytest.mark.parametrize("strategy", ["maximum", "additive"])
@pytest.mark.parametrize("name", READS)
def test_adapterremoval_merges(extracts, tmp_path, name, strategy):
    one, two = extracts[name]
    trimmed = [tmp_path / f"t_{mate}.fq" for mate in (1, 2)]
    line = ("read", one, "--mate", two, "trim-adapters", "--kit", "truseq", "min-length", 1)
    ours(*line, "write", trimmed[0], "--mate", trimmed[1])
    theirs = tmp_path / "theirs.fq"
    peer(
        *("adapterremoval3", "--in-file1", trimmed[0], "--in-file2", trimmed[1]),
        *("--out-prefix", tmp_path / "x", "--out-merged", theirs, "--merge"),
        *("--merge-strategy", strategy, "--min-length", 0, "--quality-trimming", "none"),
    )
    ours(
        *("read", trimmed[0], "--mate", trimmed[1], "merge-pairs", "--algorithm"),
        *("adapterremoval", "--strategy", strategy, "--drop-unmerged", "write"),
        tmp_path / "ours.fq",
    )
    found, expected = records(tmp_path / "ours.fq"), records(theirs)
    assert len(found) > 100
    assert all(found[name] == expected[name] for name in found.keys() & expected.keys())
    # It also compares adapters with each other, which decides about a few short overlaps.
    assert len(found.keys() ^ expected.keys()) <= 10


def test_seqkit_pairs(extracts, tmp_path):
    lines = [path.read_text().splitlines() for path in extracts["shewanella_ERR777676"]]
    reads = [["\n".join(each[at : at + 4]) for at in range(0, len(each), 4)] for each in lines]
    left = [each for number, each in enumerate(reads[0]) if number % 7], reads[1][::-1][:-90]
    paths = [tmp_path / "a_1.fq", tmp_path / "a_2.fq"]
    for path, each in zip(paths, left, strict=True):
        path.write_text("\n".join(each) + "\n")
    peer("seqkit", "pair", "-1", paths[0], "-2", paths[1], "-O", tmp_path / "sk", "-u")
    fixed = tmp_path / "fixed_{mate}.fq"
    line = ("read", paths[0], "--mate", paths[1], "repair-pairs", "write", fixed)
    ours(*line, "--orphans", tmp_path / "orphans_{mate}.fq")
    for mate in (1, 2):
        for mine, theirs in (("fixed", f"a_{mate}"), ("orphans", f"a_{mate}.unpaired")):
            found = records(tmp_path / f"{mine}_{mate}.fq")
            assert found == records(tmp_path / "sk" / f"{theirs}.fq")
    found = records(tmp_path / "fixed_1.fq")
    assert list(found) == [name for name in records(paths[0]) if name in found]


@pytest.mark.parametrize(
    ("strategy", "prefix"), [("additive", "your_output.default"), ("maximum", "your_output")]
)
def test_regression_cases_of_adapterremoval(shared_data, tmp_path, strategy, prefix):
    peer_data = shared_data / "acceptance" / "adapterremoval" / "tests" / "regression"
    folder = peer_data / "merging" / strategy
    kit, rules = ("--kit", "truseq"), ("--algorithm", "adapterremoval", "--strategy", strategy)
    line = ("read", folder / "input_1.fastq", "--mate", folder / "input_2.fastq")
    line += ("trim-adapters", *kit, "merge-pairs", *rules)
    line += ("trim-quality", "--algorithm", "mott", "--error-rate", 0.05, "min-length", 15)
    ours(*line, "write", tmp_path / "m.fq", "--unmerged", tmp_path / "{mate}.fq")
    expected = next(folder.glob(f"{prefix}.merged.fastq*"))
    assert list(records(tmp_path / "m.fq").items()) == list(records(expected).items())
    for mate in (1, 2):
        rest = folder / f"your_output.r{mate}.fastq.gz"
        assert records(tmp_path / f"{mate}.fq").keys() == records(rest).keys()
