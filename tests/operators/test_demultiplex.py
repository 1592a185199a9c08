"""Samples, by a sheet of barcodes."""

from __future__ import annotations

import json
import os
import pickle
import random
import re
from pathlib import Path

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, SchemaError
from tests.engines.stand_ins import InProcess
from tests.operators.kernels.test_barcodes import plain_match

SHEET = "sample_id\tbarcode\nS1\tAAAACCCC\nS2\tGGGGTTTT\nS3\tACACACAC\n"
TWO = "sample_id,barcode_1,barcode_2\nS1,AAAA,CCCC\nS2,GGGG,TTTT\n"


@pytest.fixture
def sheet(tmp_path: Path) -> str:
    """A sheet of three samples."""
    (tmp_path / "sheet.tsv").write_text(SHEET)
    return str(tmp_path / "sheet.tsv")


@pytest.fixture
def two(tmp_path: Path) -> str:
    """A sheet of two samples with two barcodes each."""
    (tmp_path / "two.csv").write_text(TWO)
    return str(tmp_path / "two.csv")


def batch(sequences: list[str], *, paired: bool = False, **columns: list[str]) -> pa.RecordBatch:
    """Reads whose qualities are their bases, so that both must go the same way."""
    rows = range(len(sequences))
    data: dict[str, pa.Array] = {
        "name": pa.array([f"r{row // 2 if paired else row}" for row in rows]),
        "description": pa.array([None] * len(sequences), pa.string()),
        "sequence": pa.array(sequences, pa.string()),
        "quality": pa.array(sequences, pa.string()),
    }
    if paired:
        data["mate"] = pa.array([1 + row % 2 for row in rows], pa.int8())
    return pa.RecordBatch.from_pydict({**data, **{k: pa.array(v) for k, v in columns.items()}})


def rows(made: pa.RecordBatch, *names: str) -> list[tuple[object, ...]]:
    """Some columns, row by row."""
    return list(zip(*(made.column(name).to_pylist() for name in names), strict=True))


def test_inline_barcodes(sheet: str) -> None:
    reads = batch(["AAAACCCCTTG", "AAAACNCCTTG", "AAAANNCCTTG", "ggggttttA", "AAAACC", ""])
    made = bs.Demultiplex(sheet, read_structure=["8B1S+T"])(reads)
    assert rows(made, "sample", "barcode", "sequence", "quality") == [
        ("S1", "AAAACCCC", "TG", "TG"),
        ("S1", "AAAACNCC", "TG", "TG"),
        ("undetermined", "AAAANNCC", "AAAANNCCTTG", "AAAANNCCTTG"),
        ("S2", "ggggtttt", "", ""),
        ("undetermined", None, "AAAACC", "AAAACC"),
        ("undetermined", None, "", ""),
    ]


def test_barcodes_of_pairs(two: str) -> None:
    reads = batch(["AAAATT", "CCCCGG", "GGGGTT", "CCCCGG"], paired=True)
    made = bs.Demultiplex(two, read_structure=["4B+T", "4B+T"])(reads)
    assert rows(made, "sample", "barcode", "sequence") == [
        ("S1", "AAAA-CCCC", "TT"),
        ("S1", "AAAA-CCCC", "GG"),
        ("undetermined", "GGGG-CCCC", "GGGGTT"),
        ("undetermined", "GGGG-CCCC", "CCCCGG"),
    ]


def test_index_reads_may_be_longer_than_the_barcodes(two: str, sheet: str) -> None:
    indexes = {"index_1": ["AAAATTTT", "GGGGA", "GG"], "index_2": ["CCCC", "TTTTT", "TTTT"]}
    reads = batch(["ACGT"] * 3, **indexes)
    made = bs.Demultiplex(two)(reads)
    assert made.column("sample").to_pylist() == ["S1", "S2", "undetermined"]
    assert made.column("barcode").to_pylist() == ["AAAATTTT-CCCC", "GGGGA-TTTTT", "GG-TTTT"]
    assert made.column("sequence").to_pylist() == ["ACGT"] * 3
    one = batch(["ACGT"], index_1=["AAAACCCCT"])
    assert bs.Demultiplex(sheet)(one).column("sample").to_pylist() == ["S1"]


def test_descriptions_and_columns(two: str, sheet: str) -> None:
    reads = batch(["ACGT"] * 3)
    texts = ["1:N:0:AAAA+CCCC", "1:N:0:GGGGTTTT", "RX:Z:A"]
    reads = reads.set_column(1, "description", pa.array(texts))
    made = bs.Demultiplex(two)(reads)
    assert made.column("sample").to_pylist() == ["S1", "S2", "undetermined"]
    reads = bs.Extract(["4B2M4B+T"])(batch(["AAAAGTCCCCTTT", "GGGGGTTTTTTTT"]))
    made = bs.Demultiplex(sheet)(reads)
    assert rows(made, "sample", "umi", "sequence") == [("S1", "GT", "TTT"), ("S2", "GT", "TTT")]
    assert made.schema.names.count("barcode") == 1


