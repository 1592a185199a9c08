"""Cutting adapters: the operator, its options, and what it reports."""

from __future__ import annotations

import dataclasses
import json
import pickle
import shlex

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.operators.adapters.counts import TrimmedAdapters
from biometal_stream.operators.adapters.kits import KITS
from biometal_stream.sinks import ParquetSink
from biometal_stream.view import BatchView
from tests.engines.stand_ins import InProcess
from tests.operators.adapters.libraries import bases, batch, library, turned
from tests.stand_ins import Collect, Given

TRUSEQ = KITS["truseq"][1:3]
PAIRS = library(130, 50, number=1_500)
SINGLE = library(110, 30, number=3_000, paired=False)
KNOWN = {
    "pairs": (PAIRS, {"adapter": TRUSEQ[:1], "mate_adapter": TRUSEQ[1:]}),
    "single": (SINGLE, {"adapter": TRUSEQ[:1]}),
}


def sequences(batches):
    return [row for each in batches for row in each.column("sequence").to_pylist()]


def lengths(found):
    return np.array([len(read) for read in found.column("sequence").to_pylist()])


def error(reads, found):
    wrong = lengths(found).reshape(len(reads.inserts), -1) - reads.ends[:, None]
    return float(np.sqrt(np.mean(wrong**2)))


@pytest.mark.parametrize(
    ("about", "settings", "most"),
    [
        ({"mean": 150}, {"kit": "truseq"}, 0.02),
        ({"mean": 250, "deviation": 60, "errors": (0.01, 0.05)}, {"kit": "truseq"}, 0.15),
        ({"mean": 140, "deviation": 25, "length": 76, "kit": "nextera"}, {"kit": "nextera"}, 0.013),
        ({"mean": 180, "deviation": 50, "kit": None}, {}, 0.05),
        ({"mean": 120, "paired": False}, {"kit": "truseq"}, 0.45),
        ({"mean": 30, "deviation": 2, "length": 76, "paired": False, "kit": "small-rna"}, {}, 0.02),
    ],
    ids=str,
)
def test_cuts_are_where_inserts_end(about, settings, most):
    reads = library(**about, seed=12)
    found = bs.TrimAdapters(**settings)(reads.batch())
    assert error(reads, found) <= most
    wrong = found.column("quality").to_pylist(), found.column("sequence").to_pylist()
    assert all(len(one) == len(two) for one, two in zip(*wrong, strict=True))


@pytest.mark.parametrize("kind", KNOWN)
def test_what_was_learnt_can_be_typed_again(kind):
    reads, settings = KNOWN[kind]
    learner = bs.TrimAdapters(**settings)
    learnt = learner.learn([reads.batch()])
    assert learnt.look is None
    assert learnt.read_length == 150
    again = dataclasses.replace(learnt)
    assert again(reads.batch()) == learner(reads.batch())


@pytest.mark.parametrize("kind", KNOWN)
def test_trimming_twice_changes_nothing(kind):
    reads, settings = KNOWN[kind]
    learnt = bs.TrimAdapters(**settings).learn([reads.batch()])
    once = learnt(reads.batch())
    assert learnt(once) == once
    assert bs.TrimAdapters()(once) == once


def test_a_read_that_was_trimmed_before_loses_a_long_adapter_only():
    learnt = bs.TrimAdapters(adapter=TRUSEQ[:1], insert_sizes="0:0.002,150+:0.7", read_length=150)
    insert = bases(np.random.default_rng(3), 80)
    reads = batch([insert + TRUSEQ[0][:count] for count in (0, 9, 14, 30)])
    assert lengths(learnt(reads)).tolist() == [80, 89, 80, 80]
    fresh = dataclasses.replace(learnt, read_length=None)
    assert lengths(fresh(reads)).tolist() == [80] * 4


def test_swapped_mates_have_the_same_inserts():
    reads = PAIRS.batch()
    rows = np.arange(reads.num_rows).reshape(-1, 2)[:, ::-1].ravel()
    swapped = reads.take(pa.array(rows)).set_column(2, "mate", reads.column("mate"))
    sizes = "0:0.004,150+:0.4"
    one = bs.TrimAdapters(adapter=TRUSEQ[:1], mate_adapter=TRUSEQ[1:], insert_sizes=sizes)
    two = bs.TrimAdapters(adapter=TRUSEQ[1:], mate_adapter=TRUSEQ[:1], insert_sizes=sizes)
    assert lengths(one(reads))[rows].tolist() == lengths(two(swapped)).tolist()


