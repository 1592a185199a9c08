"""Reads that leave the output on the way: rejected ones and orphans, each to a file of its own."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, SchemaError, SinkError
from biometal_stream.operators.base import ReadTrimmer, StatelessOperator
from biometal_stream.run import LEAST_MEMORY


def fastq(records: list[tuple[str, str]]) -> bytes:
    return b"".join(
        f"@{name}\n{bases}\n+\n{'I' * len(bases)}\n".encode() for name, bases in records
    )


def parsed(path: Path) -> list[tuple[str, str]]:
    lines = path.read_bytes().decode().split("\n")[:-1]
    return list(zip([line[1:] for line in lines[::4]], lines[1::4], strict=True))


def made(pairs: int, seed: int = 0) -> list[tuple[str, str]]:
    """Mates in turn, of 0 to 40 bases, some of them N."""
    draw = random.Random(seed)
    return [
        (f"r{pair} {mate}:N:0:AC", "".join(draw.choices("ACGTN", k=draw.randint(1, 40))))
        for pair in range(pairs)
        for mate in (1, 2)
    ]


FILTERS = {
    "min-length": lambda bases: len(bases) >= 12,
    "max-n": lambda bases: bases.count("N") <= 4,
    "max-length": lambda bases: len(bases) <= 28,
}


def naive(
    records: list[tuple[str, str]], pairs: str
) -> tuple[list[tuple[str, str]], list[tuple[str, str, str]], list[tuple[str, str]]]:
    """What is kept, rejected (with the reason) and left alone, read by read."""
    reasons: list[str | None] = [None] * len(records)
    for name, passes in FILTERS.items():
        for at in range(0, len(records), 2):
            there = [place for place in (at, at + 1) if reasons[place] is None]
            good = [place for place in there if passes(records[place][1])]
            if pairs == "both" and len(good) < 2:
                good = []
            if pairs == "either" and good:
                good = there
            for place in there:
                if place not in good:
                    reasons[place] = name
    kept, rejected, orphans = [], [], []
    for place, record in enumerate(records):
        reason = reasons[place]
        if reason is not None:
            rejected.append((*record, reason))
        elif reasons[place ^ 1] is not None:
            orphans.append(record)
        else:
            kept.append(record)
    return kept, rejected, orphans


def pipeline(path: Path, pairs: str, **options: int | None) -> bs.Pipeline:
    read = bs.read_fastq(path, interleaved=True)
    read = read | bs.MinLength(12) | bs.MaxN(4) | bs.Measure(["gc"]) | bs.MaxLength(28)
    return read.with_options(pairs=pairs, **options)


@pytest.fixture(scope="module")
def mates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mates") / "mates.fq"
    path.write_bytes(fastq(made(200)))
    return path


@pytest.mark.filterwarnings("ignore:measure")
@settings(max_examples=12, deadline=None)
@given(
    pairs=st.sampled_from(["both", "either", "split"]),
    threads=st.sampled_from([1, 2, 4]),
    memory=st.sampled_from([LEAST_MEMORY, None]),
    chunk=st.sampled_from([700, 4_000, 40_000]),
)
def test_each_read_goes_where_it_belongs(
    mates: Path,
    tmp_path_factory: pytest.TempPathFactory,
    pairs: str,
    threads: int,
    memory: int | None,
    chunk: int,
) -> None:
    folder = tmp_path_factory.mktemp("out")
    orphans = folder / "o.fq" if pairs == "split" else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("biometal_stream.budget.Budget.chunk", chunk)
        patch.setattr("biometal_stream.sinks.fastq.layout.MORSEL_BYTES", 3_000)
        run = pipeline(mates, pairs, threads=threads, memory=memory)
        report = run.write_fastq(folder / "k.fq", rejected=folder / "r.fq", orphans=orphans)
    kept, rejected, alone = naive(made(200), pairs)
    assert parsed(folder / "k.fq") == kept
    assert parsed(folder / "r.fq") == [(f"{n} reason={why}", b) for n, b, why in rejected]
    if orphans is not None:
        assert parsed(orphans) == alone
        assert report.counts["orphans"] == len(alone) > 0
    assert report.reads_out == len(kept) > 0
    assert len(rejected) > 0
    written = [str(folder / "k.fq"), str(folder / "r.fq")]
    assert list(report.outputs) == written + ([str(orphans)] if orphans is not None else [])


@pytest.mark.parametrize("pairs", ["both", "either", "split"])
def test_columns_and_reasons_in_parquet(mates: Path, tmp_path: Path, pairs: str) -> None:
    orphans = tmp_path / "o.parquet" if pairs == "split" else None
    pipeline(mates, pairs).write_parquet(
        tmp_path / "k.parquet", rejected=tmp_path / "r.parquet", orphans=orphans
    )
    kept, rejected, alone = naive(made(200), pairs)
    rows = pq.read_table(tmp_path / "r.parquet").to_pylist()
    assert [(f"{r['name']} {r['description']}", r["sequence"], r["reason"]) for r in rows] == (
        rejected
    )
    assert [int(r["description"][0]) for r in rows] == [r["mate"] for r in rows]
    # What was measured after a filter is null in the reads that it had dropped.
    assert {r["reason"] for r in rows if r["gc"] is not None} == {"max-length"}
    assert {r["reason"] for r in rows if r["gc"] is None} == {"min-length", "max-n"}
    for path, wanted in [(tmp_path / "k.parquet", kept), (orphans, alone)]:
        if path is not None:
            table = pq.read_table(path)
            assert [(f"{r['name']} {r['description']}", r["sequence"]) for r in table.to_pylist()]
            assert table.num_rows == len(wanted)
            assert "reason" not in table.column_names


def test_orphans_stay_in_columns_where_no_file_is_named(mates: Path) -> None:
    kept, _, alone = naive(made(200), "split")
    table = pa.Table.from_batches(list(pipeline(mates, "split", threads=2).batches()))
    found = [(f"{r['name']} {r['description']}", r["sequence"]) for r in table.to_pylist()]
    assert sorted(found) == sorted(kept + alone)
    order = {record: place for place, record in enumerate(made(200))}
    assert found == sorted(found, key=order.__getitem__)


def test_mates_apart(mates: Path, tmp_path: Path) -> None:
    """As Trimmomatic's 1P, 1U, 2P and 2U."""
    run = bs.read_fastq(mates, interleaved=True).with_options(pairs="split") | bs.MinLength(12)
    run.write_fastq(
        tmp_path / "P{mate}.fq",
        orphans=tmp_path / "U{mate}.fq.gz",
        rejected=tmp_path / "X{mate}.fq",
    )
    long = {record: len(record[1]) >= 12 for record in made(200)}
    pairs = list(zip(made(200)[::2], made(200)[1::2], strict=True))
    for mate in (0, 1):
        whole = [pair[mate] for pair in pairs if long[pair[0]] and long[pair[1]]]
        assert parsed(tmp_path / f"P{mate + 1}.fq") == whole
        dropped = [pair[mate] for pair in pairs if not long[pair[mate]]]
        assert [b for _, b in parsed(tmp_path / f"X{mate + 1}.fq")] == [b for _, b in dropped]
    table = bs.read_fastq(tmp_path / "U2.fq.gz")
    found = [name for batch in table.batches() for name in batch["name"].to_pylist()]
    assert found == [p[1][0].split()[0] for p in pairs if long[p[1]] and not long[p[0]]]


