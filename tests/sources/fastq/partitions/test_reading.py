"""What partitions say of bad input: what the whole says."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from biometal_stream.codecs.bgzf.writer import END
from biometal_stream.errors import (
    FastqError,
    InputError,
    PairError,
)
from biometal_stream.interfaces import GoodRows
from biometal_stream.run import LocalRun
from biometal_stream.sources.fastq.learning import Learnt
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
    record,
    records,
)
from tests.sources.test_malformed import MALFORMED


def specimens() -> list[str]:
    """Some of each folder of bad input."""
    files = sorted(path for path in MALFORMED.glob("*/*") if path.is_file())
    return [str(path.relative_to(MALFORMED)) for path in files[::9]]


@pytest.mark.parametrize("name", specimens())
def test_bad_input_says_the_same_in_parts(shared_data: Path, name: str) -> None:
    path = shared_data / "malformed" / name
    source = FastqSource((str(path),))
    nbytes = max(40, path.stat().st_size // 3)
    try:
        told = error_of(source.partitions(nbytes))
    except InputError as error:  # told before anything is cut
        told = f"{type(error).__name__} {error}"
    assert told == error_of([source])


@pytest.mark.parametrize(
    "fault",
    [
        b"@a\nAC.T\n+\nIIII\n",
        b"@a\nACGT\nACGT\n+\nIIII\nIIII\n",
        b"@a\nACGT\n+\nIII\n",
        b"\n\n\n\n",
        b"@a\n\n+\n",  # the quality line that only the end of a file may lack
        b"@a\nACGT\n+b\nIIII\n",
        b"ACGT\n",
        b"@a\xe9\nACGT\n+\nIIII\n",
    ],
)
def test_a_fault_between_parts(write: Write, fault: bytes) -> None:
    """The numbers of the record, the line and the byte are those of the file."""
    head, tail = records(700), records(700, first=700)
    for data in (head + fault + tail, bgzf(head, 5000)[: -len(END)] + bgzf(fault + tail, 5000)):
        source = FastqSource((write(data),))
        at = len(head) if data.startswith(b"@") else len(bgzf(head, 5000))
        for nbytes in (at // 3, at // 2, at):
            assert check_error(source, nbytes) > 1
    with pytest.raises(FastqError, match=r"record 70[0-2], line 280\d, byte"):
        read(source)


def test_each_place_of_a_fault(write: Write) -> None:
    """A cut before, in and behind a record that is cut short: never skipped, always told."""
    for stop in range(1, len(record(7)), 5):
        text = records(8) + record(8)[:stop] + records(8, first=9)
        for nbytes in (len(text) // 3, len(text) // 2):
            check_error(FastqSource((write(text),)), nbytes)


def test_a_run_that_is_over_looks_for_no_cause(write: Write) -> None:
    splits = FastqSource((write(MANY + b"@bad\nACGT\n+\nIII\n"),)).partitions(20_000)
    with LocalRun(1) as run, splits[-1].open(run) as reads:
        chunk = next(reads.chunks())
        reads.interrupt()
        with pytest.raises(GoodRows) as good:
            reads.parse(chunk)
    raised = good.value.error
    assert isinstance(raised, FastqError)
    assert "must have as many characters" in str(raised)
    assert "record 2001," not in str(raised)


def test_mates_that_are_strangers(write: Write) -> None:
    one = records(900, mark="/1")
    cases = {
        "swapped": records(500, mark="/2") + record(501, mark="/2") + record(500, mark="/2"),
        "lost": records(450, mark="/2") + records(449, mark="/2", first=451),
        "short": records(890, mark="/2"),
        "long": records(910, mark="/2"),
    }
    for two in cases.values():
        source = FastqSource((write(one, "1.fq"),), mate=(write(two, "2.fq"),))
        for nbytes in (20_000, 60_000):
            check_error(source, nbytes)
        assert isinstance(raised_by(source), PairError)


def test_a_cut_at_mispaired_reads_is_named_as_such(write: Write) -> None:
    """As names that repeat could have it: the files are good, and the parts cannot be read."""
    names = [write(record(1) * 50, "1.fq"), write(record(1) * 50, "2.fq")]
    (whole,) = FastqSource((names[0],), mate=(names[1],)).partitions(1 << 20)
    size = len(record(1))
    source = FastqSource((write(MANY, "3.fq"),)).partitions(50_000)[0]
    stop = source.ranges[0].stop
    assert stop is not None
    ranges = tuple(
        replace(part, codec="plain", stop=replace(stop, byte=size * count))
        for part, count in zip(whole.ranges, (20, 21), strict=True)
    )
    with pytest.raises(InputError, match=r"1\.fq and .*2\.fq: cannot be divided, since names"):
        read(replace(whole, ranges=ranges, learnt=Learnt()))


def test_compressed_input_is_judged_as_a_whole(write: Write) -> None:
    data = bgzf(MANY, 9000)
    middle = len(data) // 2
    damaged = bytearray(data)
    damaged[middle] ^= 0x55
    cases = (
        data[:middle],
        data + b"junk",
        bytes(damaged),
        data[: -len(END)] + data[: middle // 2],
        data[: -len(END)] + gzip.compress(MANY)[:-3],
    )
    for bad in cases:
        source = FastqSource((write(bad, "reads.gz"),))
        assert check_error(source, len(bad) // 5) > 1
        assert error_of([source]) is not None


def test_bgzf_that_was_put_together(write: Write) -> None:
    data = bgzf(MANY, 9000)
    for whole in (
        data + data,
        data + bytes(10) + data,
        data + gzip.compress(MANY) + data,
        data[: -len(END)],  # with a warning, once
    ):
        check(FastqSource((write(whole, "reads.gz"),)), len(whole) // 7)