@pytest.mark.parametrize("kind", KNOWN)
def test_threads_batches_and_memory_change_nothing(kind):
    reads = KNOWN[kind][0].batch()
    whole = bs.TrimAdapters()(reads)
    results = []
    for rows, threads, memory in ((2, 1, None), (170, 3, "64M"), (6_000, 2, None)):
        parts = tuple(reads.slice(at, rows) for at in range(0, reads.num_rows, rows))
        pipeline = bs.Pipeline(Given(parts)) | bs.TrimAdapters()
        options = {"threads": threads} | ({} if memory is None else {"memory": memory})
        sink = Collect()
        report = pipeline.with_options(**options).run(sink)
        assert sequences(sink.got) == sequences([whole])
        results.append((report.learnt["trim-adapters"], report.results["trim-adapters"]))
    assert results[0] == results[1] == results[2]
    assert results[0][1].reads == reads.num_rows


@pytest.mark.parametrize("kind", KNOWN)
def test_the_result_counts_what_was_cut(kind):
    reads, settings = KNOWN[kind]
    learnt = bs.TrimAdapters(**settings).learn([reads.batch()])
    view = BatchView(reads.batch())
    learnt.bounds(view)
    found = learnt.finish(learnt.observe(view))
    left = lengths(learnt(reads.batch()))
    assert found.reads == len(left)
    assert found.reads_trimmed == (left < 150).sum()
    assert found.bases_cut == (150 - left).sum()
    sizes = left[:: 1 + reads.about.paired]
    assert found.insert_sizes == {
        size: int((sizes == size).sum()) for size in sorted(set(sizes.tolist())) if size < 150
    }
    assert found.longer == (sizes == 150).sum()
    parts = [learnt.observe(BatchView(view.batch.slice(at, 1_000))) for at in (0, 1_000, 2_000)]
    assert sum(parts, learnt.empty()) == found


def test_mates_that_may_be_orphans_are_single_reads_with_their_own_adapters():
    reads = PAIRS.batch()
    learnt = bs.TrimAdapters(kit="truseq").learn([reads])
    pipeline = bs.Pipeline(Given((reads,))) | bs.MaxN(150) | learnt
    sink = Collect()
    pipeline.with_options(pairs="split").run(sink)
    found = lengths(pa.concat_batches(sink.got)).reshape(-1, 2)
    for mate, adapter in enumerate(TRUSEQ):
        rows = reads.filter(pyarrow.compute.equal(reads.column("mate"), mate + 1))
        single = dataclasses.replace(learnt, kit=None, adapter=(adapter,))
        assert found[:, mate].tolist() == lengths(single(rows.drop_columns(["mate"]))).tolist()


def test_dimers_become_empty_and_are_counted():
    reads = batch([(TRUSEQ[0] + "G" * 99)[:80], ("ACGTC" + TRUSEQ[0] + "G" * 99)[:80]] * 4)
    learnt = bs.TrimAdapters(kit="truseq", insert_sizes="0:0.01,80+:0.2")
    assert sequences([learnt(reads)]) == ["", "ACGTC"] * 4
    assert learnt.observe(BatchView(reads)) == TrimmedAdapters(8, 8, 620, 8, {0: 4, 5: 4}, 0)


def test_mates_may_differ_in_length():
    random = np.random.default_rng(8)
    mates = []
    for size in range(20, 140, 3):
        insert = bases(random, size)
        mates += [(insert + TRUSEQ[0] + "G" * 99)[:150], (turned(insert) + TRUSEQ[1])[:60]]
    found = bs.TrimAdapters(kit="truseq")(batch(mates, mates=True))
    sizes = np.repeat(np.arange(20, 140, 3), 2)
    assert lengths(found).tolist() == np.minimum(sizes, [150, 60] * 40).tolist()