class CutFirst(ReadTrimmer):
    """Cuts three bases off the start of each read."""

    needs = ("sequence", "quality")

    def bounds(self, view):
        stops = view.text("sequence").lengths
        return np.minimum(3, stops), stops


def test_rejected_reads_are_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "a.fq").write_bytes(fastq([("x", "ACGTA"), ("y", "ACGTACGTACGT"), ("z", "NNN")]))
    read = bs.read_fastq(tmp_path / "a.fq") | bs.MaxN(1) | CutFirst()
    read = read | bs.MinLength(5)
    read.write_fastq(tmp_path / "k.fq", rejected=tmp_path / "r.fq")
    assert parsed(tmp_path / "k.fq") == [("y", "TACGTACGT")]
    assert parsed(tmp_path / "r.fq") == [("x reason=min-length", "TA"), ("z reason=max-n", "NNN")]


def test_sam_tags_get_a_tag(tmp_path: Path) -> None:
    (tmp_path / "a.fq").write_bytes(
        fastq([("x\tqs:f:9.5", "AC"), ("y", "AC"), ("z 1:N:0", "AC"), ("k", "ACGTA")])
    )
    (bs.read_fastq(tmp_path / "a.fq") | bs.MinLength(5)).write_fastq(
        tmp_path / "k.fq", rejected=tmp_path / "r.fq"
    )
    names = [name for name, _ in parsed(tmp_path / "r.fq")]
    assert names == [
        "x\tqs:f:9.5\txr:Z:min-length",
        "y reason=min-length",
        "z 1:N:0 reason=min-length",
    ]


def test_no_read_is_lost_before_a_step_that_takes_few_columns(mates: Path, tmp_path: Path) -> None:
    """Columns that the output leaves out are read for what is rejected."""
    run = bs.read_fastq(mates, interleaved=True) | bs.MinLength(12) | bs.Select(["name"])
    run.write_parquet(tmp_path / "k.parquet", rejected=tmp_path / "r.fq")
    short = [record for record in made(200) if len(record[1]) < 12]
    assert {b for _, b in short} <= {b for _, b in parsed(tmp_path / "r.fq")}
    assert pq.read_table(tmp_path / "k.parquet").column_names == ["name"]


