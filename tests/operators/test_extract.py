"""UMIs and barcodes, out of reads, index reads and headers."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, DataError, SchemaError


def batch(
    sequences: list[str], *, paired: bool = False, quality: bool = True, **columns: list[object]
) -> pa.RecordBatch:
    """Reads with qualities that tell each base from the next."""
    rows = range(len(sequences))
    data: dict[str, pa.Array] = {
        "name": pa.array([f"r{row // 2 if paired else row}" for row in rows]),
        "description": pa.array([f"{1 + row % 2}:N:0:ACGT+TTGA" for row in rows]),
        "sequence": pa.array(sequences, pa.string()),
    }
    if quality:
        scores = ["".join(chr(40 + place) for place in range(len(each))) for each in sequences]
        data["quality"] = pa.array(scores, pa.string())
    if paired:
        data["mate"] = pa.array([1 + row % 2 for row in rows], pa.int8())
    return pa.RecordBatch.from_pydict({**data, **columns})


def rows(made: pa.RecordBatch, *names: str) -> list[tuple[object, ...]]:
    """Some columns, row by row."""
    return list(zip(*(made.column(name).to_pylist() for name in names), strict=True))


def test_single_reads() -> None:
    made = bs.Extract(["3M1S2B+T"])(batch(["ACGTAATTT", "ACGTAA", "ACGTA"]))
    assert rows(
        made, "sequence", "quality", "umi", "umi_quality", "barcode", "barcode_quality"
    ) == [
        ("TTT", "./0", "ACG", "()*", "AA", ",-"),
        ("", "", "ACG", "()*", "AA", ",-"),
        ("ACGTA", "()*+,", None, None, None, None),
    ]


def test_pairs_share_their_umis_in_the_order_of_the_reads() -> None:
    reads = batch(["ACGTTT", "CCAAAA", "GGGTTT", "C"], paired=True)
    made = bs.Extract(["3M+T", "2M+T"])(reads)
    assert rows(made, "sequence", "umi", "umi_quality") == [
        ("TTT", "ACG-CC", "()* ()"),
        ("AAAA", "ACG-CC", "()* ()"),
        ("GGGTTT", None, None),
        ("C", None, None),
    ]
    alone = bs.Extract(["3M+T"])(reads)
    assert rows(alone, "sequence", "umi")[:2] == [("TTT", "ACG"), ("CCAAAA", "ACG")]


def test_index_reads() -> None:
    reads = batch(
        ["ACGTTT", "CCAAAA"],
        paired=True,
        index_1=pa.array(["GATTAC"] * 2),
        index_1_quality=pa.array(["ABCDEF"] * 2),
        index_2=pa.array(["TTT"] * 2),
        index_2_quality=pa.array(["GHI"] * 2),
    )
    made = bs.Extract(["+T", "+T", "4B2M", "3B"])(reads)
    assert rows(made, "sequence", "barcode", "barcode_quality", "umi", "umi_quality") == [
        ("ACGTTT", "GATT-TTT", "ABCD GHI", "AC", "EF"),
        ("CCAAAA", "GATT-TTT", "ABCD GHI", "AC", "EF"),
    ]
    with pytest.raises(
        SchemaError, match=r"5 read structures .* only 4: mate 1, mate 2, column ind"
    ):
        bs.Extract(["+T", "+T", "4B2M", "3B", "8M"])(reads)
    with pytest.raises(SchemaError, match=r"2 read structures .* only 1: the read"):
        bs.Extract(["+T", "8M"])(batch(["ACGT"]))


def test_reads_without_qualities() -> None:
    made = bs.Extract(["+T2M"])(batch(["ACGT"], quality=False))
    assert made.schema.names[-1] == "umi"
    assert rows(made, "sequence", "umi") == [("AC", "GT")]


SEGMENT = st.tuples(st.integers(1, 4), st.sampled_from("TMS"))


@given(
    st.lists(SEGMENT, min_size=1, max_size=5),
    st.lists(st.text("ACGT", max_size=24), max_size=6),
)
def test_templates_are_joined(segments: list[tuple[int, str]], reads: list[str]) -> None:
    structure = "".join(f"{length}{kind}" for length, kind in segments) + "2M"
    made = bs.Extract([structure])(batch(reads))
    size = sum(length for length, _ in segments) + 2
    for read, row in zip(reads, made.to_pylist(), strict=True):
        bases: dict[str, list[str]] = {"T": [], "M": [], "S": []}
        left = read
        for length, kind in [*segments, (2, "M")]:
            bases[kind].append(left[:length])
            left = left[length:]
        short = len(read) < size
        assert row["sequence"] == (read if short else "".join(bases["T"]))
        assert row["umi"] == (None if short else "-".join(bases["M"]))
        assert [ord(q) - 40 for q in row["quality"]] == (
            list(range(len(read)))
            if short
            else [
                place
                for place, kind in enumerate(
                    kind for length, kind in [*segments, (2, "M")] for _ in range(length)
                )
                if kind == "T"
            ]
        )


@pytest.mark.parametrize(
    ("pattern", "sequence", "umi"),
    [
        ("NNNXXNN", "TTGG", "ACG-AC"),
        ("CCNN", "TACGG", "GT"),
        ("(?P<umi_2>AC)(?P<discard_1>G)(?P<umi_1>TT)", "ACGG", "TT-AC"),
        ("(?P<umi_10>A)(?P<umi_9>C)", "GTTACGG", "C-A"),
        (".*(?P<umi_1>[CG]{2,})$", "ACGTTAC", "GG"),
        ("(?P<umi_1>AC)(?P<cell_1>N)?", "GTTACGG", "AC"),
        ("(?P<umi_1>T.)", "ACGTTACGG", None),
    ],
)
def test_patterns(pattern: str, sequence: str, umi: str | None) -> None:
    made = bs.Extract(pattern=pattern)(batch(["ACGTTACGG"]))
    assert rows(made, "sequence", "umi") == [(sequence, umi)]


def test_patterns_at_the_end_and_of_mate_2() -> None:
    made = bs.Extract(pattern="NNXX", three_prime=True)(batch(["ACGTTACGG"]))
    assert rows(made, "sequence", "umi") == [("ACGTTGG", "AC")]
    pair = batch(["ACGTTACGG", "TTTCC"], paired=True)
    made = bs.Extract(mate_pattern="NNN")(pair)
    assert rows(made, "sequence", "umi") == [("ACGTTACGG", "TTT"), ("CC", "TTT")]
    with pytest.raises(SchemaError, match="2 read structures or patterns"):
        bs.Extract(pattern="NN", mate_pattern="NNN")(batch(["ACGTTACGG"]))


@pytest.mark.parametrize(
    ("style", "options", "names"),
    [
        ("fastp", {}, ["r0:ACG_CC", "r0:ACG_CC", "r1", "r1"]),
        ("fastp", {"prefix": "UMI"}, ["r0:UMI_ACG_CC", "r0:UMI_ACG_CC", "r1", "r1"]),
        ("fastp", {"delimiter": "#"}, ["r0#ACG_CC", "r0#ACG_CC", "r1", "r1"]),
        ("umi-tools", {}, ["r0_T-A_ACGCC", "r0_T-A_ACGCC", "r1", "r1"]),
        ("bcl-convert", {}, ["r0:ACG+CC", "r0:ACG+CC", "r1", "r1"]),
    ],
)
def test_names(style: str, options: dict[str, str], names: list[str]) -> None:
    reads = batch(["ACGTTT", "CCAAAA", "GGGTTT", "C"], paired=True)
    made = bs.Extract(["3M1C+T", "2M1C+T"], name_as=style, **options)(reads)  # type: ignore[arg-type]
    joined = [name.replace("T-A", "TA") for name in names]
    assert made.column("name").to_pylist() == joined


def test_marks_of_mates_stay_at_the_end_of_names() -> None:
    reads = batch(["ACGT", "ACGT", "ACGT", "AC"], paired=True)
    reads = reads.set_column(0, "name", pa.array(["a/1", "a/2", "b/1", "b/2"]))
    made = bs.Extract(["3M+T", "3S+T"], name_as="fastp")(reads)
    assert made.column("name").to_pylist() == ["a:ACG/1", "a:ACG/2", "b/1", "b/2"]


def test_tags() -> None:
    made = bs.Extract(["2M1B1C+T"], tags=True)(batch(["ACGTAA", "A"]))
    assert made.column("description").to_pylist() == [
        "1:N:0:ACGT+TTGA\tRX:Z:AC\tQX:Z:()\tBC:Z:G\tQT:Z:*\tCR:Z:T\tCY:Z:+",
        "2:N:0:ACGT+TTGA",
    ]


HEADERS = [
    ("index", "x", "1:N:0:ACGT+TTGA", "ACGT-TTGA"),
    ("index", "x", "2:Y:18:ACGT", "ACGT"),
    ("index", "x", "something", None),
    ("index-1", "x", "1:N:0:ACGT+TTGA", "ACGT"),
    ("index-2", "x", "1:N:0:ACGT+TTGA", "TTGA"),
    ("index-2", "x", "1:N:0:ACGT", None),
    ("RX", "x", "RX:Z:ACGT-AA", "ACGT-AA"),
    ("RX", "x", "1:N:0:A\tBC:Z:TT\tRX:Z:ACGT\tQX:Z:IIII", "ACGT"),
    ("RX", "x", "XRX:Z:ACGT", None),
    ("RX", "x", None, None),
    ("name", "M:1:2:ACGT", "", "ACGT"),
    ("name", "M:1:2:ACGT+GG/1", "", "ACGT-GG"),
    ("name", "M:1:2", "", None),
    ("name", "M:1:2:ACG_TT", "", "ACG-TT"),
    ("name", "M:1:2_ACGT", "", "ACGT"),
    ("name", "r1_CCCC_ACGT/2", "", "ACGT"),
    ("name", "r1_", "", None),
    ("name:3", "M:1:ACGT:7", "", "ACGT"),
    ("name:2", "M:ACGT", "", "ACGT"),
    ("name:4", "M:1:ACGT", "", None),
]


@pytest.mark.parametrize(("field", "name", "description", "umi"), HEADERS)
def test_headers(field: str, name: str, description: str | None, umi: str | None) -> None:
    reads = batch(["ACGT"])
    reads = reads.set_column(0, "name", pa.array([name]))
    reads = reads.set_column(1, "description", pa.array([description], pa.string()))
    made = bs.Extract(header=field)(reads)
    assert rows(made, "name", "description", "sequence", "umi") == [
        (name, description, "ACGT", umi)
    ]


def test_umis_are_moved_from_one_name_to_another() -> None:
    reads = batch(["ACGT"] * 3)
    reads = reads.set_column(0, "name", pa.array(["M:1:ACGT+GG", "M:1:AC:7/2", "M:1"]))
    made = bs.Extract(header="name", name_as="umi-tools")(reads)
    assert made.column("name").to_pylist() == ["M:1_ACGTGG", "M:1:AC:7/2", "M:1"]
    made = bs.Extract(header="name:3", name_as="umi-tools")(reads)
    assert made.column("name").to_pylist() == ["M:1_ACGTGG", "M:1:7_AC/2", "M:1"]
    reads = reads.set_column(0, "name", pa.array(["M:1_ACGT", "M:1:ACGT/1", "M_1"]))
    made = bs.Extract(header="name", name_as="fastp")(reads)
    assert made.column("name").to_pylist() == ["M:1:ACGT", "M:1:ACGT/1", "M_1"]


def test_mates_have_the_umi_of_mate_1() -> None:
    reads = batch(["ACGT", "ACGT"], paired=True)
    reads = reads.set_column(1, "description", pa.array(["RX:Z:AC", ""]))
    assert bs.Extract(header="RX")(reads).column("umi").to_pylist() == ["AC", "AC"]


def test_the_result_counts_reads_without_barcodes(tmp_path: Path) -> None:
    reads = batch(["ACGT"] * 4 + ["AC"])
    report = (bs.from_arrow(reads) | bs.Extract(["3M+T"])).write_parquet(tmp_path / "x.parquet")
    assert report.results["extract"].without == 1
    assert report.results["extract"].reads == 5
    (line,) = report.results["extract"].findings
    assert re.search(r"1 of 5 reads have no barcode and stay whole", line)


def test_columns_of_whole_reads_are_refused() -> None:
    reads = bs.Measure(["length"])(batch(["ACGT"]))
    with pytest.raises(SchemaError, match="column 'length' describes the whole reads"):
        bs.Extract(["2M+T"])(reads)
    assert bs.Extract(header="index")(reads).column("umi").to_pylist() == ["ACGT-TTGA"]
    with pytest.raises(SchemaError, match="adds a column 'umi', which the input already has"):
        bs.Extract(["2M+T"])(bs.Extract(["2M+T"])(batch(["ACGT"])))


def test_messages_say_what_to_type() -> None:
    with pytest.raises(
        ConfigurationError, match=r"extract: .*expected a length or \+ and a letter"
    ):
        bs.Extract(["8"])
    with pytest.raises(ConfigurationError, match="only one of these"):
        bs.Extract(["8M+T"], header="RX")
    for pattern in ("(?P<umi_1>.{99999999999})", "(" * 5000 + "?P<umi_1>.)"):
        with pytest.raises(ConfigurationError, match=r"extract: pattern '\(.*': "):
            bs.Extract(pattern=pattern)
    with pytest.raises(ConfigurationError, match="fuzzy matching"):
        bs.Extract(pattern="(?P<umi_1>.{8})(ACGT){e<=1}")


@pytest.mark.parametrize(
    ("extract", "why"),
    [
        (bs.Extract(["8M+T"]), "too short"),
        (bs.Extract(pattern="NNNNNNNN"), "too short"),
        (bs.Extract(pattern="(?P<umi_1>T)"), "not like the pattern"),
        (bs.Extract(header="RX"), "the header has none in 'RX'"),
    ],
)
def test_why_reads_have_no_barcode(extract: bs.Extract, why: str, tmp_path: Path) -> None:
    (tmp_path / "r.fq").write_text("@r1\nACG\n+\nFFF\n@r2\nAGG\n+\nFFF\n")
    report = (bs.read_fastq(tmp_path / "r.fq") | extract).write_parquet(tmp_path / "o.parquet")
    found = report.results["extract"].findings
    assert found == (f"2 of 2 reads have no barcode and stay whole: {why} (100.0%)",)


def test_mates_that_have_lost_each_other_are_an_error() -> None:
    reads = batch(["ACGT"] * 4, paired=True).filter(pa.array([True, False, True, True]))
    for extract in (bs.Extract(["3M+T"]), bs.Extract(header="index")):
        with pytest.raises(DataError, match=r"extract: reads have lost their mates.*put it before"):
            extract(reads)
