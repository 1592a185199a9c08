"""What the suite that every operator must pass needs: an example of each, and reads to try.

An operator that is not in `EXAMPLES` is tried as the first ``>>>`` line of its docstring has it.
"""

from __future__ import annotations

import dataclasses
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from biometal_stream import operators
from biometal_stream.interfaces import Merging, Reshaping, Trimmer, flushed
from biometal_stream.registry.builtin import operator_classes
from biometal_stream.settings import setting_of
from tests.operators.learners import CommonLength, settled

SIZES = "0:0.01,150+:0.1"
NAMES = str(Path(__file__).parent / "names.txt")
INDEX = str(Path(__file__).parents[1] / "data" / "reads.idx")
"""An index of every third read of `reads`, k = 5 and w = 3."""
SHEET = str(Path(__file__).parents[1] / "data" / "samples.tsv")
EXAMPLES = {
    "decode-quality": operators.DecodeQuality(column="scores"),
    "demultiplex": operators.Demultiplex(SHEET, read_structure=("3B2S+T",), max_mismatches=0),
    "deplete": operators.Deplete(INDEX),
    "drop-label": operators.DropLabel("host", "human"),
    "drop-names": operators.DropNames(NAMES),
    "encode-reads": operators.EncodeReads("sequence-quality-300/1"),
    "extract": operators.Extract(read_structure=("5M2S+T",), name_as="fastp", tags=True),
    "head": operators.Head(7),
    "keep-label": operators.KeepLabel("host", "human"),
    "keep-matching": operators.KeepMatching(INDEX),
    "keep-names": operators.KeepNames(NAMES),
    "max-n": operators.MaxN(1),
    "max-expected-errors": operators.MaxExpectedErrors(0.5),
    "max-length": operators.MaxLength(70),
    "max-low-quality-fraction": operators.MaxLowQualityFraction(0.25, quality=20),
    "measure": operators.Measure(),
    "min-arithmetic-mean-quality": operators.MinArithmeticMeanQuality(22.5),
    "min-complexity": operators.MinComplexity(0.5),
    "min-length": operators.MinLength(40),
    "min-mean-quality": operators.MinMeanQuality(12.5),
    "predict": operators.Predict("quality", where="length > 20", probabilities=True),
    "rename": operators.Rename(("quality=quality_scores", "name=id")),
    "reverse-complement": operators.ReverseComplement(),
    "sample": operators.Sample(fraction=0.5, seed=3),
    "screen": operators.Screen((INDEX, "lambda")),
    "select": operators.Select(("name", "lane", "sequence")),
    "quality-control": operators.QualityControl(),
    "summarize": operators.Summarize(),
    "tag-description": operators.TagDescription(("lane", "name")),
    "trim-adapters": operators.TrimAdapters(adapter=("ACGTACGTACGT",), insert_sizes=SIZES),
    "trim-fixed": operators.TrimFixed(front=3, tail=5, length=60),
    "trim-quality": operators.TrimQuality(12),
    "where": operators.Where("mean_quality >= 12 and not (gc < 0.3 or contains(name, '7'))"),
}
"""An example of each operator: what makes a difference to the reads below."""


def documented(classes: dict[str, type]) -> dict[str, object]:
    """The examples in the docstrings of some operators, by the names of their steps."""
    found = {name: re.search(r">>> (.+)", kind.__doc__ or "") for name, kind in classes.items()}
    return {
        name: eval(line[1], {classes[name].__name__: classes[name]})
        for name, line in found.items()
        if line
    }


EXAMPLES |= documented({n: c for n, c in operator_classes().items() if n not in EXAMPLES})

