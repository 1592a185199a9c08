"""Real reads: record for record what dnaio reads, and what others say of quality encodings."""

from pathlib import Path

import dnaio
import pyarrow as pa
import pytest

import biometal_stream as bs
from tests.conftest import SHARED_DATA
from tests.sources.stand_ins import header_of

READS = sorted((SHARED_DATA / "reads").glob("*/*.fastq.gz"))
FIRST_MATES = [path for path in READS if path.name.endswith("_R1.fastq.gz")]


def headers(batch: pa.RecordBatch) -> list[str]:
    """The header lines that the columns came from."""
    columns = batch.column("name").to_pylist(), batch.column("description").to_pylist()
    return [header_of(name, description) for name, description in zip(*columns, strict=True)]


def rows(pipeline: bs.Pipeline) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    for batch in pipeline.batches():
        sequences = batch.column("sequence").to_pylist()
        qualities = batch.column("quality").to_pylist()
        found += zip(headers(batch), sequences, qualities, strict=True)
    return found


def by_dnaio(path: Path) -> list[tuple[str, str, str]]:
    with dnaio.open(path) as reader:
        return [(read.name, read.sequence, read.qualities) for read in reader]


def test_there_are_real_reads(shared_data: Path) -> None:
    assert len(READS) > 40


@pytest.mark.parametrize("path", READS, ids=lambda path: path.name)
def test_a_file_of_real_reads(path: Path) -> None:
    assert rows(bs.read_fastq(path).with_options(threads=2)) == by_dnaio(path)


@pytest.mark.parametrize("path", FIRST_MATES, ids=lambda path: path.name)
def test_two_files_of_mates(path: Path) -> None:
    mate = path.with_name(path.name.replace("_R1.", "_R2."))
    pairs = zip(by_dnaio(path), by_dnaio(mate), strict=True)
    expected = [read for pair in pairs for read in pair]
    assert rows(bs.read_fastq(path, mate=mate)) == expected


@pytest.mark.parametrize(
    ("original", "encoding", "expected"),
    [
        ("illumina_full_range_original_illumina", "phred64", "illumina_full_range_as_sanger"),
        ("solexa_full_range_original_solexa", "solexa", "solexa_full_range_as_sanger"),
        ("sanger_full_range_original_sanger", "phred33", "sanger_full_range_as_sanger"),
        ("misc_dna_as_illumina", "phred64", "misc_dna_as_sanger"),
        ("longreads_as_illumina", "phred64", "longreads_as_sanger"),
    ],
)
def test_translated_qualities(
    shared_data: Path, original: str, encoding: str, expected: str
) -> None:
    """The specimens of Cock et al. 2010 say what each encoding is in Phred+33."""
    folder = shared_data / "malformed" / "obf_cock2010"
    read = bs.read_fastq(folder / f"{original}.fastq", quality_encoding=encoding)
    assert rows(read) == by_dnaio(folder / f"{expected}.fastq")
