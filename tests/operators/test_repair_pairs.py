"""Bringing mates together that are out of step."""

import random
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import ConfigurationError, DataError, InputWarning, SinkError
from biometal_stream.operators.pairs import spilling
from biometal_stream.sinks import DiscardSink


def record(name, mate, length=20):
    text = "ACGT"[mate] * length
    return f"@{name} {mate}:N:0:A\n{text}\n+\n{'I' * length}\n"


def files(folder, ones, twos, *, suffix=("", "")):
    paths = folder / "a_1.fq", folder / "a_2.fq"
    for mate, (path, names) in enumerate(zip(paths, (ones, twos), strict=True), 1):
        path.write_text("".join(record(name + suffix[mate - 1], mate) for name in names))
    return tuple(map(str, paths))


def names(path):
    return [line[1:].split()[0] for line in Path(path).read_text().splitlines()[::4]]


def repaired(folder, first, second, *more):
    line = ["read", first, "--mate", second, "repair-pairs", *more, "write"]
    target = str(folder / "fixed_R{mate}.fq")
    assert main([*line, target, "--orphans", str(folder / "orphans.fq"), "--quiet"]) == 0
    return tuple(names(folder / each) for each in ("fixed_R1.fq", "fixed_R2.fq", "orphans.fq"))


@pytest.mark.parametrize("suffix", [("", ""), ("/1", "/2"), (".1", ".2"), ("_1", "_2")])
def test_pairs_are_in_the_order_of_mates_1(tmp_path, suffix):
    numbers = random.Random(1)
    reads = [f"read{number}x" for number in range(300)]
    ones = [name for name in reads if numbers.random() < 0.9]
    twos = [name for name in reads if numbers.random() < 0.9]
    numbers.shuffle(twos)
    first, second, orphans = repaired(tmp_path, *files(tmp_path, ones, twos, suffix=suffix))
    both = [name for name in ones if name in twos]
    assert first == [name + suffix[0] for name in both]
    assert second == [name + suffix[1] for name in both]
    assert orphans == [
        *(name + suffix[0] for name in ones if name not in twos),
        *(name + suffix[1] for name in twos if name not in ones),
    ]


def test_numbered_spots_are_not_mates(tmp_path):
    first, second, orphans = repaired(
        tmp_path, *files(tmp_path, ["S.1", "S.3", "S.4"], ["S.2", "S.3", "S.1"])
    )
    assert first == second == ["S.1", "S.3"]
    assert orphans == ["S.4", "S.2"]


def test_memory_is_bounded_by_partitions(tmp_path, monkeypatch):
    monkeypatch.setattr(spilling, "_HELD_BYTES", 9_000)
    monkeypatch.setattr(spilling, "PARTITION_BYTES", 2_000)
    monkeypatch.setattr(spilling, "_RUN_ROWS", 3)
    monkeypatch.setattr(spilling, "_FAN", 20)
    largest = []
    finished = spilling.Partitions.finished

    def watched(self):
        for batches in finished(self):
            largest.append(sum(batch.nbytes for batch in batches))
            yield batches

    monkeypatch.setattr(spilling.Partitions, "finished", watched)
    numbers = random.Random(2)
    ones = [f"r{number}" for number in range(500)]
    twos = [name for name in ones if numbers.random() < 0.8]
    numbers.shuffle(twos)
    first, second, orphans = repaired(tmp_path, *files(tmp_path, ones, twos))
    assert first == second == [name for name in ones if name in set(twos)]
    assert orphans == [name for name in ones if name not in set(twos)]
    assert len(largest) > 32
    assert max(largest) < 6_000


def test_names_that_occur_repeatedly_are_matched_in_order(tmp_path):
    first, second, orphans = repaired(
        tmp_path, *files(tmp_path, ["a", "b", "a", "a"], ["a", "c", "a"])
    )
    assert first == second == ["a", "a"]
    assert sorted(orphans) == ["a", "b", "c"]


names_of_reads = st.lists(st.sampled_from("abcdefg"), max_size=12)