@pytest.mark.parametrize("reads", [[], [""] * 4, ["A", "C"], ["N" * 70] * 6, ["acgtn" * 9] * 4])
@pytest.mark.parametrize("settings", [{}, {"kit": "nextera"}, {"adapter": ("ACGTN"[:4],)}])
def test_few_and_odd_reads(reads, settings):
    for mates in (False, True):
        given = batch(reads, mates=mates)
        found = bs.TrimAdapters(**settings)(given)
        assert found.num_rows == len(reads)
        if not settings:
            assert found == given


def test_lower_case_and_bad_qualities():
    reads = SINGLE.batch()
    lower = [read.lower() for read in sequences([reads])]
    learnt = bs.TrimAdapters(kit="truseq").learn([reads])
    given = reads.set_column(0, "sequence", pa.array(lower))
    assert [read.upper() for read in sequences([learnt(given)])] == sequences([learnt(reads)])
    worst = reads.set_column(1, "quality", pa.array(["#" * 150] * reads.num_rows))
    assert (lengths(learnt(worst)) <= 150).all()


def test_long_reads_cost_no_more_memory_than_their_bases():
    random = np.random.default_rng(6)
    text = bases(random, 5_000)
    insert = text * 20
    reads = batch([insert, insert + TRUSEQ[0], insert[:30_000] + TRUSEQ[0] + insert])
    found = bs.TrimAdapters(kit="truseq")(reads)
    assert lengths(found).tolist() == [100_000, 100_000, 30_000]


def test_none_is_no_adapter():
    reads = PAIRS.batch()
    for settings in ({"adapter": ("none",)}, {"adapter": ("NONE",), "mate_adapter": ("none",)}):
        operator = bs.TrimAdapters(**settings)
        assert operator.look is None
        assert operator(reads) == reads
    only = bs.TrimAdapters(adapter=("none",), mate_adapter=TRUSEQ[1:])
    assert error(PAIRS, only(reads)) < 0.5


def test_a_file_of_adapters_is_read_once(tmp_path):
    path = tmp_path / "adapters.fa"
    path.write_text(f">a/1\n{TRUSEQ[0]}\n>a/2\n{TRUSEQ[1]}\n")
    operator = bs.TrimAdapters(adapters=str(path))
    learnt = operator.learn([PAIRS.batch()])
    assert (learnt.adapters, learnt.adapter, learnt.mate_adapter) == (
        None,
        TRUSEQ[:1],
        TRUSEQ[1:],
    )
    single = operator.learn([SINGLE.batch()])
    assert (single.adapter, single.mate_adapter) == (TRUSEQ[:1], ())
    known = bs.TrimAdapters(adapters=str(path), insert_sizes="0:0.01,150+:0.1")
    assert known.look is not None
    assert known.learn([SINGLE.batch()]).insert_sizes == "0:0.01,150+:0.1"
    path.write_text(f">a/2\n{TRUSEQ[1]}\n")
    assert operator.learn([SINGLE.batch()]).adapter == ("none",)
    assert operator.learn([PAIRS.batch()]).adapter == ("none",)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--adapter", "AGATCGGAAGAGCNNNN"], "--adapter must be bases A, C, G and T"),
        (["--adapter", ""], "at least one base"),
        (["--kit", "true"], "truseq"),
        (["--kit", "truseq", "--adapter", "ACGT"], "give a kit, adapters, or a file of them"),
        (["--mate-adapter", "ACGT"], "once for each adapter"),
        (["--insert-sizes", "170"], "insert sizes are written as"),
        (["--adapters", "nowhere.fa"], "nowhere.fa: cannot be opened: No such file"),
    ],
)
def test_settings_that_do_not_fit_are_said_as_they_are_typed(words, message, capsys, tmp_path):
    path = tmp_path / "reads.fq"
    path.write_text("@a\nACGT\n+\nIIII\n")
    target = tmp_path / "cut.fq"
    assert main(["read", str(path), "trim-adapters", *words, "write", str(target)]) != 0
    said = capsys.readouterr().err
    assert message in said
    assert len(said.splitlines()) <= 2
    assert not target.exists()


@pytest.fixture
def files(tmp_path):
    for mate in (0, 1):
        with (tmp_path / f"{mate + 1}.fq").open("wb") as file:
            PAIRS.write(mate, file)
    return tmp_path