MORE_EXAMPLES = [
    operators.Deplete((INDEX, "virus=phix"), min_hits=1, prefix=60),
    operators.Deplete((f"host={INDEX}", "phix"), mark=True),
    operators.KeepMatching(INDEX, min_hits=0, mark=True, column="found"),
    operators.CorrectPairs(),
    operators.MergePairs(algorithm="vsearch"),
    operators.MergePairs(algorithm="adapterremoval", strategy="additive", drop_unmerged=True),
    operators.QualityControl("before", kmers=True, truth="host_label"),
    operators.QualityControl(inserts=True),
    operators.SummarizeInserts("fastp"),
    CommonLength(),
    CommonLength(74),
    operators.DropDuplicates(),
    operators.DropDuplicates(bases=3, exact=True),
    operators.DropDuplicates(by=("host_label",), bases=2),
    operators.RenameReads("{stem}.{number:03}/1 {lane} {description}", start=7),
    operators.RenameReads("x_{name}"),
    operators.Sample(fraction=0.3, exact=True, seed=3),
    operators.Skip(0),
    operators.Demultiplex(SHEET, min_mismatch_delta=1, max_mismatches=0, undetermined="none"),
    operators.Demultiplex(
        SHEET, read_structure=("2S3B+T",), max_mismatches=0, mixed_orientation=True
    ),
    operators.Extract(read_structure=("+T3B",)),
    operators.Extract(read_structure=("2T3S1T2C4M+T",), name_as="umi-tools", delimiter="#"),
    operators.Extract(pattern="CCNNXX", three_prime=True, tags=True),
    operators.Extract(pattern="(?P<discard_1>A.)?.*(?P<umi_1>[CG]{2})", name_as="bcl-convert"),
    operators.Extract(header="RX", tags=True),
    operators.EncodeReads("one-hot-quality/1", 40, "uint8", windows="even", column="tensors"),
    operators.EncodeReads("kmers/1", 30, "int32", k=3, windows="stride", stride=20),
    operators.ConvertBases(to="rna", dots_to_n=True),
    operators.MaskQuality(15, letter="lower-case"),
    operators.MaskQuality(12, window=5),
    operators.Measure(("gc",)),
    operators.Measure(("entropy", "median_quality", "t_fraction")),
    operators.Measure(("expected_errors", "length")),
    operators.Sample(number=5, seed=3),
    operators.Sample(number=0),
    operators.Head(0),
    operators.Predict("quality", precision="int8", column="q", rows=7),
    operators.Predict("quality_linear"),
    operators.Rename(naming="polars-bio"),
    operators.SplitAdapters(),
    operators.TrimAdapters(),
    operators.TrimAdapters(kit="truseq"),
    operators.TrimAdapters(adapter=("ACCATACC", "none"), mate_adapter=("none", "ACGTACGT")),
    operators.TrimAdapters(
        adapter=("ACGTACGT",), mate_adapter=("ACCATACC",), insert_sizes=SIZES, read_length=90
    ),
    operators.TrimAdapters(front=("^ACGTA", "TTGA...CATG"), anywhere=["GATTACA;e=1"], times=2),
    operators.TrimAdapters(adapter=("ACGTN",), mate_adapter=("ACCNA",), min_overlap=4),
    operators.MatchAdapters(adapter=("ACGTACG",), reverse=True, action="mask", error_rate=2),
    operators.MatchAdapters(front=("ACGTACG",), mate_anywhere=("TACC",), action="lowercase"),
    operators.TrimFixed(length=-20),
    operators.TrimQuality(25, front_quality=15),
    operators.TrimQuality(algorithm="mott", error_rate=0.1, shortest=30),
    operators.TrimQuality(11, algorithm="mott"),
    operators.TrimN("front", min_run=2),
    operators.TrimN("tail"),
    operators.TrimPolyG(),
    operators.TrimPolyX("cutadapt"),
    operators.TrimPolyX("cutadapt", base="G", min_tail=2),
    operators.TrimPolyX(base="T", min_tail=4),
    operators.TrimQuality(20, algorithm="nextseq"),
    operators.TrimQuality(12, algorithm="cut-front"),
    operators.TrimQuality(12, algorithm="cut-tail", window=3),
    operators.TrimQuality(8, algorithm="cut-right"),
    operators.TrimQuality(8, algorithm="sliding-window", window=5),
    operators.TrimQuality(9, algorithm="leading"),
    operators.TrimQuality(9, algorithm="trailing"),
    operators.Where("is_null(description) or length(description) < 4"),
]