def test_single_reads_in_both_orientations(two: str, tmp_path: Path) -> None:
    reads = batch(["AAAATGGCCCC", "GGGGCCATTTT", "AAAATTTGGGG", "GGGGCCATTTA", "ACACTTTACAC"])
    demultiplex = bs.Demultiplex(two, read_structure=["4B+T4B"], mixed_orientation=True)
    with pytest.raises(
        ConfigurationError, match="'S1' in the other orientation and 'S2' differ in 0"
    ):
        demultiplex(reads)  # the complement of AAAA-CCCC is GGGG-TTTT
    sheet = tmp_path / "one.csv"
    sheet.write_text("sample,barcode_1,barcode_2\nS1,AAAA,CCCC\nS3,ACAC,ACAC\n")
    made = bs.Demultiplex(str(sheet), read_structure=["4B+T4B"], mixed_orientation=True)(reads)
    assert rows(made, "name", "sample", "barcode", "turned", "sequence", "quality") == [
        ("r0", "S1", "AAAA-CCCC", False, "TGG", "TGG"),
        ("r1", "S1", "AAAA-CCCC", True, "TGG", "ACC"),
        ("r2", "undetermined", "AAAA-GGGG", False, "AAAATTTGGGG", "AAAATTTGGGG"),
        ("r3", "S1", "TAAA-CCCC", True, "TGG", "ACC"),
        ("r4", "S3", "ACAC-ACAC", False, "TTT", "TTT"),
    ]


def test_mates_in_both_orientations(two: str) -> None:
    reads = batch(["AAAATT", "CCCCGG", "CCCCGG", "AAATTT", "ACGTAC", "ACGTAC"], paired=True)
    demultiplex = bs.Demultiplex(two, read_structure=["4B+T", "4B+T"], mixed_orientation=True)
    made = demultiplex(reads)
    assert rows(made, "name", "mate", "sample", "barcode", "turned", "sequence", "quality") == [
        ("r0", 1, "S1", "AAAA-CCCC", False, "TT", "TT"),
        ("r0", 2, "S1", "AAAA-CCCC", False, "GG", "GG"),
        ("r1", 1, "S1", "AAAT-CCCC", True, "TT", "TT"),
        ("r1", 2, "S1", "AAAT-CCCC", True, "GG", "GG"),
        ("r2", 1, "undetermined", "ACGT-ACGT", False, "ACGTAC", "ACGTAC"),
        ("r2", 2, "undetermined", "ACGT-ACGT", False, "ACGTAC", "ACGTAC"),
    ]


def test_reads_of_two_samples_in_two_orientations_are_undetermined(tmp_path: Path) -> None:
    path = tmp_path / "s.tsv"
    path.write_text("sample\tbarcode\nS1\tAAAA\nS2\tCCGG\n")
    reads = batch(["AAAATTCCGG", "AAAATTCCCC"])
    made = bs.Demultiplex(str(path), read_structure=["4B+T"], mixed_orientation=True)(reads)
    assert made.column("sample").to_pylist() == ["undetermined", "S1"]


def test_the_sheet_goes_with_the_operator(sheet: str) -> None:
    demultiplex = bs.Demultiplex(sheet, read_structure=["8B+T"])
    reads = batch(["AAAACCCCTTG"])
    schema = demultiplex.output_schema(reads.schema)
    Path(sheet).unlink()
    again = pickle.loads(pickle.dumps(demultiplex))
    assert again == demultiplex
    assert again(reads).schema.equals(schema)
    assert again(reads).column("sample").to_pylist() == ["S1"]


def test_samples_in_conditions_are_checked(sheet: str) -> None:
    reads = bs.from_arrow(batch(["AAAACCCCTTG", "GGGGTTTTA"]))
    demultiplexed = reads | bs.Demultiplex(sheet, read_structure=["8B+T"])
    made = (demultiplexed | bs.Where("sample == 'S2'")).stream().read_all()
    assert made.column("sequence").to_pylist() == ["A"]
    with pytest.raises(ConfigurationError, match="has no label 'S9'"):
        (demultiplexed | bs.Where("sample == 'S9'")).stream().read_all()


