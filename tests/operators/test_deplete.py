"""`Deplete` and `KeepMatching` against the verdict in plain Python, in batches and in runs."""

from __future__ import annotations

import json
import pickle
import struct
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import ConfigurationError, InputError, SchemaError
from biometal_stream.interfaces import Filter, Observer
from biometal_stream.operators import Deplete, KeepMatching
from tests.operators.conformance import INDEX, reads
from tests.operators.matching import (
    GENOMES,
    WINDOW,
    batch_of,
    fastq,
    hits_of,
    is_match,
    read_of,
    values_of,
    write_index,
)

READS = [read_of(number) for number in range(240)]
KNOWN = {name: values_of([genome]) for name, genome in GENOMES.items()}
PAIRED = [(one, two) for one, two in zip(READS[::2], READS[1::2], strict=True)]


@pytest.fixture(scope="module")
def indexes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("indexes")
    return {
        name: str(write_index(folder / f"{name}.idx", [genome])) for name, genome in GENOMES.items()
    }


def both(indexes):
    return tuple(f"{name}={path}" for name, path in indexes.items())


def matched(units, name, min_hits=2, min_fraction=0.01, prefix=None):
    found = (hits_of(unit, KNOWN[name], prefix) for unit in units)
    return [is_match(*each, min_hits, min_fraction) for each in found]


def names(batch):
    return batch.column("name").to_pylist()


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 4),
    st.sampled_from([0.0, 0.01, 0.1, 1 / 3, 1.0]),
    st.sampled_from([0, None, WINDOW, 40]),
)
def test_the_verdict_on_single_reads(indexes, min_hits, min_fraction, prefix):
    rule = {"min_hits": min_hits, "min_fraction": min_fraction, "prefix": prefix}
    drop = matched([(read,) for read in READS], "human", min_hits, min_fraction, prefix or None)
    kept = names(Deplete(indexes["human"], **rule)(batch_of(READS)))
    assert kept == [f"r{n}" for n, each in enumerate(drop) if not each]
    kept = names(KeepMatching([indexes["human"]], **rule)(batch_of(READS)))
    assert kept == [f"r{n}" for n, each in enumerate(drop) if each]
    assert not all(drop)


@pytest.mark.parametrize(("min_hits", "prefix"), [(2, None), (3, 30), (1, None)])
def test_both_mates_of_a_pair_are_looked_up_together(indexes, min_hits, prefix):
    batch = batch_of(READS, [1, 2] * len(PAIRED))
    drop = matched(PAIRED, "human", min_hits, prefix=prefix)
    kept = names(Deplete(indexes["human"], min_hits=min_hits, prefix=prefix)(batch))
    assert kept[::2] == kept[1::2] == [f"r{n}" for n, each in enumerate(drop) if not each]


def test_hits_of_both_mates_count_and_equal_ones_once(indexes):
    half, rest = GENOMES["human"][:WINDOW], GENOMES["human"][300 : 300 + WINDOW]
    batch = batch_of([half, rest, half, half, rest, ""], [1, 2] * 3)
    assert Deplete(indexes["human"])(batch).column("sequence").to_pylist() == [half, half, rest, ""]


def test_merged_reads_and_pairs_are_units_of_their_own(indexes):
    units = [READS[n : n + 1] if n % 3 else READS[n : n + 2] for n in range(0, 60, 3)]
    units += [READS[n : n + 2] for n in range(60, 90, 2)]
    rows = [read for unit in units for read in unit]
    mates = [mate for unit in units for mate in ((None,) if len(unit) == 1 else (1, 2))]
    batch = batch_of(rows, mates)
    drop = matched(units, "human")
    left = [read for unit, each in zip(units, drop, strict=True) if not each for read in unit]
    assert Deplete(indexes["human"])(batch).column("sequence").to_pylist() == left


def test_of_several_indexes_any_counts(indexes):
    units = [(read,) for read in READS]
    one, two = (matched(units, name) for name in GENOMES)
    kept = names(Deplete(both(indexes))(batch_of(READS)))
    assert kept == [f"r{n}" for n, (a, b) in enumerate(zip(one, two, strict=True)) if not (a or b)]