OUT_OF_RANGE = {
    "convert-bases": [{}, {"case": "title"}, {"to": "DNA"}, {"case": "upper", "dots_to_n": 1}],
    "decode-quality": [{"column": ""}, {"column": 1}],
    "demultiplex": [
        {"sheet": SHEET, "read_structure": "3B+T"},
        {"sheet": SHEET, "read_structure": ("3M+T",)},
        {"sheet": SHEET, "read_structure": ("3B2M+T",)},
        {"sheet": SHEET, "read_structure": ("3BT",)},
        {"sheet": SHEET, "mixed_orientation": True},
        {"sheet": SHEET, "undetermined": ""},
        {"sheet": SHEET, "undetermined": "a/b"},
    ],
    "deplete": [
        {"indexes": ()},
        {"indexes": "a=", "mark": True},
        {"indexes": "phix", "min_fraction": float("nan")},
        {"indexes": "phix", "column": "host"},
    ],
    "drop-label": [
        {"model": "", "label": "x"},
        {"model": "x", "label": ""},
        {"model": "x", "label": "y", "probability": 1.1},
    ],
    "encode-reads": [
        {"layout": "one-hot/2"},
        {"layout": "one-hot/1", "length": 0},
        {"layout": "one-hot/1", "length": 1_000_001},
        {"layout": "one-hot/1", "dtype": "float64"},
        {"layout": "one-hot/1", "dtype": "int32"},
        {"layout": "one-hot/1", "k": 3},
        {"layout": "kmers/1", "dtype": "int32"},
        {"layout": "kmers/1", "dtype": "int32", "k": 13},
        {"layout": "kmers/1", "dtype": "int32", "k": 0},
        {"layout": "one-hot/1", "windows": "last"},
        {"layout": "one-hot/1", "windows": "stride"},
        {"layout": "one-hot/1", "windows": "stride", "stride": 0},
        {"layout": "one-hot/1", "stride": 20},
        {"layout": "one-hot/1", "column": ""},
    ],
    "drop-duplicates": [
        {"bases": 0},
        {"by": "umi"},
        {"bases": 2.5},
        {"table_bytes": 1000},
        {"seed": 2**64},
    ],
    "drop-names": [{"file": ""}, {"file": 1}],
    "extract": [
        {},
        {"read_structure": "8M+T"},
        {"read_structure": ("+T",)},
        {"read_structure": ("8M+",)},
        {"read_structure": ("0M+T",)},
        {"read_structure": ("+M+T",)},
        {"read_structure": ("8Q+T",)},
        {"read_structure": ("8M+T",), "pattern": "NNNN"},
        {"read_structure": ("8M+T",), "three_prime": True},
        {"read_structure": ("8B+T",), "name_as": "fastp"},
        {"read_structure": ("8M+T",), "name_as": "samtools"},
        {"read_structure": ("8M+T",), "prefix": "UMI"},
        {"read_structure": ("8M+T",), "name_as": "fastp", "prefix": "U M"},
        {"read_structure": ("8M+T",), "name_as": "fastp", "delimiter": "\t"},
        {"pattern": ""},
        {"pattern": "XXXX"},
        {"pattern": "NNNA"},
        {"pattern": "(?P<umi_1>.{8}"},
        {"pattern": "(?P<code>.{8})"},
        {"pattern": "(?P<discard_1>.{8})"},
        {"pattern": "(?P<umi_1>.{8}ACGT){s<=1}"},
        {"pattern": "(?P<umi_1>.{8})$", "three_prime": True},
        {"header": "nowhere"},
        {"header": "name:1"},
    ],
    "head": [{"number": -1}],
    "keep-label": [
        {"model": "", "label": "x"},
        {"model": "x", "label": ""},
        {"model": "x", "label": "y", "probability": -0.1},
    ],
    "correct-pairs": [{"algorithm": "vsearch"}],
    "keep-names": [{"file": ""}],
    "kmers": [{"k": 0}, {"k": 33}, {"k": 5.5}],
    "mask-quality": [{"letter": "n"}, {"quality": 12.5}, {"window": 0}],
    "max-dust": [{"score": float("nan")}],
    "max-n": [{"count": -1}],
    "max-expected-errors": [{"errors": -0.1}, {"errors": float("nan")}],
    "max-length": [{"length": -1}, {"length": 20.5}, {"length": None}],
    "max-low-quality-fraction": [{"fraction": 1.01}, {"quality": 94}, {"quality": -1}],
    "measure": [{"columns": ("gc", "gc")}, {"columns": ("name",)}, {"columns": "gc"}],
    "merge-pairs": [
        {"algorithm": "flash"},
        {"algorithm": "vsearch", "min_overlap": 4},
        {"strategy": "additive"},
        {"algorithm": "adapterremoval", "strategy": "both"},
    ],
    "min-arithmetic-mean-quality": [{"quality": -1}, {"quality": 94}, {"quality": float("nan")}],
    "min-complexity": [{"fraction": -0.01}, {"fraction": 1.01}],
    "min-entropy": [{"entropy": 70}, {"entropy": float("nan")}],
    "min-length": [{"length": -1}, {"length": "20"}],
    "min-mean-quality": [{"quality": -1}, {"quality": 94}, {"quality": float("nan")}],
    "minimizers": [{"k": 1}, {"k": 4}, {"k": 33}, {"w": 0}, {"w": 2}, {"w": 67}, {"w": 94}],
    "predict": [
        {"model": "quality", "max_memory": 15},
        {"model": "quality", "max_memory": (1 << 20) + 1},
        {"model": "quality", "threshold": 10**5000},
        {"model": ""},
        {"model": "quality", "column": ""},
        {"model": "quality", "threshold": -0.1},
        {"model": "quality", "threshold": 1.1},
        {"model": "quality", "provider": "abacus"},
        {"model": "quality", "rows": 0},
        {"model": "quality", "output": "oracle"},
        {"model": "quality", "labels": "PASS"},
    ],
    "rename": [
        {},
        {"columns": ("quality",)},
        {"columns": ("a=b", "a=c")},
        {"columns": ("a=b",), "naming": "oxbow"},
        {"naming": "nobody"},
        {"columns": "a=b"},
    ],
    "rename-reads": [
        {"template": ""},
        {"template": " {name}"},
        {"template": "{"},
        {"template": "{}"},
        {"template": "{name!r}"},
        {"template": "{name:8}"},
        {"template": "{number:x}"},
        {"template": "{number}", "start": -1},
    ],
    "sample": [
        {},
        {"number": 3, "exact": True},
        {"fraction": 1.5},
        {"fraction": 0.5, "number": 3},
        {"number": -1},
        {"fraction": 0.5, "seed": -1},
        {"fraction": 0.5, "seed": 2**64},
    ],
    "select": [{"columns": ()}, {"columns": ("name", "name")}, {"columns": "name"}],
    "split-adapters": [
        {"adapter": "ACGTACGTACGTACGT"},
        {"adapter": ("ACGTACGTACG",)},
        {"adapter": ("ACGT" * 16 + "A",)},
        {"adapter": ("ACGTACGTACGTN",)},
        {"adapter": ("ACGTACGTACGT",), "adapters": "a.fa"},
        {"error_rate": 0.31},
        {"extra": -1},
    ],
    "split-quality": [{"quality": 94}, {"window": 0}],
    "tag-description": [{"columns": ()}, {"columns": ("x", "x")}, {"columns": "x"}],
    "trim-adapters": [
        {"kit": "true-seq"},
        {"adapter": "ACGT"},
        {"adapter": ("ACGN",)},
        {"adapter": ("",)},
        {"adapter": ("ACGT",), "kit": "truseq"},
        {"adapters": "a.fa", "kit": "truseq"},
        {"adapters": "a.fa", "adapter": ("ACGT",)},
        {"mate_adapter": ("ACGT",)},
        {"adapter": ("ACGT",), "mate_adapter": ("ACGT", "ACGT")},
        {"insert_sizes": "30"},
        {"insert_sizes": "0:0.5,0:0.1,150+:0.3"},
        {"insert_sizes": "0:nan,150+:0.3"},
        {"insert_sizes": "1:0.5,150+:0.3"},
        {"insert_sizes": "0:0.5,150:0.3"},
        {"read_length": 0},
    ],
    "trim-fixed": [
        {},
        {"front": 0},
        {"front": -1},
        {"tail": -1},
        {"front2": -1},
        {"tail2": -1},
        {"length": 2.5},
    ],
    "trim-n": [{"end": "left"}, {"min_run": 1.5}],
    "trim-poly-g": [{"when": "never"}, {"min_tail": "10"}],
    "trim-poly-x": [{"algorithm": "seqkit"}, {"base": "N"}, {"base": "a"}, {"base": "AC"}],
    "trim-quality": [
        {"quality": -1},
        {"quality": 94},
        {"quality": 20.5},
        {"algorithm": "bwa-mem"},
        {"front_quality": -1},
        {"front_quality": 94},
        {"front_quality": 20, "algorithm": "mott"},
        {"window": 0, "algorithm": "cut-right"},
        {"window": 1001, "algorithm": "cut-right"},
        {"window": 4},
        {"front_quality": 20, "algorithm": "nextseq"},
        {"window": 1, "algorithm": "leading"},
        {"error_rate": -0.1, "algorithm": "mott"},
        {"error_rate": 1.1, "algorithm": "mott"},
        {"error_rate": 0.05},
        {"error_rate": 0.05, "quality": 13, "algorithm": "mott"},
        {"shortest": -1, "algorithm": "mott"},
        {"shortest": 30},
    ],
    "where": [{"expression": "1 +"}, {"expression": "f(1)"}, {"expression": ""}, {"expression": 1}],
}
"""Settings that are refused."""


