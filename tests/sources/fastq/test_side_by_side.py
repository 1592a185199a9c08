"""Mates whose files are inflated side by side give what one thread gives."""

import bz2
import gzip
import lzma
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

import biometal_stream as bs
from biometal_stream.codecs.zstd import zstd
from biometal_stream.errors import BiometalError, CompressedInputError, InputError
from biometal_stream.run import LocalRun
from biometal_stream.sinks.discard import DiscardSink
from biometal_stream.sources.fastq.source import FastqSource
from tests.stand_ins import own_threads

MIB = 1 << 20
PACKERS = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstd.compress}


def records(mate: int, first: int = 0, stop: int = 4_000) -> bytes:
    """Of about 1.4 MiB, each of another length."""
    bases = bytes(random.Random(mate).choices(b"ACGT", k=300_000))
    return b"".join(
        b"@read%d/%d\n%s\n+\n%s\n" % (number, mate, bases[at : at + size], b"I" * size)
        for number in range(first, stop)
        for size, at in [(40 + number * 7919 % 240, number * 30)]
    )


@pytest.fixture
def mates(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "one", tmp_path / "two"


def outcome(
    mates: tuple[Path, Path], threads: int, memory: int
) -> tuple[list[str], type[Exception] | None, str]:
    """The names of the reads that came, and the error."""
    reads = bs.read_fastq(mates[0], mate=mates[1])
    names: list[str] = []
    threads_before = own_threads()
    try:
        for batch in reads.with_options(threads=threads, memory=memory).batches():
            names += batch.column("name").to_pylist()
    except BiometalError as error:
        return names, type(error), str(error)
    finally:
        assert own_threads() == threads_before
    return names, None, ""


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_the_reads_are_the_same(mates: tuple[Path, Path], pack: Callable[[bytes], bytes]) -> None:
    mates[0].write_bytes(pack(records(1)))
    mates[1].write_bytes(gzip.compress(records(2), 1))
    expected = [f"read{number}/{mate}" for number in range(4_000) for mate in (1, 2)]
    for threads, memory in ((1, 64 * MIB), (2, 16 * MIB), (3, 256 * MIB)):
        assert outcome(mates, threads, memory) == (expected, None, "")


def cut(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def with_another_sum(data: bytes) -> bytes:
    return data[:-8] + bytes(255 - byte for byte in data[-8:-4]) + data[-4:]


@pytest.mark.parametrize("harm", [cut, with_another_sum])
@pytest.mark.parametrize("mate", [0, 1])
def test_damage_is_the_same(
    mates: tuple[Path, Path], mate: int, harm: Callable[[bytes], bytes]
) -> None:
    for number, path in enumerate(mates, 1):
        path.write_bytes(gzip.compress(records(number), 1))
    mates[mate].write_bytes(harm(mates[mate].read_bytes()))
    found = [outcome(mates, threads, 32 * MIB) for threads in (1, 2, 4)]
    assert found[0] == found[1] == found[2]
    names, kind, message = found[0]
    assert kind is CompressedInputError
    assert message.startswith(f"{mates[mate]}: ")
    assert len(names) > 4_000


def test_the_first_error_of_the_input_wins(mates: tuple[Path, Path]) -> None:
    """A bad record of mate 2 comes before the damage of mate 1, which is found first."""
    bad = records(2, 0, 2_000) + b"@read2000/2\nACGT\nno plus\nIIII\n" + records(2, 2_001)
    mates[0].write_bytes(cut(gzip.compress(records(1), 1)))
    mates[1].write_bytes(gzip.compress(bad, 1))
    found = [outcome(mates, threads, 32 * MIB) for threads in (1, 2, 4)]
    assert found[0] == found[1] == found[2]
    assert len(found[0][0]) == 4_000
    assert "record 2001" in found[0][2]


def test_a_run_that_ends_early_leaves_no_thread(mates: tuple[Path, Path]) -> None:
    for number, path in enumerate(mates, 1):
        path.write_bytes(gzip.compress(records(number), 1))
    before = own_threads()
    reads = bs.read_fastq(mates[0], mate=mates[1]).with_options(threads=2, memory=16 * MIB)
    assert (reads | bs.Head(10)).stream().read_all().num_rows == 20  # pairs
    batches = reads.batches()
    next(iter(batches))
    batches.close()  # type: ignore[attr-defined]
    assert own_threads() == before


def test_a_file_that_changes_is_an_error(mates: tuple[Path, Path]) -> None:
    for number, path in enumerate(mates, 1):
        path.write_bytes(gzip.compress(records(number), 1))
    source = FastqSource(mates[:1], mate=mates[1:])
    with LocalRun(2) as run, source.open(run) as reads:
        os.utime(mates[1], ns=(0, 0))
        with pytest.raises(InputError, match="was written to"):
            for _ in reads.chunks():
                pass


def test_what_inflates_counts_as_reading(mates: tuple[Path, Path]) -> None:
    for number, path in enumerate(mates, 1):
        path.write_bytes(gzip.compress(records(number), 1))
    reads = bs.read_fastq(mates[0], mate=mates[1])
    report = reads.with_options(threads=2, statistics=True).run(DiscardSink())
    reading = report.stages[0]
    assert (reading.name, reading.threads) == ("read", 2)
    assert reading.cpu > 0
    assert reading.starved >= 0