def test_without_filters_the_files_are_there_and_empty(tmp_path: Path, mates: Path) -> None:
    read = bs.read_fastq(mates, interleaved=True)
    read.write_fastq(tmp_path / "k.fq", rejected=tmp_path / "r.fq")
    assert (tmp_path / "k.fq").read_bytes() == mates.read_bytes()
    assert (tmp_path / "r.fq").read_bytes() == b""
    read.write_parquet(tmp_path / "k.parquet", rejected=tmp_path / "r.parquet")
    names = pq.read_table(tmp_path / "r.parquet").column_names
    assert names == ["name", "description", "sequence", "quality", "mate", "reason"]


def test_values_name_the_files_of_what_is_rejected(mates: Path, tmp_path: Path) -> None:
    run = bs.read_fastq(mates, interleaved=True) | bs.MinLength(12) | bs.MaxN(4)
    run.write_fastq(tmp_path / "k.fq.gz", rejected=tmp_path / "r_{reason}_R{mate}.fq")
    assert {path.name for path in tmp_path.iterdir()} == {
        "k.fq.gz",
        *(f"r_{why}_R{mate}.fq" for why in ("min-length", "max-n") for mate in (1, 2)),
    }


def test_a_failed_run_leaves_all_as_it_was(mates: Path, tmp_path: Path) -> None:
    for name in ("k.fq", "r.fq"):
        (tmp_path / name).write_bytes(b"old")
    failing = bs.read_fastq(mates, interleaved=True) | bs.MinLength(12)
    for run in (failing.with_options(min_reads=10**6), failing | Calling(_fail)):
        with pytest.raises((bs.TooFewReadsError, ZeroDivisionError)):
            run.write_fastq(tmp_path / "k.fq", rejected=tmp_path / "r.fq")
        assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == dict.fromkeys(
            ("k.fq", "r.fq"), b"old"
        )


def _fail(batch: pa.RecordBatch) -> pa.RecordBatch:
    raise ZeroDivisionError