@given(ones=names_of_reads, twos=names_of_reads, ends=st.lists(st.integers(0, 24), max_size=3))
def test_as_in_plain_python(ones, twos, ends):
    rows = [(name, mate) for mate, each in enumerate((ones, twos), 1) for name in each]
    table = pa.table(
        {
            "name": pa.array([name for name, _ in rows], pa.string()),
            "place": pa.array(range(len(rows)), pa.int64()),
            "mate": pa.array([mate for _, mate in rows], pa.int8()),
        }
    )
    left = [[place for place, row in enumerate(rows) if row[1] == mate] for mate in (1, 2)]
    wanted = []
    for one in left[0]:
        two = next((two for two in left[1] if rows[two][0] == rows[one][0]), None)
        if two is not None:
            left[1].remove(two)
            wanted += [one, two]
    with bs.RepairPairs().open() as function:
        alone = []
        function.leave = alone.append
        edges = [0, *sorted(min(end, len(rows)) for end in ends), len(rows)]
        for first, last in pairwise(edges):
            for batch in table.slice(first, last - first).to_batches():
                assert function(batch).num_rows == 0
        found = [row for batch in function.flush() for row in batch.to_pylist()]
    assert [row["place"] for row in found] == wanted
    assert [row["mate"] for row in found] == [1, 2] * (len(wanted) // 2)
    orphans = [row["place"] for batch in alone for row in batch.to_pylist()]
    assert orphans == sorted(set(range(len(rows))) - set(wanted))


def test_reads_of_both_mates_in_one_file(tmp_path):
    path = tmp_path / "both.fq"
    path.write_text(
        record("x", 2) + record("y", 1) + record("x", 1) + record("z", 2) + record("y", 2)
    )
    pipeline = bs.read_fastq(path, interleaved=True) | bs.RepairPairs()
    rows = pipeline.stream().read_all().to_pylist()
    assert [(row["name"], row["mate"]) for row in rows] == [("y", 1), ("y", 2), ("x", 1), ("x", 2)]
    assert rows[0]["sequence"][0] == "C"
    lanes = bs.read_fastq(path) | bs.RepairPairs()
    assert lanes.stream().read_all().to_pylist() == rows
    report = lanes.run(DiscardSink())
    assert report.counts["orphans"] == 1
    (step,) = report.steps
    assert (step.reads_in, step.reads_out, step.pairs_out, step.dropped) == (5, 4, 2, 1)
    assert step.reason == "without a mate"


def test_names_without_marks_are_matched_by_their_order(tmp_path):
    path = tmp_path / "both.fq"
    path.write_text("".join(f"@{name}\n{base}\n+\nI\n" for name, base in ("aA", "bC", "aG", "bT")))
    rows = (bs.read_fastq(path) | bs.RepairPairs()).stream().read_all().to_pylist()
    assert [(row["name"], row["sequence"], row["mate"]) for row in rows] == [
        ("a", "A", 1),
        ("a", "G", 2),
        ("b", "C", 1),
        ("b", "T", 2),
    ]


@pytest.mark.parametrize("threads", [1, 3])
def test_later_steps_get_pairs(tmp_path, threads):
    first, second = files(tmp_path, ["a", "b", "c"], ["c", "a"])
    reads = bs.read_fastq(first, mate=second) | bs.RepairPairs() | bs.MinLength(20)
    report = reads.with_options(threads=threads).write_fastq(
        tmp_path / "o_R{mate}.fq.gz", orphans=tmp_path / "x_R{mate}.fq"
    )
    assert report.steps[1].pairs_in == 2
    assert names(tmp_path / "x_R1.fq") == ["b"]
    assert names(tmp_path / "x_R2.fq") == []


def test_temporary_files_are_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(spilling, "_HELD_BYTES", 100)
    first, second = files(tmp_path, list("abcdef"), list("fedxyz"))
    folder = tmp_path / "scratch"
    folder.mkdir()
    repaired(tmp_path, first, second, "--folder", str(folder))
    assert list(folder.iterdir()) == []
    Path(second).write_text(Path(second).read_text() + "rubbish\n")
    line = ["read", first, "--mate", second, "repair-pairs", "--folder", str(folder)]
    assert main([*line, "write", str(tmp_path / "y.parquet")]) == 1
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "y.parquet").exists()


def test_what_is_refused(tmp_path):
    first, second = files(tmp_path, ["a/2", "b/2"], ["a/1", "b/1"])
    swapped = bs.read_fastq(first, mate=second) | bs.RepairPairs()
    with pytest.raises(DataError, match="first input are marked as mates 2, those of the second"):
        swapped.run(DiscardSink())
    missing = bs.read_fastq(first) | bs.RepairPairs(folder=str(tmp_path / "none"))
    with pytest.raises(SinkError, match="cannot make a folder for temporary files"):
        missing.run(DiscardSink())
    with pytest.raises(ConfigurationError, match="--orphans takes the reads whose mates a filter"):
        bs.read_fastq(first, mate=second).write_fastq(
            tmp_path / "o_R{mate}.fq", orphans=tmp_path / "x.fq"
        )
    with pytest.raises(ConfigurationError, match="cannot find index reads that are out of step"):
        bs.read_fastq(first, mate=second, index=str(tmp_path / "i.fq")) | bs.RepairPairs()
    quarantine = {"on_bad_record": "quarantine", "quarantine": str(tmp_path / "bad.fq")}
    with pytest.raises(ConfigurationError, match="cannot write one quarantine of both"):
        bs.read_fastq(first, mate=second, **quarantine) | bs.RepairPairs()


def test_bad_records_are_skipped(tmp_path):
    first, second = files(tmp_path, ["a", "b", "c"], ["b", "c"])
    Path(first).write_text(Path(first).read_text().replace("@b 1:N:0:A\n", ""))
    reads = bs.read_fastq(first, mate=second, on_bad_record="skip") | bs.RepairPairs()
    with pytest.warns(InputWarning, match="bad records are left out"):
        found = reads.stream().read_all().column("name").to_pylist()
    assert found == ["c", "c"]
