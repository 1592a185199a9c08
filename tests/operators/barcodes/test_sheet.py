"""Sample sheets."""

from __future__ import annotations

from pathlib import Path

import pytest

from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.operators.barcodes.distances import check_distances
from biometal_stream.operators.barcodes.sheet import SampleSheet, read_sheet

V1 = """[Header],,,
Date,2024-01-01,,
[Reads],,,
151,,,
[Data],,,,
Lane,Sample_ID,Sample_Name,I7_Index_ID,index,I5_Index_ID,index2
1,S1,one,D701,attactcg,D501,TATAGCCT
1,"S 2",two,D702,TCCGGAGA,D502,ATAGAGGC
2,S1,one,D701,ATTACTCG,D501,TATAGCCT
2,S3,three,D703,CGCTCATT,D503,CCTATCCT
"""
V2 = """[Header]
FileFormatVersion,2
[BCLConvert_Settings]
BarcodeMismatchesIndex1,1

[BCLConvert_Data]
Sample_ID,Index,Index2
S1,ATTACTCG,TATAGCCT
S2,TCCGGAGA,ATAGAGGC
[Cloud_Data]
Sample_ID,LibraryName
S1,L1
"""


def sheet_of(folder: Path, text: str, **options: object) -> SampleSheet:
    """The sheet of a text."""
    path = folder / "sheet"
    path.write_text(text)
    return read_sheet(str(path), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "sample_id\tbarcode\nS1\tACGT\nS2\tTTGA\n",
        "\ufeffsample_id\tbarcode\r\nS1\tacgt\r\n\r\nS2\tTTGA\r\n",
        "Sample,Index\nS1,ACGT\nS2,TTGA",
        "barcode;sample name;\nACGT;S1;\nTTGA;S2;\n",
        "# samples of May\nS1 ACGT\nS2 TTGA\n",
        "S1\tACGT\nS2\tTTGA\n",
    ],
)
def test_tables(tmp_path: Path, text: str) -> None:
    sheet = sheet_of(tmp_path, text)
    assert (sheet.samples, sheet.parts) == (("S1", "S2"), (("ACGT",), ("TTGA",)))


@pytest.mark.parametrize(
    "text",
    [
        "sample_id\tbarcode\nS1\tACGT-GG\nS2\tTTGA+CC\n",
        "sample_id,barcode_1,barcode_2\nS1,ACGT,GG\nS2,TTGA,CC\n",
        "name\ti7\ti5\nS1\tACGT\tGG\nS2\tTTGA\tCC\n",
        "S1,ACGT,GG\nS2,TTGA,CC\n",
        "[Data]\nSample_ID,index,index2\nS1,ACGT,GG\nS2,TTGA,CC\n",
    ],
)
def test_tables_of_two_barcodes(tmp_path: Path, text: str) -> None:
    sheet = sheet_of(tmp_path, text)
    assert sheet.parts == (("ACGT", "GG"), ("TTGA", "CC"))
    assert sheet.barcodes == ("ACGTGG", "TTGACC")
    assert sheet.lengths == (4, 2)