def test_what_does_not_fit(sheet: str, two: str, tmp_path: Path) -> None:
    reads = batch(["ACGT"])
    with pytest.raises(ConfigurationError, match=r"barcodes have 8 bases, but the .* have 6"):
        bs.Demultiplex(sheet, read_structure=["6B+T"])(reads)
    with pytest.raises(SchemaError, match="no column has a barcode: give a read-structure"):
        bs.Demultiplex(sheet)(reads.select(["sequence"]))
    with pytest.raises(SchemaError, match="column 'length' describes the whole reads"):
        bs.Demultiplex(sheet, read_structure=["8B+T"])(bs.Measure(["length"])(reads))
    with pytest.raises(SchemaError, match="adds a column 'sample', which"):
        bs.Demultiplex(sheet)(bs.Demultiplex(sheet)(reads))
    with pytest.raises(ConfigurationError, match="'extract' takes UMIs"):
        bs.Demultiplex(sheet, read_structure=["8B4M+T"])
    with pytest.raises(ConfigurationError, match="a sample is called 'S2'"):
        bs.Demultiplex(sheet, undetermined="S2").output_schema(reads.schema)
    for name in ("", "..", "a/b", "a\nb", "x" * 201):
        with pytest.raises(ConfigurationError, match=r"undetermined, '.*', cannot name a file: "):
            bs.Demultiplex(sheet, undetermined=name)
    close = tmp_path / "close.tsv"
    close.write_text("sample\tbarcode\nA\tAAAA\nB\tCCAA\n")
    with pytest.raises(
        ConfigurationError, match=r"^demultiplex: .*needs 3.*set max-mismatches to 0"
    ):
        bs.Demultiplex(str(close)).output_schema(reads.schema)
    assert bs.Demultiplex(str(close), allow_close=True).output_schema(reads.schema)
    swapped = tmp_path / "swapped.csv"
    swapped.write_text("sample,i7,i5\nA,AAAA,CCCC\nB,CCCC,AAAA\n")
    pair = batch(["ACGT", "ACGT"], paired=True)
    for mixed in (False, True):
        demultiplex = bs.Demultiplex(
            str(swapped), read_structure=["4B+T", "4B+T"], mixed_orientation=mixed
        )
        if mixed:
            with pytest.raises(ConfigurationError, match="'A' in the other orientation and 'B'"):
                demultiplex(pair)
        else:
            demultiplex(pair)


def simulated(folder: Path, pairs: int = 3000) -> tuple[str, str, str, list[str], list[str]]:
    """Files of pairs with errors in their barcodes, a sheet, and the barcodes of both."""
    rng = random.Random(11)

    def bases(size: int) -> str:
        return "".join(rng.choice("ACGT") for _ in range(size))

    samples: list[str] = []
    while len(samples) < 30:
        code = bases(12)
        if all(sum(map(str.__ne__, code, other)) > 2 for other in samples):
            samples.append(code)
    sheet = folder / "s.tsv"
    lines = (f"S{number}\t{code}\n" for number, code in enumerate(samples))
    sheet.write_text("sample_id\tbarcode\n" + "".join(lines))
    seen = []
    with (folder / "1.fq").open("w") as one, (folder / "2.fq").open("w") as two:
        for pair in range(pairs):
            code = rng.choice(samples) if rng.random() < 0.9 else bases(12)
            code = "".join(rng.choice("ACGTN") if rng.random() < 0.05 else base for base in code)
            seen.append(code)
            for file, part in ((one, code[:7]), (two, code[7:])):
                read = part + bases(20)
                file.write(f"@r{pair}\n{read}\n+\n{'I' * len(read)}\n")
    return str(folder / "1.fq"), str(folder / "2.fq"), str(sheet), samples, seen


def test_files_by_sample_and_their_counts(tmp_path: Path) -> None:
    one, two, sheet, samples, seen = simulated(tmp_path)
    wanted = [plain_match(code.replace("N", "."), samples, 1, 2) for code in seen]
    reads = bs.read_fastq(one, mate=two)
    demultiplex = bs.Demultiplex(sheet, read_structure=["7B+T", "5B+T"])
    (tmp_path / "out").mkdir()
    results = []
    for threads in (1, 3):
        report = (
            (reads | demultiplex)
            .with_options(threads=threads)
            .write_fastq(str(tmp_path / "out" / "{sample}_R{mate}.fq.gz"))
        )
        results.append(report.results["demultiplex"])
    assert results[0] == results[1]
    names = [f"S{sample}" if sample >= 0 else "undetermined" for sample, _ in wanted]
    for name in set(names):
        for mate in (1, 2):
            path = tmp_path / "out" / f"{name}_R{mate}.fq.gz"
            found = bs.read_fastq(path).stream().read_all().column("name").to_pylist()
            assert found == [f"r{pair}" for pair, other in enumerate(names) if other == name]
    result = results[0]
    assert result.reads == len(seen)
    assert result.undetermined == names.count("undetermined")
    for name, each in result.samples.items():
        assert each.reads == names.count(name)
        assert each.perfect == sum(found == (int(name[1:]), 0) for found in wanted)
        assert each.one_mismatch == each.reads - each.perfect
    assert sum(result.unknown.values()) <= result.undetermined
    headings, lines = result.table
    assert headings == ("sample", "barcode", "share", "pairs", "no mismatch", "1 mismatch")
    assert lines[-1][0] == "undetermined"
    assert lines[-2][0] == "6 more samples"
    assert json.loads(json.dumps(report.to_dict()))["results"]["demultiplex"]["reads"] == 3000


