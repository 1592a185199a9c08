"""The specimens of bad input: each has the verdict of its table, on a file and on a pipe."""

import csv
import os
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO, NamedTuple

import dnaio
import pytest

import biometal_stream as bs
from biometal_stream.errors import BiometalError
from tests.conftest import SHARED_DATA
from tests.stand_ins import Collect

MALFORMED = SHARED_DATA / "malformed"
CASES = MALFORMED / "cases"


class Verdict(NamedTuple):
    """A row of ``tests/data/malformed.tsv``, whose README explains the columns."""

    file: str
    mate: str
    reads: str
    tolerant: str
    told: str
    theirs: str
    dnaio: str
    reason: str

    @property
    def kept(self) -> str:
        """What the tolerant modes keep: a number of reads, or ``error``."""
        return self.tolerant.partition("+")[0]

    @property
    def left_out(self) -> int:
        """Stretches of bad input, and reads without their mate."""
        return int(self.tolerant.partition("+")[2] or 0)

    @property
    def mates(self) -> dict:
        if self.mate in {"", "interleaved"}:
            return {"interleaved": True} if self.mate else {}
        return {"mate": (MALFORMED / self.file).parent / self.mate}


TABLE = Path(__file__).parent.parent / "data" / "malformed.tsv"
with TABLE.open(encoding="utf-8") as lines:
    VERDICTS = [Verdict(*row) for row in csv.reader(lines, delimiter="\t", quotechar=None)][1:]
each = pytest.mark.parametrize(
    "verdict", VERDICTS, ids=[f"{verdict.file}-{verdict.mate}" for verdict in VERDICTS]
)


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


def outcome(source: Path | BinaryIO, **settings: object) -> tuple[str, str, int]:
    """The number of reads or ``error``, what the user is told, and how much was left out."""
    pipeline = bs.read_fastq(source, **settings).with_options(threads=1)  # type: ignore[arg-type]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            report = pipeline.run(Collect())
        except BiometalError as error:
            return "error", str(error), 0
    words = " ".join(str(warning.message) for warning in told)
    return str(report.reads_out), words, sum(report.counts.values())


def test_every_file_has_its_verdict(shared_data: Path) -> None:
    """A file that is added needs a row, and a row its file."""
    files = {str(p.relative_to(MALFORMED)) for p in MALFORMED.rglob("*") if p.is_file()}
    assert {verdict.file for verdict in VERDICTS} == files
    assert all(verdict.reason for verdict in VERDICTS)


def test_the_cases_have_the_verdicts_that_were_set_for_them(shared_data: Path) -> None:
    with (CASES / "EXPECTED.tsv").open() as file:
        rows = csv.DictReader(file, delimiter="\t")
        wanted = {(f"cases/{row['file']}", row["mate"]): row["expected"] for row in rows}
    ours = {(verdict.file, verdict.mate): verdict.reads for verdict in VERDICTS}
    assert wanted.items() <= ours.items()


@pytest.mark.parametrize("on_pipe", [False, True], ids=["file", "pipe"])
@each
def test_the_verdict_where_input_must_be_right(
    shared_data: Path, verdict: Verdict, on_pipe: bool
) -> None:
    path = MALFORMED / verdict.file
    with piped(path) if on_pipe else nullcontext(path) as source:
        reads, told, _ = outcome(source, **verdict.mates)
    assert reads == verdict.reads, told
    assert verdict.told in told
    assert told.isprintable()
    assert bool(told) == bool(verdict.told)
    if verdict.reads == "error" and not on_pipe:
        assert path.name in told


@each
def test_the_verdict_where_bad_records_are_skipped(shared_data: Path, verdict: Verdict) -> None:
    with piped(MALFORMED / verdict.file) as source:
        reads, told, left_out = outcome(source, on_bad_record="skip", **verdict.mates)
    assert (reads, left_out) == (verdict.kept, verdict.left_out), told
    assert told.isprintable()
    assert ("left out; the first: " in told) == (left_out > 0)


