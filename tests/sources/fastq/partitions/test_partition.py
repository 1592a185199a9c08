"""A partition as a source: in a run, of files that change, with what was learnt of the whole."""

import pickle
from pathlib import Path

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import (
    ConfigurationError,
    FastqError,
    InputError,
    SinkError,
)
from biometal_stream.interfaces import ParallelSource, PartitionedSource, ProjectedSource
from biometal_stream.sources.fastq.source import FastqSource
from tests.sources.fastq.partitions.whole import (
    MANY,
    Write,
    bgzf,
    check,
    check_error,
    error_of,
    raised_by,
    read,
    read_parts,
    record,
    records,
)
from tests.stand_ins import own_threads


def test_the_protocols(write: Write) -> None:
    source = FastqSource((write(MANY),))
    assert isinstance(source, PartitionedSource)
    split = source.partitions(50_000)[1]
    assert isinstance(split, ParallelSource)
    assert isinstance(split, ProjectedSource)
    assert split == pickle.loads(pickle.dumps(split))
    assert hash(split) == hash(pickle.loads(pickle.dumps(split)))
    narrow = split.project(frozenset({"sequence"}))
    assert read(narrow)[0].equals(read(split)[0].select(["sequence"]))
    assert pa.Table.from_batches(split.batches()).equals(read(split)[0])


def test_a_run_of_a_part(write: Write) -> None:
    """In a pipeline, with threads: rows, or the whole's error, and every thread at its end."""
    source = FastqSource((write(MANY + b"@bad\nACGT\n+\nIII\n" + MANY),))
    splits = source.partitions(20_000)
    tables = [bs.Pipeline(split, threads=2).stream().read_all() for split in splits[:3]]
    assert pa.concat_tables(tables).equals(read_parts(splits[:3])[0])
    before = own_threads()
    for split in splits:
        pipeline = bs.Pipeline(split, threads=2) | bs.MinLength(1) | bs.Select(("name",))
        try:
            pipeline.stream().read_all()
        except FastqError as error:
            told = str(error)
            break
    assert told == str(raised_by(source))
    assert "record 2001, line 8004, byte" in told
    assert own_threads() == before


def test_a_file_that_has_changed(write: Write) -> None:
    for data in (MANY, bgzf(MANY, 9000)):
        path = write(data)
        splits = FastqSource((path,)).partitions(len(data) // 4)
        for changed in (data[:-5], data + b"\n", data[: len(data) // 3]):
            write(changed)
            for split in splits:
                with pytest.raises(InputError, match="has changed since it was divided"):
                    read(split)
        write(b"\0" * len(data))
        assert error_of(splits) is not None
        Path(path).unlink()
        with pytest.raises(InputError, match="No such file"):
            read(splits[0])


def test_the_encoding_is_that_of_the_whole(write: Write) -> None:
    """Decided once for each file, and told once, also where a part looks otherwise."""
    old = b"".join(record(n, quality="hgfB") for n in range(300))
    high = b"".join(record(n, quality="hh") for n in range(3000))
    new = b"".join(record(n, quality="#I") for n in range(3000))
    for choice in ("auto", "phred33"):
        for text in (old, high + new, new + high, high):
            paths = (write(text, "1.fq"), write(MANY, "2.fq"))
            source = FastqSource(paths, quality_encoding=choice)
            if error_of([source]) is None:
                check(source, 20_000)
            else:  # what looks like Phred+64 at first is not
                check_error(source, 20_000)
    source = FastqSource((write(old),), quality_encoding="auto")
    assert read_parts(source.partitions(5000))[1].counts == {"files translated from phred64": 1}
    mixed = FastqSource(
        (write(old, "1.fq"),), mate=(write(records(300), "2.fq"),), quality_encoding="auto"
    )
    check(mixed, 10_000)
    for choice in ("phred64", "solexa"):
        check(FastqSource((write(old),), quality_encoding=choice), 5000)


def test_bad_records_that_are_left_out(write: Write, tmp_path: Path) -> None:
    """One part a file; each has a quarantine of its own, and together they are the whole's."""
    lanes = [records(2000, first=first) for first in (0, 9000)]
    paths = tuple(write(text + b"junk\n" + text, f"{n}.fq") for n, text in enumerate(lanes))
    source = FastqSource(paths, on_bad_record="skip")
    assert len(check(source, 10_000)) == 2
    source = FastqSource(paths, on_bad_record="quarantine", quarantine=tmp_path / "bad.fq")
    whole = read(source)
    splits = [
        split.with_quarantine(tmp_path / f"bad-{index}.fq")
        for index, split in enumerate(source.partitions(10_000))
    ]
    assert read_parts(splits) == whole
    both = b"".join((tmp_path / f"bad-{index}.fq").read_bytes() for index in range(2))
    assert both == (tmp_path / "bad.fq").read_bytes()
    with pytest.raises(ConfigurationError, match="cannot share a quarantine; skip bad records"):
        read(source.partitions(10_000)[1])
    with pytest.raises(ConfigurationError, match="quarantine"):
        FastqSource(paths).partitions(1 << 40)[0].with_quarantine("x")
    with pytest.raises(SinkError, match="is an input; the quarantine must be another file"):
        read(splits[0].with_quarantine(paths[0]))
