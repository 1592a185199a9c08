"""The specimens of bad input: each has the verdict of its table, on a file and on a pipe."""

import csv
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

import biometal_stream as bs
from biometal_stream.errors import BiometalError, CompressedInputError
from tests.conftest import SHARED_DATA
from tests.stand_ins import Collect

CASES = SHARED_DATA / "malformed" / "cases"


def verdicts() -> list[tuple[str, str, str]]:
    if not CASES.exists():
        return []
    with (CASES / "EXPECTED.tsv").open() as file:
        return [
            (row["file"], row["mate"], row["expected"])
            for row in csv.DictReader(file, delimiter="\t")
        ]


@contextmanager
def piped(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes from a pipe, written by another thread."""
    reading, writing = os.pipe()

    def write() -> None:
        try:
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(path.read_bytes())
        except BrokenPipeError:
            pass  # the reader has seen enough

    thread = threading.Thread(target=write)
    thread.start()
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        yield pipe
    thread.join()


def outcome(pipeline: bs.Pipeline) -> tuple[str, str]:
    """The number of reads or ``error``, and what the user is told."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            report = pipeline.run(Collect())
        except BiometalError as error:
            return "error", str(error)
    return str(report.reads_out), " ".join(str(warning.message) for warning in told)


@pytest.mark.parametrize("on_pipe", [False, True], ids=["file", "pipe"])
@pytest.mark.parametrize(("name", "mate", "expected"), verdicts())
def test_the_verdict_of_each_case(
    shared_data: Path, name: str, mate: str, expected: str, on_pipe: bool
) -> None:
    path = CASES / name
    settings: dict = {"interleaved": True} if mate == "interleaved" else {}
    if mate not in {"", "interleaved"}:
        settings = {"mate": CASES / mate}
    if on_pipe:
        with piped(path) as pipe:
            verdict, told = outcome(bs.read_fastq(pipe, **settings))
    else:
        verdict, told = outcome(bs.read_fastq(path, **settings))
    assert verdict == expected, told
    assert "\n" not in told
    if expected == "error" and not on_pipe:
        assert path.name in told or mate in told
    for name_part, words in {
        "57_wrapped": "multi-line FASTQ",
        "66_phred64": "phred64",
        "17_bgzf_no_eof": "end-of-file block",
        "73_fasta": "FASTA",
        "51_cr_only": "carriage return",
    }.items():
        if name.startswith(name_part):
            assert words in told


@pytest.mark.parametrize(("name", "mate", "expected"), verdicts())
def test_quarantine_loses_nothing(
    shared_data: Path, tmp_path: Path, name: str, mate: str, expected: str
) -> None:
    """What is kept and what is set aside are together all bytes of a plain input."""
    if mate:
        pytest.skip("tested with pairs")
    path, quarantine, kept = CASES / name, tmp_path / "bad.fq", tmp_path / "good.fq"
    pipeline = bs.read_fastq(path, on_bad_record="quarantine", quarantine=quarantine)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bs.InputWarning)
        try:
            report = pipeline.write_fastq(kept)
        except CompressedInputError:
            assert expected == "error"
            assert not kept.exists()
            assert not quarantine.exists()
            return
    if expected != "error":
        assert (str(report.reads_out), report.counts) == (expected, {})
        assert quarantine.read_bytes() == b""
        return
    assert report.counts["bad records"] >= 1
    text = path.read_bytes()
    assert sorted(kept.read_bytes() + quarantine.read_bytes()) == sorted(
        text if text.endswith(b"\n") else text + b"\n"
    )


@pytest.mark.parametrize(
    ("first", "second", "reads", "lone"),
    [
        ("pe_ok_1.fastq", "pe_short_2.fastq", 1800, 100),
        ("pe_ok_1.fastq", "pe_name_2.fastq", 1998, 2),
        ("pe_ok_1.fastq", "pe_shift_2.fastq", 1998, 1),
        ("pe_short_2.fastq", "pe_ok_1.fastq", 1800, 100),
        ("pe_inter_odd.fastq", None, 1998, 1),
    ],
)
def test_lone_mates_are_set_aside(
    shared_data: Path, tmp_path: Path, first: str, second: str | None, reads: int, lone: int
) -> None:
    settings = {"mate": CASES / second} if second else {"interleaved": True}
    quarantine = tmp_path / "lone.fq"
    sink = Collect()
    reads_in_step = bs.read_fastq(
        CASES / first, on_bad_record="quarantine", quarantine=quarantine, **settings
    )
    with pytest.warns(bs.InputWarning, match="left out reads without their mate, .* the first"):
        report = reads_in_step.run(sink)
    assert report.reads_out == reads
    assert report.counts == {"reads without their mate": lone}
    assert bs.read_fastq(quarantine).run(Collect()).reads_out == lone
    names = [name for batch in sink.got for name in batch.column("name").to_pylist()]
    assert names[0::2] == names[1::2]