def test_the_command_line_says_what_was_found(files, capsys):
    line = ["read", str(files / "1.fq"), "--mate", str(files / "2.fq"), "trim-adapters"]
    out = ["write", str(files / "a.fq"), "--mate", str(files / "b.fq")]
    assert main(["--stats", str(files / "stats.json"), *line, *out]) == 0
    said = capsys.readouterr().err
    assert (
        "trim-adapters: kit truseq: AGATCGGAAGAGCACACGTC... and AGATCGGAAGAGCGTCGTGT... in" in said
    )
    stats = json.loads((files / "stats.json").read_text())
    learnt = stats["learnt"]["trim-adapters"]
    assert learnt["findings"][0].startswith("kit truseq")
    assert stats["results"]["trim-adapters"]["reads"] == 3_000
    again = [*line[:-1], *shlex.split(learnt["operator"])]
    assert main([*again, "write", str(files / "c.fq"), "--mate", str(files / "d.fq")]) == 0
    assert "kit truseq" not in capsys.readouterr().err
    for one, two in (("a", "c"), ("b", "d")):
        assert (files / f"{one}.fq").read_bytes() == (files / f"{two}.fq").read_bytes()


def test_an_engine_gets_what_was_learnt_once(files):
    pipeline = bs.read_fastq(str(files / "1.fq"), mate=str(files / "2.fq")) | bs.TrimAdapters()
    local = pipeline.write_parquet(str(files / "local.parquet"))
    sink = ParquetSink(str(files / "parts"))
    spread = pipeline.distributed(sink, InProcess(), 100_000).run()
    assert spread.tasks > 3
    assert spread.learnt["trim-adapters"] == local.learnt["trim-adapters"]
    assert spread.results == local.results
    columns = [pq.read_table(files / name)["sequence"] for name in ("local.parquet", "parts")]
    assert columns[0].to_pylist() == columns[1].to_pylist()


def test_a_learnt_operator_goes_to_other_processes():
    learnt = bs.TrimAdapters().learn([SINGLE.batch()])
    again = pickle.loads(pickle.dumps(learnt))
    assert (again, again.findings) == (learnt, learnt.findings)
    assert again(SINGLE.batch()) == learnt(SINGLE.batch())


def test_the_command_line_says_that_nothing_was_found(tmp_path, capsys):
    path = tmp_path / "reads.fq"
    path.write_text("@a\nACGT\n+\nIIII\n" * 3)
    assert main(["read", str(path), "trim-adapters", "write", str(tmp_path / "cut.fq")]) == 0
    assert "no adapter in the first 3 reads; nothing is cut" in capsys.readouterr().err
    assert (tmp_path / "cut.fq").read_bytes() == path.read_bytes()


def reads_of(shared_data, name):
    (one,) = shared_data.glob(f"reads/*/{name}*_R1.fastq.gz")
    return bs.read_fastq(str(one), mate=str(one).replace("_R1.", "_R2."))


@pytest.mark.parametrize(
    ("name", "kit"),
    [
        ("human_tcr_truseq_300bp", "truseq"),
        ("mammoth_adna_truseq", "truseq"),
        ("pneumococcus_nextera", "nextera"),
        ("human_bcr_phix", "illumina-pe"),
    ],
)
def test_hardly_a_read_of_real_libraries_keeps_an_adapter(shared_data, name, kit):
    collected = Collect()
    report = (reads_of(shared_data, name) | bs.TrimAdapters()).run(collected)
    assert kit in " ".join(report.learnt["trim-adapters"].findings)
    starts = tuple(each[:13] for each in KITS[kit][1:3])
    left = sum(any(start in read for start in starts) for read in sequences(collected.got))
    assert left <= 0.0005 * report.reads_in


@pytest.mark.parametrize(
    "name",
    ["illumina/sarscov2_amplicon_cap512", "illumina/metagenome_miseq", "ont/ebola_ont",
     "pacbio/fungal_its_pacbio"],
)  # fmt: skip
def test_nothing_is_cut_from_amplicons_and_long_reads(shared_data, name):
    paths = sorted(shared_data.glob(f"reads/{name}*"))
    pipeline = bs.read_fastq(str(paths[0])) | bs.Head(4_000) | bs.TrimAdapters()
    report = pipeline.run(Collect())
    assert report.learnt["trim-adapters"].settings["adapter"] == ("none",)
    assert report.results["trim-adapters"].bases_cut == 0
