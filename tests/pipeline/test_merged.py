"""Merged reads and pairs in one stream: where they go, and how they are counted."""

import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from biometal_stream.sinks import DiscardSink
from tests.operators.library import erroneous, library, written

BATCH = erroneous(library(400, mean=170))
READS = bs.from_arrow(pa.Table.from_batches([BATCH]))
MERGED = bs.MergePairs()(BATCH)
ALONE = [row for row in MERGED.to_pylist() if row["mate"] is None]
PAIRS = [row for row in MERGED.to_pylist() if row["mate"] is not None]


def names(path):
    return [line[1:].split()[0] for line in path.read_text().splitlines()[::4]]


def named(rows, mate=None):
    return [row["name"] for row in rows if mate in (None, row["mate"])]


@pytest.mark.parametrize("threads", [1, 3])
def test_merged_reads_and_pairs_go_to_their_files(tmp_path, threads):
    reads = (READS | bs.MergePairs()).with_options(threads=threads)
    report = reads.write_fastq(tmp_path / "m.fq", unmerged=tmp_path / "rest_R{mate}.fq")
    assert names(tmp_path / "m.fq") == named(ALONE)
    for mate in (1, 2):
        assert names(tmp_path / f"rest_R{mate}.fq") == named(PAIRS, mate)
    (step,) = report.steps
    assert (step.pairs_in, step.pairs_out) == (400, len(PAIRS) // 2)
    assert step.reads_out - 2 * step.pairs_out + step.pairs_out == step.pairs_in
    assert (step.dropped, report.counts["reads not merged"]) == (0, len(PAIRS))
    assert step.pairs_merged == len(ALONE)
    result = report.results["merge-pairs"]
    assert (result.merged, result.unmerged) == (len(ALONE), len(PAIRS) // 2)
    assert sum(length * count for length, count in result.lengths.items()) == result.bases


def test_the_command_line(tmp_path, capsys):
    first, second = written(BATCH, tmp_path)
    target, rest = tmp_path / "m.fq.gz", tmp_path / "rest.parquet"
    line = ["read", first, "--mate", second, "merge-pairs", "min-length", "110"]
    assert main([*line, "write", str(target), "--unmerged", str(rest)]) == 0
    told = capsys.readouterr().err
    assert f"merge-pairs: {len(ALONE)} merged reads, " in told
    assert "interleaved" not in told
    assert pq.read_table(rest).num_rows == 0  # pairs have reads of 100 bases
    kept = [row["name"] for row in ALONE if len(row["sequence"]) >= 110]
    assert bs.read(str(target)).stream().read_all().column("name").to_pylist() == kept


def test_filters_treat_a_merged_read_as_one_and_pairs_as_two():
    strict = bs.MaxExpectedErrors(0.7)
    for pairs, enough in (("both", all), ("either", any)):
        kept = (READS | bs.MergePairs() | strict).with_options(pairs=pairs).stream().read_all()
        fine = MERGED.to_pylist()
        passing = strict(pa.RecordBatch.from_pylist(fine, MERGED.schema).drop_columns(["mate"]))
        passed = list(
            zip(*(passing.column(c).to_pylist() for c in ("name", "sequence")), strict=True)
        )
        wanted, row = [], 0
        while row < len(fine):
            unit = fine[row : row + (1 if fine[row]["mate"] is None else 2)]
            if enough((each["name"], each["sequence"]) in passed for each in unit):
                wanted += unit
            row += len(unit)
        assert 0 < len(wanted) < len(fine)
        assert kept.to_pylist() == wanted


def test_later_steps_count_reads_and_pairs():
    units = len(ALONE) + len(PAIRS) // 2
    for step in (bs.Sample(number=100), bs.Head(100)):
        found = (READS | bs.MergePairs() | step).stream().read_all()
        mates = found.column("mate").to_pylist()
        assert mates.count(None) + mates.count(1) == 100 < units
        assert mates.count(1) == mates.count(2)
    report = (READS | bs.MergePairs() | bs.Summarize() | bs.MinLength(100)).run(DiscardSink())
    assert report.results["summarize"].pairs == len(PAIRS) // 2
    assert [step.pairs_in for step in report.steps if step.kind != "observer"] == [
        400,
        len(PAIRS) // 2,
    ]


def test_trimmers_see_both_kinds():
    adapter = "AGATCGGAAGAGCACACGTC"
    trim = bs.TrimAdapters(
        adapter=(adapter,), mate_adapter=("AGATCGGAAGAGCGTCGTGT",), insert_sizes="0:0.01,150+:0.9"
    )
    for step in (trim, bs.TrimFixed(front=5, front2=9), bs.TrimQuality(10)):
        found = (READS | bs.MergePairs() | step).stream().read_all()
        assert found.num_rows == MERGED.num_rows
        pairs = step(pa.RecordBatch.from_pylist(PAIRS, MERGED.schema)).to_pylist()
        alone = pa.RecordBatch.from_pylist(ALONE, MERGED.schema)
        if step is not trim:
            assert [row for row in found.to_pylist() if row["mate"] is None] == step(
                alone
            ).to_pylist()
        assert [row for row in found.to_pylist() if row["mate"] is not None] == pairs


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
@pytest.mark.parametrize("threads", [1, 3])
def test_both_kinds_are_read_again(tmp_path, suffix, threads):
    path = tmp_path / f"all.{suffix}"
    sink = getattr(READS | bs.MergePairs(), f"write_{suffix}")
    sink(path)
    again = bs.read(str(path)).with_options(threads=threads, memory="32M")
    assert again.stream().read_all().to_pylist() == MERGED.to_pylist()
    with pytest.raises(DataError, match="some reads are neither: mates were merged to them"):
        again.write_fastq(tmp_path / "again_R{mate}.fq")


def test_rows_rejected_after_merging(tmp_path):
    reads = READS | bs.MergePairs() | bs.MinLength(120)
    reads.write_fastq(
        tmp_path / "m.fq", unmerged=tmp_path / "u.fq", rejected=tmp_path / "rejected.fq"
    )
    short = [row["name"] for row in MERGED.to_pylist() if len(row["sequence"]) < 120]
    assert names(tmp_path / "rejected.fq") == short
    only = READS | bs.MergePairs(drop_unmerged=True) | bs.MinLength(120)
    report = only.write_fastq(tmp_path / "m2.fq", rejected=tmp_path / "r2.fq")
    step = report.steps[0]
    assert (step.pairs_merged, step.dropped, step.reason) == (len(ALONE), len(PAIRS), "not merged")
    assert names(tmp_path / "r2.fq") == [row["name"] for row in ALONE if len(row["sequence"]) < 120]


def test_orphans_after_merging(tmp_path):
    reads = (READS | bs.MergePairs() | bs.MaxExpectedErrors(0.7)).with_options(pairs="split")
    report = reads.write_fastq(
        tmp_path / "m.fq", unmerged=tmp_path / "u_R{mate}.fq", orphans=tmp_path / "o.fq"
    )
    orphans = names(tmp_path / "o.fq")
    assert 0 < len(orphans) == report.counts["orphans"] == len(set(orphans))
    assert names(tmp_path / "u_R1.fq") == names(tmp_path / "u_R2.fq")
    assert not set(orphans) & {*names(tmp_path / "u_R1.fq"), *names(tmp_path / "m.fq")}
    assert [step.pairs_in for step in report.steps] == [400, None]


def test_what_is_refused(tmp_path):
    merging = READS | bs.MergePairs()
    with pytest.raises(ConfigurationError, match="name a file for the pairs"):
        merging.write_fastq(tmp_path / "m.fq")
    with pytest.raises(ConfigurationError, match="--unmerged takes the pairs that merge-pairs"):
        READS.write_fastq(tmp_path / "m.fq", unmerged=tmp_path / "u.fq")
    with pytest.raises(ConfigurationError, match="put merge-pairs before the filters"):
        (READS | bs.MinLength(9) | bs.MergePairs()).with_options(pairs="split").run(DiscardSink())
    for each, rest in (
        (merging, "u_R{mate}.fq"),
        (READS | bs.MergePairs(drop_unmerged=True), None),
    ):
        with pytest.raises(ConfigurationError, match="merged reads are single; write them to one"):
            each.write_fastq(tmp_path / "m_R{mate}.fq", unmerged=rest and tmp_path / rest)
    with pytest.raises(ConfigurationError, match="'head 9' must come before merge-pairs"):
        (merging | bs.Head(9)).write_fastq(tmp_path / "m.fq", unmerged=tmp_path / "u.fq")
    with pytest.raises(SchemaError, match="--unmerged needs the column 'mate'"):
        (merging | bs.Select(("name", "sequence", "quality"))).write_fastq(
            tmp_path / "m.fq", unmerged=tmp_path / "u.fq"
        )
    with pytest.raises(ConfigurationError, match="name one file, without"):
        (merging | bs.MinLength(9)).write_fastq(
            tmp_path / "m.fq", unmerged=tmp_path / "u.fq", rejected=tmp_path / "r{mate}.fq"
        )
    assert not list(tmp_path.iterdir())


def test_single_reads_of_a_mixed_stream_can_be_written(tmp_path):
    reads = READS | bs.MergePairs() | bs.Select(("name", "sequence", "quality"))
    reads.write_fastq(tmp_path / "all.fq")
    assert names(tmp_path / "all.fq") == [row["name"] for row in MERGED.to_pylist()]


def test_rows_do_not_depend_on_batches(tmp_path):
    numbers = random.Random(3)
    ends = sorted(2 * numbers.randrange(400) for _ in range(9))
    table = pa.Table.from_batches(
        [BATCH.slice(a, b - a) for a, b in zip([0, *ends], [*ends, 800], strict=True)]
    )
    (bs.from_arrow(table) | bs.MergePairs()).write_parquet(tmp_path / "one.parquet")
    (READS | bs.MergePairs()).write_parquet(tmp_path / "two.parquet")
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def mixed(*, times=1, size=400):
    """Merged reads and pairs, some of them several times, in batches."""
    batch = pa.Table.from_batches([BATCH.slice(0, size)] * times).combine_chunks()
    table = pa.Table.from_batches(batch.to_batches(max_chunksize=38))
    return bs.from_arrow(table) | bs.MergePairs()


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("threads", [1, 3])
def test_duplicates_among_merged_reads_and_pairs(exact, threads):
    reads = mixed(times=3).with_options(threads=threads)
    once = mixed().stream().read_all()
    dropping = reads | bs.DropDuplicates(exact=exact)
    assert dropping.stream().read_all().to_pylist() == once.to_pylist()
    result = dropping.run(DiscardSink()).results["drop-duplicates"]
    assert (result.kept, result.dropped, result.paired) == (200, 400, True)
    counted = (reads | bs.CountDuplicates()).run(DiscardSink()).results["count-duplicates"]
    assert (counted.seen, counted.paired, counted.levels[2].sequences) == (600, True, 200)


def test_a_merged_read_is_no_duplicate_of_a_pair():
    rows = [
        {"name": "a", "sequence": "AC", "quality": "II", "mate": 1},
        {"name": "a", "sequence": "GT", "quality": "II", "mate": 2},
        {"name": "b", "sequence": "ACGT", "quality": "IIII", "mate": None},
        {"name": "c", "sequence": "AC", "quality": "II", "mate": None},
    ]
    batch = pa.RecordBatch.from_pylist(rows).cast(
        MERGED.select(["name", "sequence", "quality", "mate"]).schema
    )
    assert bs.DropDuplicates()(batch).to_pylist() == rows
    for settings in ({"bases": 2}, {"either_strand": True}):
        with pytest.raises(DataError, match="some reads are merged from two mates"):
            bs.DropDuplicates(**settings)(batch)
    by_name = bs.DropDuplicates(bases=0, by=("name",))
    assert by_name(batch).to_pylist() == rows


@pytest.mark.parametrize("threads", [1, 3])
def test_names_of_merged_reads_and_pairs(threads):
    reads = mixed().with_options(threads=threads) | bs.CheckNames()
    assert reads.stream().read_all().num_rows == mixed().stream().read_all().num_rows
    with pytest.raises(DataError, match="the name 'p0' occurs twice: pairs 1 and 201 have it"):
        (mixed(times=2).with_options(threads=threads) | bs.CheckNames()).run(DiscardSink())


def test_a_pair_with_the_name_of_a_merged_read():
    names = [row["name"] for row in PAIRS[:2]] + [PAIRS[0]["name"]]
    rows = [dict(row, name=name) for row, name in zip([*PAIRS[:2], ALONE[0]], names, strict=True)]
    with pytest.raises(DataError, match=f"the name '{names[0]}' occurs twice: pairs 1 and 2"):
        bs.CheckNames()(pa.RecordBatch.from_pylist(rows, MERGED.schema))


def test_inserts_of_merged_reads_have_their_lengths():
    before = (READS | bs.SummarizeInserts()).run(DiscardSink()).results["summarize-inserts"]
    after = READS | bs.MergePairs() | bs.SummarizeInserts()
    found = after.run(DiscardSink()).results["summarize-inserts"]
    assert found.insert_sizes == before.insert_sizes
    assert (found.pairs, found.overlapping) == (before.pairs, before.overlapping)
    assert (found.merged, found.overlap_bases) == (len(ALONE), 0)
    assert "mismatches" not in found.findings[0]
    measured = READS | bs.MergePairs() | bs.Measure(("insert_size",))
    sizes = measured.stream().read_all().column("insert_size").to_pylist()
    lengths = [None if row["mate"] else len(row["sequence"]) for row in MERGED.to_pylist()]
    assert sizes == lengths


@pytest.mark.parametrize("algorithm", ["posterior", "fastp"])
def test_other_pairs_are_corrected_after_merging(algorithm):
    merging = bs.MergePairs(algorithm="vsearch", max_mismatches=0, min_overlap=40)
    correct = bs.CorrectPairs(algorithm=algorithm)
    rows = merging(BATCH).to_pylist()
    pairs = [row for row in rows if row["mate"] is not None]
    wanted = iter(correct(pa.RecordBatch.from_pylist(pairs, BATCH.schema)).to_pylist())
    wanted = [row if row["mate"] is None else next(wanted) for row in rows]
    assert wanted != rows
    assert (READS | merging | correct).stream().read_all().to_pylist() == wanted


@pytest.mark.parametrize(
    "step",
    [
        bs.DropDuplicates(bases=20),
        bs.DropDuplicates(either_strand=True),
        bs.CountDuplicates(bases=20),
        bs.Extract(read_structure=("5M+T",), name_as="fastp"),
    ],
)
def test_what_cannot_take_both_kinds_is_refused_at_once(step):
    with pytest.raises(ConfigurationError, match="cannot take merged reads and pairs together"):
        (READS | bs.MergePairs() | step).run(DiscardSink())
    with pytest.raises(ConfigurationError, match="merge-pairs comes twice"):
        (READS | bs.MergePairs() | bs.MergePairs(algorithm="fastp")).run(DiscardSink())


@pytest.mark.parametrize("threads", [1, 3])
def test_merged_reads_are_no_orphans_where_there_are_no_mates_any_more(threads, tmp_path):
    for steps in (
        [bs.MergePairs(drop_unmerged=True)],
        [bs.MergePairs(drop_unmerged=True), bs.TrimFixed(front=1)],
        [bs.MergePairs(), bs.Select(("name", "sequence", "quality"))],
    ):
        reads = READS.with_options(threads=threads)
        for step in (*steps, bs.MinLength(101)):
            reads |= step
        report = reads.with_options(pairs="split").write_parquet(
            tmp_path / "out.parquet", orphans=tmp_path / "orphans.parquet"
        )
        assert pq.read_table(tmp_path / "out.parquet") == reads.stream().read_all()
        assert report.counts.get("orphans", 0) == 0 < report.reads_out


@pytest.mark.parametrize("threads", [1, 3])
def test_orphans_among_merged_reads_that_were_written_before(threads, tmp_path):
    merging = READS | bs.MergePairs()
    merging.write_parquet(tmp_path / "mixed.parquet")
    found = []
    for reads in (merging, bs.read(str(tmp_path / "mixed.parquet"))):
        strict = (reads | bs.MaxExpectedErrors(0.7)).with_options(pairs="split", threads=threads)
        strict.write_parquet(tmp_path / "out.parquet", orphans=tmp_path / "orphans.parquet")
        names = ("out.parquet", "orphans.parquet")
        found.append([pq.read_table(tmp_path / name).to_pylist() for name in names])
    assert found[0] == found[1]
    assert all(found[0])