def test_sheets_of_illumina(tmp_path: Path) -> None:
    one = sheet_of(tmp_path, V1)
    assert one.samples == ("S1", "S 2", "S3")
    assert one.parts[1] == ("TCCGGAGA", "ATAGAGGC")
    assert sheet_of(tmp_path, V1, lane=2).samples == ("S1", "S3")
    assert sheet_of(tmp_path, V2).samples == ("S1", "S2")
    assert sheet_of(tmp_path, V2, turn_index_2=True).parts[0] == ("ATTACTCG", "AGGCTATA")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no sample"),
        ("sample_id\tbarcode\n", "there is no sample"),
        (V1.replace("[Data]", "[Stuff]"), r"expected a section \[Data\]"),
        ("S1\nS2\n", "line 1: expected a heading with sample_id and barcode"),
        ("S1\tACGT\tfoo\n", "line 1: expected a heading"),
        ("sample_id\tbarcode\n\tACGT\n", "line 2: a sample without a name"),
        ("sample_id\tbarcode\nS1\t\n", "line 2: sample 'S1' has no barcode"),
        ("sample_id\tbarcode\nS1\tACGU\n", "bases A, C, G, T, and N for any: ACGU"),
        ("sample_id\tbarcode\nS1\tACGT\nS2\tACGTA\n", "line 3: .* of 5 bases, and 'S1' of 4"),
        ("sample_id\tbarcode\nS1\tACGT\nS2\tAC-GT\n", "of 2 and 2 bases, and 'S1' of 4"),
        (
            "sample_id\tbarcode\nS1\tACGT\nS1\tAAAA\n",
            "line 3: .*'S1' is there twice, also in line 2",
        ),
        ("sample_id\tbarcode\nS1\tACGT\nS2\tacgt\n", "'S1' and 'S2' have the same barcode, ACGT"),
        ("sample_id\tbarcode\na/b\tACGT\n", "'a/b' cannot name a file: it has '/'"),
        ("sample_id\tbarcode\n..\tACGT\n", "cannot name a file: it means a folder"),
        (f"sample_id\tbarcode\n{'x' * 201}\tACGT\n", "more than 200 bytes"),
        (f"sample_id\tbarcode\nS1\t{'A' * 65}\n", "65 bases of barcodes; 64 are the most"),
        ("sample_id\tbarcode\n" + "S\x07\tACGT\n", "it has '.x07'"),
    ],
)
def test_wrong_sheets(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        sheet_of(tmp_path, text)


def test_lanes_with_the_same_barcodes(tmp_path: Path) -> None:
    text = V1.replace("2,S1,one", "2,S4,four")
    with pytest.raises(ConfigurationError, match=r"'S1' and 'S4' .* lanes 1 and 2: give"):
        sheet_of(tmp_path, text)
    assert sheet_of(tmp_path, text, lane=2).samples == ("S4", "S3")


def test_sheets_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_sheet(str(tmp_path / "nowhere"))
    (tmp_path / "x").write_bytes(b"\x1f\x8b\xff")
    with pytest.raises(ConfigurationError, match="it is not text"):
        read_sheet(str(tmp_path / "x"))
    with pytest.raises(ConfigurationError, match="no second barcode"):
        sheet_of(tmp_path, "S1,ACGT\n", turn_index_2=True)
    with pytest.raises(ConfigurationError, match="no sample of lane 3"):
        sheet_of(tmp_path, V1, lane=3)


def check(
    barcodes: list[str], most: int, delta: int, *, allow_close: bool = False, swapped: bool = False
) -> None:
    """Checks the distances of barcodes."""
    parts = tuple(tuple(code.split("-")) for code in barcodes)
    sheet = SampleSheet("sheet", tuple(f"S{k}" for k in range(len(parts))), parts)
    turned = tuple(f"{second}{first}" for first, second in parts) if swapped else None
    check_distances(sheet, most, delta, allow_close=allow_close, turned=turned)


def test_distances() -> None:
    check(["AAAA"], 1, 2)
    check(["AAAA", "CCCA", "GGGG"], 1, 2)
    check(["AAAA", "CCAA"], 0, 2)
    check(["AAAA", "CCAA"], 1, 2, allow_close=True)
    check(["AAAA", "CAAA"], 0, 1)
    check(["AAAA-CCCC", "CCCC-AAAA"], 1, 2)
    check(["AAAA-AAAA", "CCCC-GGGG"], 1, 2, swapped=True)
    with pytest.raises(
        ConfigurationError, match=r"'S0' and 'S2' differ in 2 bases, but max-mis.* needs 3"
    ):
        check(["AAAA", "GGGG", "CCAA"], 1, 2)
    with pytest.raises(
        ConfigurationError, match=r"differ in 1 base, fewer than min-mismatch-delta, 2"
    ):
        check(["AAAA", "CAAA"], 0, 2, allow_close=True)
    with pytest.raises(ConfigurationError, match=r"differ in 0 bases"):
        check(["AANA", "AAAA"], 0, 1)
    with pytest.raises(
        ConfigurationError, match=r"'S0' in the other orientation and 'S1' differ in 0"
    ):
        check(["AAAA-CCCC", "CCCC-AAAA"], 1, 2, swapped=True)