@each
def test_the_verdict_where_bad_records_are_quarantined(
    shared_data: Path, tmp_path: Path, verdict: Verdict
) -> None:
    path, quarantine = MALFORMED / verdict.file, tmp_path / "bad.fq"
    settings = {"on_bad_record": "quarantine", "quarantine": quarantine, **verdict.mates}
    reads, told, left_out = outcome(path, **settings)
    assert (reads, left_out) == (verdict.kept, verdict.left_out), told
    if reads == "error":
        assert list(tmp_path.iterdir()) == []
        return
    aside = quarantine.read_bytes()
    assert bool(aside) == (left_out > 0)
    if not verdict.mate and path.suffix not in {".gz", ".zst", ".xz", ".bz2"}:
        text = path.read_bytes() + b"\n"
        assert all(line in text for line in aside.splitlines(keepends=True))


@each
def test_what_dnaio_makes_of_it(shared_data: Path, verdict: Verdict) -> None:
    """The table's column on dnaio is true, so that the docs on how we differ are."""
    if verdict.dnaio == "-":
        return
    try:
        with dnaio.open(MALFORMED / verdict.file, fileformat="fastq") as reader:
            reads = str(sum(1 for _ in reader))
    except Exception:  # noqa: BLE001 - it has no error of its own for damaged compression
        reads = "error"
    assert reads == verdict.dnaio


def test_quarantine_loses_nothing(shared_data: Path, tmp_path: Path) -> None:
    """What is kept and what is set aside are together all bytes of a plain input.

    Of those whose good records are written as they are read: with newlines and bare `+` lines.
    """
    quarantine, kept = tmp_path / "bad.fq", tmp_path / "good.fq"
    tried = 0
    for verdict in VERDICTS:
        path = MALFORMED / verdict.file
        text = path.read_bytes()
        written_alike = b"\r" not in text and not re.search(rb"^\+.", text, re.MULTILINE)
        if verdict.reads != "error" or verdict.kept == "error" or verdict.mate:
            continue
        if path.suffix != ".fastq" or not written_alike:
            continue
        pipeline = bs.read_fastq(path, on_bad_record="quarantine", quarantine=quarantine)
        with pytest.warns(bs.InputWarning):
            pipeline.with_options(threads=1).write_fastq(kept)
        aside = quarantine.read_bytes()
        if not text.endswith((b"\n", aside or b"\n")):
            text += b"\n"  # the last record is kept, and written with its newline
        assert sorted(kept.read_bytes() + aside) == sorted(text), verdict.file
        tried += 1
    assert tried > 20


@pytest.mark.parametrize(
    ("first", "second", "reads", "orphan"),
    [
        ("pe_ok_1.fastq", "pe_short_2.fastq", 1800, 100),
        ("pe_ok_1.fastq", "pe_name_2.fastq", 1998, 2),
        ("pe_ok_1.fastq", "pe_shift_2.fastq", 1998, 1),
        ("pe_inter_odd.fastq", None, 1998, 1),
    ],
)
def test_orphans_are_set_aside(
    shared_data: Path, tmp_path: Path, first: str, second: str | None, reads: int, orphan: int
) -> None:
    settings = {"mate": CASES / second} if second else {"interleaved": True}
    quarantine = tmp_path / "orphan.fq"
    sink = Collect()
    reads_in_step = bs.read_fastq(
        CASES / first, on_bad_record="quarantine", quarantine=quarantine, **settings
    )
    with pytest.warns(bs.InputWarning, match="reads without their mate are left out; the first: "):
        report = reads_in_step.run(sink)
    assert report.reads_out == reads
    assert report.counts == {"reads without their mate": orphan}
    assert bs.read_fastq(quarantine).run(Collect()).reads_out == orphan
    names = [name for batch in sink.got for name in batch.column("name").to_pylist()]
    assert names[0::2] == names[1::2]
