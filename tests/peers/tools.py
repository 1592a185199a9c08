"""The programs that users trust, run where they are installed."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import pytest

from biometal_stream.cli.main import main

SINGLE = (
    "illumina/human_ga2_76bp",
    "illumina/rhodobacter_ga_36bp",
    "illumina/sarscov2_SRR11140746_R1",
    "illumina/shewanella_ERR777676_R1",
    "ont/ecoli_ont",
)
"""Files of `shared_data` that differ in age, lengths, qualities and N."""

PAIRS = (
    "illumina/metagenome_226bp",
    "illumina/shewanella_ERR777676",
)


FASTP = ("-w", 1, "-j", "/dev/null", "-h", "/dev/null", "--dont_eval_duplication")
"""What fastp is told where only its reads matter. To count duplicates it clears a gigabyte."""

FIRST = 2_000
"""So many reads of each file are enough where a test looks at all files."""


def single(shared_data: Path, name: str) -> str:
    """The path of one of `SINGLE`."""
    return str(shared_data / "reads" / f"{name}.fastq.gz")


def pair(shared_data: Path, name: str) -> tuple[str, str]:
    """The paths of the two files of one of `PAIRS`."""
    return single(shared_data, f"{name}_R1"), single(shared_data, f"{name}_R2")


def peer(*words: object) -> str:
    """Runs another program; the test is skipped where that is not installed.

    Returns:
        What it wrote to standard output.
    """
    name, *others = map(str, words)
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    done = subprocess.run([program, *others], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def add_beginning(path: Path, copy: Path) -> Path:
    """Adds the first `FIRST` reads of a gzipped file to a plain one, and returns that."""
    with gzip.open(path, "rb") as lines, copy.open("ab") as out:
        out.writelines(islice(lines, 4 * FIRST))
    return copy


def beginnings(paths: Iterable[Path], folder: Path) -> list[Path]:
    """Files of the first reads of others. The two files of a pair become one.

    FastQC spends most time on pictures, of which a file has as many whatever its size.

    Returns:
        The files, named as `beginning_of` says.
    """
    copies = {}
    for path in paths:
        name = beginning_of(path)
        copies[name] = add_beginning(path, folder / name)
    return [*copies.values()]


def beginning_of(path: Path) -> str:
    """The name of the file that `beginnings` makes of a file, or of a pair."""
    return path.name.removesuffix(".gz").replace("_R1.", ".").replace("_R2.", ".")


def has_option(program: str, option: str) -> bool:
    """Whether the help of a program names an option; the test is skipped where it is missing."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    done = subprocess.run([program, "--help"], capture_output=True, text=True, check=False)
    return option in done.stdout + done.stderr


def ours(*words: object) -> None:
    """Runs biometal-stream."""
    assert main([*map(str, words), "--quiet"]) == 0


def reads_in(path: Path) -> int:
    """The number of reads of a plain FASTQ file."""
    return path.read_bytes().count(b"\n") // 4


def assert_same(path: Path, other: Path) -> None:
    """Compares two plain FASTQ files, byte for byte."""
    assert reads_in(path) == reads_in(other)
    assert path.read_bytes() == other.read_bytes()