def test_a_step_that_drops_rows_and_is_no_filter(mates: Path, tmp_path: Path) -> None:
    run = bs.read_fastq(mates, interleaved=True) | bs.MinLength(12)
    run = run | Calling(lambda batch: batch.slice(0, batch.num_rows // 4 * 2)) | bs.MaxN(4)
    with pytest.raises(SchemaError, match=r"a step turned .* reads into .* and is not a filter"):
        run.write_fastq(tmp_path / "k.fq", rejected=tmp_path / "r.fq")
    assert list(tmp_path.iterdir()) == []


def test_two_routes_whose_values_name_one_file(tmp_path: Path) -> None:
    (tmp_path / "x.fq").write_bytes(fastq([("r1", "ACGT"), ("r2", "ACNN")]))
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to("out")
    run = bs.read_fastq(tmp_path / "x.fq") | bs.Measure(["length"]) | bs.MaxN(0)
    for folder in ("out", "link"):
        with pytest.raises(ConfigurationError, match=r"_4.fq: is written twice; name two files"):
            run.write_fastq(
                tmp_path / "out/_{length}.fq", rejected=tmp_path / folder / "_{length}.fq"
            )
        assert list((tmp_path / "out").iterdir()) == []
    run.write_fastq(tmp_path / "out/_{length}.fq", rejected=tmp_path / "out/r_{length}.fq")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["_4.fq", "r_4.fq"]


def test_a_value_that_names_an_input(tmp_path: Path) -> None:
    (tmp_path / "x.fq").write_bytes(fastq([("r1", "ACGT"), ("r2", "AC")]))
    before = (tmp_path / "x.fq").read_bytes()
    run = bs.read_fastq(tmp_path / "x.fq") | bs.Measure(["length"]) | bs.Rename(("length=x",))
    (tmp_path / "4.fq").symlink_to("x.fq")
    with pytest.raises(SinkError, match=r"4.fq: is an input; name another file"):
        run.write_fastq(tmp_path / "{x}.fq")
    assert (tmp_path / "x.fq").read_bytes() == before
    with pytest.raises(ConfigurationError, match="is written twice"):
        (run | bs.MinLength(3)).write_fastq(tmp_path / "k{x}.fq", rejected=tmp_path / "k4.fq")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["4.fq", "x.fq"]


REFUSED = [
    (lambda run, to: run.with_options(pairs="all"), "pairs must be one of both, either, split"),
    (
        lambda run, to: run.with_options(pairs="split").write_fastq(to / "k.fq"),
        "which FASTQ of pairs cannot hold; name a file for them (--orphans FILE",
    ),
    (
        lambda run, to: run.write_fastq(to / "k.fq", orphans=to / "o.fq"),
        "--pairs both makes none; add --pairs split",
    ),
    (
        lambda run, to: (run | bs.Head(3)).write_fastq(to / "k.fq", rejected=to / "r.fq"),
        "'head 3' must come before the filters, and it comes after min-length",
    ),
    (
        lambda run, to: (
            (run | bs.RenameReads("{number}"))
            .with_options(pairs="split")
            .write_parquet(to / "k.parquet")
        ),
        "it comes after min-length, which may leave reads without their mates",
    ),
    (
        lambda run, to: (run | bs.DecodeQuality() | bs.MaxN(1)).write_parquet(
            to / "k.parquet", rejected=to / "r.fq"
        ),
        "filters come before and after decode-quality; put all of them on one side",
    ),
    (
        lambda run, to: (
            run | bs.RenameReads("{number}") | bs.TrimPolyG() | bs.MaxN(1)
        ).write_parquet(to / "k.parquet", rejected=to / "r.fq"),
        "filters come before and after rename-reads; put all of them on one side",
    ),
    (
        lambda run, to: run.write_fastq("-", rejected="-"),
        "standard output: is written twice",
    ),
    (
        lambda run, to: run.write_fastq(to / "k.fq", rejected=to / "k.fq"),
        "is written twice",
    ),
    (
        lambda run, to: run.write_parquet(to / "k", engine="ray", rejected=to / "r.fq"),
        "rejected: engine ray writes one output",
    ),
    (
        lambda run, to: run.write_fastq(to / "k.fq", rejected=to / "r.dat"),
        "r.dat: the suffix is not a known format's",
    ),
]


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=range(len(REFUSED)))
def test_what_does_not_fit_is_refused(make, message: str, mates: Path, tmp_path: Path) -> None:
    run = bs.read_fastq(mates, interleaved=True) | bs.MinLength(12)
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        make(run, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_pairs_do_is_for_pairs(mates: Path, tmp_path: Path) -> None:
    run = (bs.read_fastq(mates) | bs.MinLength(12)).with_options(pairs="either")
    with pytest.raises(ConfigurationError, match="--pairs either is for paired reads"):
        run.write_fastq(tmp_path / "k.fq")


def test_the_name_of_the_column_of_reasons_is_taken(mates: Path, tmp_path: Path) -> None:
    run = bs.read_fastq(mates) | bs.Rename(("description=reason",)) | bs.MinLength(3)
    with pytest.raises(SchemaError, match="a column 'reason', which the input already has"):
        run.write_parquet(tmp_path / "k.parquet", rejected=tmp_path / "r.parquet")


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize("suffix", ["fq", "fa"])
def test_a_column_that_only_some_filters_see(
    mates: Path, tmp_path: Path, suffix: str, *, early: bool
) -> None:
    """A record would lack a part; that is said before anything is read."""
    gone, back = bs.Rename(("sequence=seq",)), bs.Rename(("seq=sequence",))
    by_name = bs.Where("name != 'x'")
    run = bs.read_fastq(mates) | (bs.MinLength(3) if early else gone) | (gone if early else by_name)
    run = run | by_name if early else run | back | bs.MinLength(3)
    with pytest.raises(
        SchemaError, match="that 'where' drops have no column 'sequence', which the"
    ):
        run.write_parquet(tmp_path / "k.parquet", rejected=tmp_path / f"r.{suffix}")
    assert list(tmp_path.iterdir()) == []
    report = run.write_parquet(tmp_path / "k.parquet", rejected=tmp_path / "r.parquet")
    assert report.reads_in == report.reads_out + pq.read_table(tmp_path / "r.parquet").num_rows


def test_a_column_that_changes_its_type(mates: Path, tmp_path: Path) -> None:
    run = bs.read_fastq(mates) | bs.MinLength(3) | Retyped() | bs.MaxN(3)
    with pytest.raises(SchemaError, match=r"column 'description' is string before one filter and"):
        run.write_parquet(tmp_path / "k.parquet", rejected=tmp_path / "r.parquet")


@dataclass(frozen=True)
class Calling(StatelessOperator):
    """Calls a function with each batch."""

    function: Callable[[pa.RecordBatch], pa.RecordBatch]

    def __post_init__(self) -> None:
        """Has no settings."""

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        return self.function(batch)


class Retyped(Calling):
    """Makes descriptions large strings."""

    def __init__(self) -> None:
        super().__init__(_retype)

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        place = input_schema.get_field_index("description")
        return input_schema.set(place, pa.field("description", pa.large_string()))


def _retype(batch: pa.RecordBatch) -> pa.RecordBatch:
    place = batch.schema.get_field_index("description")
    field = pa.field("description", pa.large_string())
    return batch.set_column(place, field, batch.column(place).cast(pa.large_string()))