def out_of_range(example: object) -> list[dict[str, object]]:
    """The settings of an example, each that has a range once below and once above it."""
    fields = [field for field in dataclasses.fields(example) if field.init]
    given = {field.name: getattr(example, field.name) for field in fields}
    found = []
    for field in fields:
        setting = setting_of(field)
        if setting.minimum is not None:
            found.append(given | {field.name: setting.minimum - 1})
        if setting.maximum is not None:
            found.append(given | {field.name: setting.maximum + 1})
    return found


METADATA = {b"biometal_stream.sample": b"S1"}


def reads(
    number: int = 40, *, paired: bool = False, text: pa.DataType | None = None
) -> pa.RecordBatch:
    """Makes reads of many lengths and qualities, with nulls and a column of the user's own."""
    text = text or pa.string()
    names, descriptions, sequences, qualities = [], [], [], []
    for k in range(number):
        length = (k * 37) % 151
        names.append(f"read{k // 2 if paired else k}" + (f"/{k % 2 + 1}" if paired else ""))
        descriptions.append(None if k % 3 == 0 else "x" * (k % 7))
        sequences.append(
            "".join("ACGTNacgtu"[(i * i * k + i) % (4 + k % 7)] for i in range(length))
        )
        qualities.append("".join(chr(33 + (i * k + k) % (10 + k)) for i in range(length)))
    arrays = {
        "name": pa.array(names, text),
        "description": pa.array(descriptions, text),
        "sequence": pa.array(sequences, text),
        "quality": pa.array(qualities, text),
        "host_label": pa.array(
            [("human", "other", None)[k // 5 % 3] for k in range(number)], pa.string()
        ).dictionary_encode(),
        "lane": pa.array([k if k % 4 else None for k in range(number)], pa.int16()),
    }
    nullable = {"description", "host_label", "lane"}
    if paired:
        arrays["mate"] = pa.array([k % 2 + 1 for k in range(number)], pa.int8())
    schema = pa.schema(
        [pa.field(name, array.type, name in nullable) for name, array in arrays.items()],
        metadata=METADATA,
    )
    return pa.RecordBatch.from_arrays(list(arrays.values()), schema=schema)


PAIRS = {"correct-pairs", "merge-pairs", "summarize-inserts", "trim-overhangs"}
"""The steps that take only pairs."""


def takes_pairs(operator: object) -> bool:
    """Whether an operator refuses single reads."""
    return getattr(operator, "name", "") in PAIRS or getattr(operator, "inserts", False) is True


def _splits(operator: object) -> bool:
    return isinstance(operator, Reshaping) and not isinstance(operator, Merging)


def reads_for(operator: object, number: int = 40, **settings: Any) -> pa.RecordBatch:
    """The reads that an operator can take.

    Steps that compare mates take pairs. Those that change reads refuse what was found in whole
    reads, and splitters refuse pairs.
    """
    if _splits(operator) and settings.get("paired"):
        pytest.skip("it takes single reads only")
    settings["paired"] = settings.get("paired", False) or takes_pairs(operator)
    batch = reads(number, **settings)
    if takes_pairs(operator):
        batch = overlapping(batch)
    changes = operators.Extract | operators.Demultiplex | operators.MatchAdapters
    cuts = isinstance(operator, Trimmer | Reshaping | changes)
    return batch.drop_columns(["host_label"]) if cuts or takes_pairs(operator) else batch


def overlapping(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Pairs of which every other overlaps, with an error in some."""
    turned = str.maketrans("ACGTNacgtu", "TGCANtgcaa")
    texts = batch.column("sequence").to_pylist()
    qualities = batch.column("quality").to_pylist()
    for row in range(0, len(texts), 4):
        insert = "ACCGTTAGCATTCGGATCACTGAACGT"[row % 5 :] + texts[row].upper()[:row]
        mate = insert.translate(turned)[::-1]
        texts[row : row + 2] = insert, mate if row % 8 else mate[:9] + "G" + mate[10:]
        qualities[row : row + 2] = "5?I"[row % 3] * len(insert), "I5?"[row % 3] * len(insert)
    for name, values in (("sequence", texts), ("quality", qualities)):
        place = batch.schema.get_field_index(name)
        field = batch.schema.field(place)
        batch = batch.set_column(place, field, pa.array(values, field.type))
    return batch


def run(operator: object, batches: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    """Runs an operator over a stream as a pipeline would."""
    results = []
    with settled(operator, batches).open() as function:
        for batch in batches:
            if getattr(function, "exhausted", False):
                break
            results.append(function(batch))
        if hasattr(function, "flush"):
            results += flushed(function)
    return results


def rows(batches: list[pa.RecordBatch]) -> list[dict[str, object]]:
    """The rows of batches as plain Python."""
    return [row for batch in batches for row in batch.to_pylist()]


def cut(batch: pa.RecordBatch, ends: list[int]) -> list[pa.RecordBatch]:
    """Cuts a batch at rows, some of which may be the same."""
    edges = [0, *sorted(ends), batch.num_rows]
    return [batch.slice(first, last - first) for first, last in pairwise(edges)]
