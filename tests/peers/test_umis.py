"""What fastp and UMI-tools write into names, and what they leave of reads."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.peers.tools import FASTP, assert_same, has_option, ours, peer

UMIS = ("-A", "-G", "-Q", "-L", *FASTP, "--umi")
WITH_UMI = ("where", "not is_null(umi)")
EIGHT = ("--read-structure", "8M+T")
REGULAR = "(?P<umi_2>.{3})(?P<discard_1>[AC]+)(?P<umi_1>..)(?P<cell_1>.{2})"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Pairs of many lengths, with the index in the description."""
    rng = random.Random(5)
    folder = tmp_path_factory.mktemp("umis")
    paths = folder / "1.fq", folder / "2.fq"
    texts: tuple[list[str], list[str]] = [], []
    for read in range(300):
        index = "".join(rng.choice("ACGT") for _ in range(16))
        for mate, text in enumerate(texts):
            bases = "".join(rng.choice("ACGT") for _ in range(rng.choice([100, 30, 12])))
            header = f"@M:1:F:1:1:{read}:7 {mate + 1}:N:0:{index[:8]}+{index[8:]}"
            text.append(f"{header}\n{bases}\n+\n{'I' * len(bases)}\n")
    for path, text in zip(paths, texts, strict=True):
        path.write_text("".join(text))
    return paths


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        (("--umi_loc", "read1", "--umi_len", 8), EIGHT),
        (("--umi_loc", "read2", "--umi_len", 8), ("--read-structure", "+T", *EIGHT)),
        (("--umi_loc", "per_read", "--umi_len", 8), EIGHT * 2),
        (("--umi_loc", "index1"), ("--header", "index-1")),
        (("--umi_loc", "index2"), ("--header", "index-2")),
        (("--umi_loc", "per_index"), ("--header", "index")),
        (
            (*("--umi_loc", "per_read", "--umi_len", 4), *("--umi_skip", 2, "--umi_prefix", "U")),
            ("--read-structure", "4M2S+T", "--read-structure", "4M2S+T", "--prefix", "U"),
        ),
        (
            ("--umi_loc", "read1", "--umi_len", 8, "--umi_delim", "_"),
            (*EIGHT, "--delimiter", "_"),
        ),
    ],
)
def test_fastp(
    files: tuple[Path, Path], tmp_path: Path, options: tuple[object], steps: tuple[str]
) -> None:
    if "--umi_delim" in options and not has_option("fastp", "--umi_delim"):
        pytest.skip("this fastp has no --umi_delim")
    one, two = files
    theirs = tmp_path / "theirs_1.fq", tmp_path / "theirs_2.fq"
    mine = tmp_path / "ours_1.fq", tmp_path / "ours_2.fq"
    peer("fastp", *UMIS, *options, "-i", one, "-I", two, "-o", theirs[0], "-O", theirs[1])
    extract = ("extract", *steps, "--name-as", "fastp")
    ours("read", one, "--mate", two, *extract, "write", mine[0], "--mate", mine[1])
    for own, other in zip(mine, theirs, strict=True):
        assert_same(own, other)


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        (("--bc-pattern=NNNXXNN",), ("--pattern", "NNNXXNN")),
        (("--bc-pattern=CCCNNNN",), ("--pattern", "CCCNNNN")),
        (("--bc-pattern=NNXNN", "--3prime"), ("--pattern", "NNXNN", "--three-prime")),
        ((f"--bc-pattern={REGULAR}", "--extract-method=regex"), ("--pattern", REGULAR)),
    ],
)
def test_umi_tools(
    files: tuple[Path, Path], tmp_path: Path, options: tuple[str], steps: tuple[str]
) -> None:
    theirs, mine = tmp_path / "theirs.fq", tmp_path / "ours.fq"
    peer("umi_tools", "extract", *options, "-I", files[0], "-S", theirs, "-L", "/dev/null")
    extract = ("extract", *steps, "--name-as", "umi-tools", *WITH_UMI)
    ours("read", files[0], *extract, "write", mine)
    assert_same(mine, theirs)


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        (
            ("--bc-pattern=CCCNNNN", "--bc-pattern2=NNXX"),
            ("--pattern", "CCCNNNN", "--mate-pattern", "NNXX"),
        ),
        (
            ("--bc-pattern=^(?P<umi_1>.{4})", f"--bc-pattern2={REGULAR}", "--extract-method=regex"),
            ("--pattern", "^(?P<umi_1>.{4})", "--mate-pattern", REGULAR),
        ),
    ],
)
def test_umi_tools_on_pairs(
    files: tuple[Path, Path], tmp_path: Path, options: tuple[str], steps: tuple[str]
) -> None:
    one, two = files
    theirs = tmp_path / "theirs_1.fq", tmp_path / "theirs_2.fq"
    mine = tmp_path / "ours_1.fq", tmp_path / "ours_2.fq"
    written = ("-I", one, "-S", theirs[0], f"--read2-in={two}", f"--read2-out={theirs[1]}")
    peer("umi_tools", "extract", *options, *written, "-L", "/dev/null")
    extract = ("extract", *steps, "--name-as", "umi-tools", *WITH_UMI)
    ours("read", one, "--mate", two, *extract, "write", mine[0], "--mate", mine[1])
    for own, other in zip(mine, theirs, strict=True):
        assert_same(own, other)