def test_indexes_may_have_other_k_and_w(indexes, tmp_path):
    other = write_index(tmp_path / "other.idx", [GENOMES["phage"]], 15, 3)
    kept = Deplete((indexes["human"], other))(batch_of([GENOMES["phage"][:60], "A" * 60]))
    assert names(kept) == ["r1"]
    marked = Deplete((indexes["human"], other), mark=True)(batch_of([GENOMES["phage"][:60]]))
    (row,) = marked.to_pylist()
    assert row["other_minimizers"] > row["human_minimizers"] > 0


def test_marks_are_hits_minimizers_and_the_label(indexes):
    batch = batch_of(READS, [1, 2] * len(PAIRED))
    marked = KeepMatching(both(indexes), mark=True)(batch)
    assert marked.num_rows == len(READS)
    rows = marked.drop_columns(batch.schema.names).to_pylist()
    for unit, one, two in zip(PAIRED, rows[::2], rows[1::2], strict=True):
        found = {name: hits_of(unit, KNOWN[name]) for name in GENOMES}
        fit = [name for name in GENOMES if is_match(*found[name], 2, 0.01)]
        label = max(fit or GENOMES, key=lambda name: found[name][0])
        wanted = {"index_label": label if fit else None}
        for name, each in (("index", found[label]), *found.items()):
            wanted |= {f"{name}_hits": each[0], f"{name}_minimizers": each[1]}
        assert one == two == wanted
    assert {row["index_label"] for row in rows} == {None, *GENOMES}


def test_marks_of_one_index_have_no_names_of_their_own(indexes):
    marked = Deplete(indexes["human"], mark=True, column="host")(batch_of(READS))
    assert marked.schema.names[3:] == ["host_label", "host_hits", "host_minimizers"]


def test_filters_of_labels_and_conditions_know_the_marks(indexes):
    source = bs.from_arrow(batch_of(READS)) | Deplete(both(indexes), mark=True)
    labelled = (source | bs.KeepLabel("index", "phage") | bs.Select(["name"])).batches()
    some = (source | bs.Where("phage_hits >= 2 and index_hits > 5") | bs.Select(["name"])).batches()
    assert any(batch.num_rows for batch in some)
    assert 0 < sum(b.num_rows for b in labelled) < len(READS)
    with pytest.raises(ConfigurationError, match="has no label 'mouse', only human, phage"):
        (source | bs.KeepLabel("index", "mouse")).execution()


def test_one_that_marks_is_neither_a_filter_nor_an_observer(indexes):
    assert isinstance(Deplete(indexes["human"]), Filter)
    assert isinstance(Deplete(indexes["human"]), Observer)
    assert not isinstance(Deplete(indexes["human"], mark=True), Filter)
    assert not isinstance(Deplete(indexes["human"], mark=True), Observer)


@pytest.fixture
def files(tmp_path):
    path = tmp_path / "in.fq"
    path.write_bytes(fastq(READS))
    return path


