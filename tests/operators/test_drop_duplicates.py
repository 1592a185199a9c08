"""`DropDuplicates` against a set of what came before, in whole runs."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from biometal_stream.operators import DropDuplicates
from biometal_stream.operators.keys.counts import Counted
from biometal_stream.view import BatchView
from tests.operators.conformance import cut, reads, run

BASES = st.text("ACGN", max_size=3)
MODES = [{}, {"exact": True}, {"seed": 9}]


def fastq(sequences: list[str], mark: str = "") -> bytes:
    return b"".join(
        f"@r{number}{mark}\n{bases}\n+\n{'I' * len(bases)}\n".encode()
        for number, bases in enumerate(sequences)
    )


def batch_of(sequences: list[str], *, mates: bool = False, **columns: pa.Array) -> pa.RecordBatch:
    names = pa.array([str(number) for number in range(len(sequences))])
    made = {"name": names, "sequence": pa.array(sequences, pa.string()), **columns}
    if mates:
        made["mate"] = pa.array([1, 2] * (len(sequences) // 2), pa.int8())
    return pa.record_batch(made)


def names(batches: list[pa.RecordBatch]) -> list[int]:
    return [int(name) for batch in batches for name in batch.column("name").to_pylist()]


def firsts(values: list[object]) -> list[int]:
    return [place for place, each in enumerate(values) if values.index(each) == place]


@pytest.mark.parametrize("mode", MODES, ids=str)
@settings(max_examples=25)
@given(st.lists(BASES, max_size=20), st.integers(1, 3) | st.none(), st.lists(st.integers(0, 20)))
def test_the_first_of_equal_reads_stays(mode, sequences, bases, ends):
    ends = [min(end, len(sequences)) for end in ends]
    found = run(DropDuplicates(bases=bases, **mode), cut(batch_of(sequences), ends))
    assert names(found) == firsts([each[:bases] for each in sequences])


@pytest.mark.parametrize("mode", MODES, ids=str)
@settings(max_examples=25)
@given(st.lists(st.tuples(BASES, BASES), max_size=12), st.integers(1, 3) | st.none())
def test_pairs_are_equal_if_both_mates_are(mode, pairs, bases):
    batch = batch_of([each for pair in pairs for each in pair], mates=True)
    kept = firsts([(one[:bases], two[:bases]) for one, two in pairs])
    found = names([DropDuplicates(bases=bases, **mode)(batch)])
    assert found == [row for pair in kept for row in (2 * pair, 2 * pair + 1)]


@settings(max_examples=25)
@given(st.lists(st.tuples(BASES, st.sampled_from(["AA", "AC", None])), max_size=12))
def test_other_columns_may_have_to_be_equal_too(units):
    batch = batch_of(
        [bases for bases, _ in units], umi=pa.array([umi for _, umi in units], pa.string())
    )
    assert names([DropDuplicates(by=["umi"])(batch)]) == firsts(units)
    alone = names([DropDuplicates(by=["umi"], bases=0)(batch)])
    assert alone == firsts([umi for _, umi in units])


def test_case_and_strand_matter_unless_either_is_wanted():
    sequences = ["AACG", "aacg", "CGTT", "AACG"]
    assert names([DropDuplicates()(batch_of(sequences))]) == [0, 1, 2]
    assert names([DropDuplicates(either_strand=True)(batch_of(sequences))]) == [0, 1]
    pairs = batch_of(["AC", "GG", "GG", "AC", "AC", "GG"], mates=True)
    assert names([DropDuplicates()(pairs)]) == [0, 1, 2, 3]
    assert names([DropDuplicates(either_strand=True, bases=2)(pairs)]) == [0, 1]
    with pytest.raises(SchemaError, match="either-strand compares all bases of single reads"):
        DropDuplicates(either_strand=True, bases=2)(batch_of(sequences))


def test_a_column_that_cannot_be_compared_is_refused():
    batch = batch_of(["A"], share=pa.array([0.5]))
    with pytest.raises(SchemaError, match="whole numbers in column 'share', which is double"):
        DropDuplicates(by=["share"])(batch)
    with pytest.raises(SchemaError, match="needs a column 'umi'"):
        DropDuplicates(by=["umi"])(batch)
    with pytest.raises(ConfigurationError, match="nothing to compare; name a column"):
        DropDuplicates(bases=0)
    with pytest.raises(ConfigurationError, match="by names columns besides the sequence"):
        DropDuplicates(by=["umi", "sequence"], bases=0)


@pytest.fixture
def repeated(tmp_path):
    """A file of 3,000 reads, of which a third are copies of reads long before."""
    sequences = [f"{number:b}".translate(str.maketrans("01", "AC")) for number in range(2_000)]
    path = tmp_path / "in.fq"
    path.write_bytes(fastq([*sequences, *sequences[500:1_500]]))
    return path


@pytest.mark.parametrize("exact", [False, True])
@settings(max_examples=4, deadline=None)
@given(threads=st.sampled_from([1, 2, 4]), chunk=st.sampled_from([700, 4_000, 400_000]))
def test_every_number_of_threads_keeps_the_same(tmp_path_factory, exact, threads, chunk):
    folder = tmp_path_factory.mktemp("out")
    sequences = [f"{number:b}".translate(str.maketrans("01", "AC")) for number in range(900)]
    (folder / "in.fq").write_bytes(fastq([*sequences, *reversed(sequences), "N"]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("biometal_stream.budget.Budget.chunk", chunk)
        pipeline = bs.read_fastq(folder / "in.fq") | bs.MinLength(1) | DropDuplicates(exact=exact)
        pipeline = (pipeline | bs.MinLength(4)).with_options(threads=threads)
        report = pipeline.write_fastq(folder / "out.fq", rejected=folder / "rejected.fq")
    kept = [b for b in sequences if len(b) >= 4]
    lines = (folder / "out.fq").read_text().split("\n")
    assert lines[1::4] == kept
    rejected = (folder / "rejected.fq").read_text().split("\n")
    wanted = [f"@r{n} reason=min-length" for n, b in enumerate(sequences) if len(b) < 4]
    wanted += [f"@r{number} reason=drop-duplicates" for number in range(900, 1_800)]
    assert rejected[0:-1:4] == [*wanted, "@r1800 reason=min-length"]
    found = report.results["drop-duplicates"]
    assert (found.kept, found.dropped, found.paired) == (901, 900, False)


def test_the_end_of_a_run_says_the_rate_and_the_false_positives(repeated, tmp_path, capsys):
    stats = tmp_path / "stats.json"
    words = ["read", str(repeated), "drop-duplicates", "--stats", str(stats)]
    assert main([*words, "write", str(tmp_path / "out.fq")]) == 0
    shown = capsys.readouterr().err
    assert "33.33 % of 3,000 reads are duplicates; 1e-13 false positives expected\n" in shown
    assert "equal to an earlier one" in shown
    found = json.loads(stats.read_text())["results"]["drop-duplicates"]
    assert found["rate"] == pytest.approx(1 / 3)
    assert found["false_positives"] == 2_000 * 1_999 / 2**65


def test_compared_base_by_base_there_are_no_false_positives(repeated, tmp_path, capsys):
    words = ["drop-duplicates", "--exact", "write", str(tmp_path / "out.fq")]
    assert main(["read", str(repeated), *words]) == 0
    assert "; 0 false positives expected\n" in capsys.readouterr().err


def test_exactly_compared_reads_with_equal_hashes_stay(monkeypatch):
    def alike(_words, _ends, _seed, hashes):
        hashes[:] = 5

    monkeypatch.setattr("biometal_stream.operators.keys.making.hash_keys", alike)
    batch = batch_of(["ACGT", "CC", "ACGT", "A"])
    assert names([DropDuplicates()(batch)]) == [0]
    assert names([DropDuplicates(exact=True)(batch)]) == [0, 1, 3]


def test_a_full_table_is_an_error(tmp_path, capsys):
    path = tmp_path / "in.fq"
    sequences = (f"{number:017b}".translate(str.maketrans("01", "AC")) for number in range(66_000))
    path.write_bytes(fastq(list(sequences)))
    words = ["read", str(path), "drop-duplicates", "--table-size", "1MiB", "write"]
    assert main([*words, str(tmp_path / "out.fq")]) == 1
    assert "65,535 different reads or pairs fill a table of 1MiB" in capsys.readouterr().err
    assert not (tmp_path / "out.fq").exists()


def test_mates_may_be_compared_each_on_its_own(tmp_path):
    path = tmp_path / "in.fq"
    path.write_bytes(fastq(["A", "C", "A", "G", "A", "C"]))
    lines = path.read_bytes().split(b"\n")
    lines[::4] = [b"@r0/1", b"@r0/2", b"@r1/1", b"@r1/2", b"@r2/1", b"@r2/2", b""]
    path.write_bytes(b"\n".join(lines))
    pipeline = bs.read_fastq(path, interleaved=True) | DropDuplicates()
    pipeline.with_options(pairs="split").write_fastq(
        tmp_path / "pairs.fq", orphans=tmp_path / "orphans.fq"
    )
    assert (tmp_path / "pairs.fq").read_text().split("\n")[:-1:4] == ["@r0/1", "@r0/2"]
    assert (tmp_path / "orphans.fq").read_text().split("\n")[:-1:4] == ["@r1/2"]


def test_counts_add_up_and_a_view_of_its_own_is_counted_as_a_whole_stream():
    operator = DropDuplicates()
    state = operator.observe(BatchView(reads()))
    assert state.kept + state.dropped == 40
    total = operator.merge(operator.merge(operator.empty(), state), Counted(1, 2, paired=True))
    assert total == Counted(state.kept + 1, state.dropped + 2, paired=True)
    assert operator.finish(operator.empty()).findings == ()


def test_columns_that_nothing_else_needs_are_not_read(repeated):
    pipeline = bs.read_fastq(repeated) | DropDuplicates() | bs.Select(["name"])
    assert sum(batch.num_rows for batch in pipeline.batches()) == 2_000


def test_a_null_read_is_an_error():
    with pytest.raises(DataError, match="'sequence' is null in row 1"):
        DropDuplicates()(batch_of(["A", None]))