def test_tasks_of_an_engine_give_the_same_counts(tmp_path: Path) -> None:
    one, two, *_ = simulated(tmp_path, pairs=600)
    (tmp_path / "short.tsv").write_text("sample\tbarcode\nS1\tAAAAAAA\nS2\tCCCCCCC\n")
    steps = bs.Extract(["7B4M+T", "2M+T"]) | bs.Demultiplex(str(tmp_path / "short.tsv"))
    pipeline = bs.read_fastq([one, one], mate=[two, two]) | steps
    with pytest.warns(bs.errors.InputWarning, match="read twice"):
        local = pipeline.write_parquet(tmp_path / "local.parquet")
    with pytest.warns(bs.errors.InputWarning, match="read twice"):
        spread = pipeline.write_parquet(
            tmp_path / "spread", engine=InProcess(), partition_bytes=9000
        )
    assert spread.tasks > 2
    assert spread.results == local.results
    assert local.results["demultiplex"].reads == 1200


def test_swapped_strands_are_recognized(two: str) -> None:
    indexes = {"index_1": ["AAAA"] * 9 + ["ACGT"], "index_2": ["GGGG"] * 9 + ["ACGT"]}
    reads = bs.from_arrow(batch(["ACGT"] * 10, **indexes)) | bs.Demultiplex(two)
    execution = reads.execution()
    samples = [name for made in execution.stream() for name in made.column("sample").to_pylist()]
    assert samples == ["undetermined"] * 10
    result = execution.report().results["demultiplex"]
    assert result.unknown == {"AAAA-GGGG": 9, "ACGT-ACGT": 1}
    assert "try index-2-reverse-complement" in result.advice
    assert "samples without reads: S1, S2" in result.findings
    other = bs.Demultiplex(two, index_2_reverse_complement=True)
    found = other(batch(["ACGT"], index_1=["AAAA"], index_2=["GGGG"]))
    assert found.column("sample").to_pylist() == ["S1"]


@pytest.mark.parametrize(
    ("name", "indexes", "advice"),
    [
        ("two", {"index_1": ["AAAA"]}, "AAAA has 4 bases, .* have 8: are index reads missing"),
        ("two", {"barcode": ["AAAACCC"]}, "AAAACCC has 7 bases, .* have 8: "),
        (
            "sheet",
            {"index_1": ["TTTTT"], "index_2": ["CCCCG"]},
            "TTTTT-CCCCG has 10 bases, .* have 8; say by read-structure",
        ),
        ("sheet", {"index_1": ["AAAAGGGGC"]}, None),
    ],
)
def test_barcodes_of_other_lengths_than_those_of_the_sheet(
    request: pytest.FixtureRequest, name: str, indexes: dict[str, list[str]], advice: str | None
) -> None:
    reads = bs.from_arrow(batch(["ACGT"], **indexes)) | bs.Demultiplex(
        request.getfixturevalue(name)
    )
    execution = reads.execution()
    assert sum(made.num_rows for made in execution.stream()) == 1
    found = execution.report().results["demultiplex"].advice
    assert found is None if advice is None else re.match(advice, found)


def test_1536_samples_in_bounded_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)  # 1,537 of them would take seconds
    codes = [
        "".join("ACGT"[(number >> (2 * place)) & 3] for place in range(6)) for number in range(1536)
    ]
    spread = ["".join(base * 3 for base in code) for code in codes]
    sheet = tmp_path / "s.tsv"
    lines = (f"S{number}\t{code}\n" for number, code in enumerate(spread))
    sheet.write_text("sample_id\tbarcode\n" + "".join(lines))
    (tmp_path / "out").mkdir()
    reads = batch([code + "ACGT" for code in spread] + ["T" * 22])
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
    try:
        pipeline = bs.from_arrow(reads) | bs.Demultiplex(str(sheet), read_structure=["18B+T"])
        report = pipeline.write_fastq(str(tmp_path / "out" / "{sample}.fq"))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(list((tmp_path / "out").iterdir())) == 1537
    assert (tmp_path / "out" / "S7.fq").read_text() == "@r7\nACGT\n+\nACGT\n"
    assert report.results["demultiplex"].samples["S1535"].reads == 1