def expected(units):
    one, two = (matched(units, name) for name in GENOMES)
    only = [[a and not b for a, b in zip(x, y, strict=True)] for x, y in ((one, two), (two, one))]
    several = sum(a and b for a, b in zip(one, two, strict=True))
    without = sum(not hits_of(unit, set())[1] for unit in units)
    union = sum(a or b for a, b in zip(one, two, strict=True))
    return {
        "reads": len(units),
        "matched": union,
        "unmatched": len(units) - union,
        "without_minimizers": without,
        "indexes": {
            name: {"only": sum(each), "several": several}
            for name, each in zip(GENOMES, only, strict=True)
        },
    }


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("mark", [False, True])
@pytest.mark.parametrize("paired", [False, True])
def test_counts_are_the_same_for_any_threads_and_batches(
    files, indexes, tmp_path, monkeypatch, threads, mark, paired
):
    monkeypatch.setattr("biometal_stream.budget.Budget.chunk", 3_000)
    source = bs.read_fastq(files, interleaved=True) if paired else bs.read_fastq(files)
    if paired:
        files.write_bytes(fastq([r for u in PAIRED for r in u]).replace(b"@r", b"@x"))
        lines = files.read_bytes().split(b"\n")
        lines[0:-1:4] = [b"@p%d/%d" % (n // 2, n % 2 + 1) for n in range(len(READS))]
        files.write_bytes(b"\n".join(lines))
        source = bs.read_fastq(files, interleaved=True)
    pipeline = (source | Deplete(both(indexes), mark=mark)).with_options(threads=threads)
    report = pipeline.write_parquet(tmp_path / "out.parquet")
    found = json.loads(json.dumps(report.to_dict()["results"]["deplete"]))
    wanted = expected(PAIRED if paired else [(read,) for read in READS])
    assert {name: found[name] for name in wanted} == wanted
    assert found["counted"] == ("pairs" if paired else "reads")
    assert report.reads_out == len(READS) - (0 if mark else wanted["matched"] * (1 + paired))


def test_the_end_of_a_run_says_why_reads_left_and_which_could_not_be_looked_up(
    files, indexes, tmp_path, capsys
):
    out, rejected = tmp_path / "out.fq", tmp_path / "rejected.fq"
    words = ["read", str(files), "deplete", "--index", *both(indexes)]
    assert main([*words, "write", str(out), "--rejected", str(rejected)]) == 0
    counts = expected([(read,) for read in READS])
    shown = capsys.readouterr().err
    assert "matches human or phage" in shown
    share = 100 * counts["unmatched"] / len(READS)
    assert f"% phage, {share:.2f} % none\n" in shown
    assert (
        f"deplete: {counts['without_minimizers']} of 240 reads have no minimizer (shorter than"
        f" {WINDOW} bases, or too many N) and are kept\n" in shown
    )
    assert rejected.read_bytes().count(b"reason=deplete\n") == counts["matched"]
    assert out.read_bytes().count(b"\n") == 4 * counts["unmatched"]


def test_one_index_is_named_after_its_file(files, indexes, tmp_path, capsys):
    words = ["read", str(files), "keep-matching", indexes["human"], "--min-hits", "3"]
    assert main([*words, "write", str(tmp_path / "out.fq")]) == 0
    shown = capsys.readouterr().err
    assert "does not match human" in shown
    assert "and are dropped" in shown


def test_mates_may_be_filtered_apart(indexes, tmp_path):
    one, two = tmp_path / "in_R1.fq", tmp_path / "in_R2.fq"
    one.write_bytes(fastq([a for a, _ in PAIRED], 1))
    two.write_bytes(fastq([b for _, b in PAIRED], 2))
    pipeline = bs.read_fastq(one, mate=two) | Deplete(indexes["human"])
    report = pipeline.with_options(pairs="split").write_parquet(tmp_path / "out.parquet")
    drop = matched([(read,) for read in READS], "human")
    assert report.reads_out == len(READS) - sum(drop)
    assert report.results["deplete"].counted == "reads"
    after = bs.read_fastq(one, mate=two) | bs.Screen(indexes["human"]) | Deplete(indexes["human"])
    shared = after.with_options(pairs="split").write_parquet(tmp_path / "out.parquet")
    assert shared.reads_out == report.reads_out
    assert shared.results["screen"].counted == "pairs"
    assert shared.results["deplete"] == report.results["deplete"]
    either = pipeline.with_options(pairs="either").write_parquet(tmp_path / "out.parquet")
    assert either.reads_out == 2 * (len(PAIRED) - sum(matched(PAIRED, "human")))
    marks = bs.read_fastq(one, mate=two) | bs.MinLength(1) | Deplete(indexes["human"], mark=True)
    with pytest.raises(ConfigurationError, match="deplete needs whole pairs"):
        marks.with_options(pairs="split").write_parquet(tmp_path / "out.parquet")


def test_a_pickle_has_the_path_and_not_the_index(indexes):
    operator = Deplete(indexes["human"])
    operator(batch_of(READS))
    assert len(pickle.dumps(operator)) < 1_000
    assert pickle.loads(pickle.dumps(operator))(batch_of(READS)).num_rows < len(READS)


def test_an_index_is_opened_once_for_all_steps(indexes, tmp_path):
    one, two = Deplete(indexes["human"]), KeepMatching([f"x={indexes['human']}"])
    schema = batch_of([]).schema
    one.output_schema(schema)
    two.output_schema(schema)
    assert one._open()[0] is two._open()[0]


def test_the_index_cannot_be_replaced_by_the_output(files, indexes, capsys):
    words = ["read", str(files), "deplete", indexes["human"], "write", indexes["human"]]
    assert main([*words, "--format", "fastq"]) == 1
    assert "is an input; the target of write must be another file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"indexes": ()}, "name an index: a file, or a shipped one such as phix"),
        ({"indexes": ("",)}, "name an index"),
        ({"indexes": ("a b=x",)}, "'a b' cannot name an index; use letters, digits"),
        ({"indexes": ("a=",)}, "write NAME=INDEX"),
        ({"indexes": ("a.idx", "b/a.idx")}, "two indexes are called a, a.idx and b/a.idx"),
        ({"indexes": ("A=x", "a=y")}, "two indexes are called a"),
        ({"indexes": ("a=x", "a=x")}, "the index x is given twice"),
        ({"indexes": {"a", "b"}}, "indexes must be a list of names"),
        ({"indexes": {"a": "x"}}, "indexes must be a list of names"),
        ({"indexes": "phix", "column": "host"}, r"column needs --mark \(mark=True in Python\)"),
        (
            {"indexes": ("a=x", "b=y"), "column": "b", "mark": True},
            "the columns of the index 'b' would",
        ),
        ({"indexes": "phix", "column": "", "mark": True}, "the new columns need a name"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings, message):
    with pytest.raises(ConfigurationError, match=f"^deplete: .*{message}"):
        Deplete(**settings)


def test_errors_come_before_any_read_is_read(tmp_path, indexes):
    source = bs.from_arrow(batch_of(READS))
    with pytest.raises(InputError, match=r"phx: there is no such file .*; did you mean 'phix'\?"):
        (source | Deplete("phx")).execution()
    with pytest.raises(InputError, match=r"nowhere: there is no .*; shipped are human-mt, lambda"):
        (source | Deplete("nowhere")).execution()
    (tmp_path / "text").write_text("@r\nA\n+\nI\n")
    with pytest.raises(InputError, match="text: is FASTQ, not an index"):
        (source | Deplete(tmp_path / "text")).execution()
    with pytest.raises(
        ConfigurationError, match=f"of {WINDOW - 1} bases no read matches .* take at least {WINDOW}"
    ):
        (source | Deplete(indexes["human"], prefix=WINDOW - 1)).execution()
    with pytest.raises(SchemaError, match="sequence"):
        Deplete(indexes["human"])(pa.record_batch({"name": ["a"]}))
    marked = Deplete(indexes["human"], mark=True)
    with pytest.raises(SchemaError, match="index_label"):
        marked(marked(batch_of(READS)))


def test_a_shipped_name_takes_precedence_over_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_index(tmp_path / "phix", [GENOMES["human"]])
    batch = batch_of([GENOMES["human"][:90]])
    assert Deplete("phix")(batch).num_rows == 1
    assert Deplete("./phix")(batch).num_rows == 0
    assert Deplete("./phix").inputs == ("phix",)


def test_long_and_empty_reads(indexes):
    long = GENOMES["human"] * 50
    batch = batch_of(["", long, "N" * 5_000, long.lower()])
    assert names(Deplete(indexes["human"])(batch)) == ["r0", "r2"]
    marked = Deplete(indexes["human"], mark=True)(batch).to_pylist()
    (hits, total) = hits_of([long], KNOWN["human"])
    assert [row["index_hits"] for row in marked] == [0, hits, 0, hits]
    assert marked[1]["index_minimizers"] == marked[3]["index_minimizers"] == total


def test_the_index_of_the_suite_is_that_of_its_reads():
    sequences = reads().column("sequence").to_pylist()[::3]
    header, known = Path(INDEX).read_bytes()[:11], values_of(sequences, 5, 3)
    assert header == struct.pack("<BBBQ", 3, 5, 3, len(known))
