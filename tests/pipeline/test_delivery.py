"""What is delivered before an error: all good records before it, however the run is spread."""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from backports import zstd

import biometal_stream as bs
from biometal_stream.codecs.bgzf.writer import END, compress_blocks
from biometal_stream.errors import BiometalError
from biometal_stream.interfaces import Concurrency
from biometal_stream.run import LEAST_MEMORY
from tests.stand_ins import Call

if TYPE_CHECKING:
    from biometal_stream.pipeline import Pipeline

GOOD = 3000
SPREADS = [(1, None), (1, LEAST_MEMORY), (2, LEAST_MEMORY), (8, LEAST_MEMORY), (8, None)]
"""Numbers of threads and bounds on memory: chunks of 256 KiB, 512 KiB, 1 MiB and 4 MiB."""


def record(number: int, mark: str = "") -> bytes:
    rng = random.Random(number)
    bases = "".join(rng.choices("ACGT", k=150))
    scores = "".join(rng.choices("!+5?IJK", k=150))
    return f"@r{number}{mark}\n{bases}\n+\n{scores}\n".encode()


def records(start: int, stop: int, mark: str = "") -> bytes:
    return b"".join(record(number, mark) for number in range(start, stop))


BEFORE, BEHIND = records(0, GOOD), records(GOOD + 1, GOOD + 500)
BAD = b"@bad\nACGT\n+\nIII\n"
LONG = b"@long\n" + b"A" * 9000 + b"\n+\n" + b"I" * 9000 + b"\n"

FAULTS = {
    "quality": BEFORE + BAD + BEHIND,
    "base": BEFORE + b"@bad\nAC!T\n+\nIIII\n" + BEHIND,
    "name": BEFORE + b"@\xff\nACGT\n+\nIIII\n" + BEHIND,
    "too long": BEFORE + LONG + BEHIND,
    "endless": BEFORE + b"@long\n" + b"A" * 3_000_000,
    "no header": BEFORE + b"x" * 70_000 + b"\n" + BEHIND,
    "cut": BEFORE + record(GOOD)[:40],
}


@dataclass(frozen=True)
class Delivered:
    names: list[str]
    error: str


def delivered(pipeline: Pipeline) -> Delivered:
    """What a run gives, and its error."""
    names: list[str] = []
    try:
        for batch in pipeline.batches():
            names += batch.column("name").to_pylist()
    except BiometalError as error:
        return Delivered(names, str(error))
    return Delivered(names, "")


def spread(pipeline: Pipeline) -> list[Pipeline]:
    return [pipeline.with_options(threads=threads, memory=memory) for threads, memory in SPREADS]


def same_everywhere(pipeline: Pipeline) -> Delivered:
    first, *others = [delivered(each) for each in spread(pipeline)]
    for other in others:
        assert other.error == first.error
        assert other.names == first.names
    assert first.error
    return first


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., Pipeline]:
    def write(*texts: bytes, **options: object) -> Pipeline:
        paths = []
        for number, text in enumerate(texts):
            paths.append(tmp_path / f"{number}.fq")
            paths[-1].write_bytes(text)
        mate = {"mate": paths[1]} if len(paths) > 1 else {}
        return bs.read_fastq(paths[0], max_record_bytes=8192, **mate, **options)

    return write


@pytest.mark.parametrize("fault", FAULTS)
def test_records_before_a_fault(source: Callable[..., Pipeline], fault: str) -> None:
    pipeline = source(FAULTS[fault]) | bs.MinLength(1)
    found = same_everywhere(pipeline)
    assert found.names == [f"r{number}" for number in range(GOOD)]
    assert f"record {GOOD + 1}, line" in found.error


def test_the_source_alone_delivers_them_too(source: Callable[..., Pipeline]) -> None:
    rows: list[int] = []
    batches = source(FAULTS["base"]).source.batches()
    with pytest.raises(BiometalError, match=f"record {GOOD + 1}"):
        rows.extend(batch.num_rows for batch in batches)
    assert sum(rows) == GOOD


@pytest.mark.parametrize("fault", FAULTS)
def test_a_run_that_has_enough_knows_no_fault(source: Callable[..., Pipeline], fault: str) -> None:
    for number in (0, 10, GOOD):
        for pipeline in spread(source(FAULTS[fault]) | bs.Head(number)):
            assert len(delivered(pipeline).names) == number
    for pipeline in spread(source(FAULTS[fault])):
        assert pipeline.dataset().head(GOOD).num_rows == GOOD


ONES, TWOS = records(0, GOOD, "/1"), records(0, GOOD, "/2")
MORE_ONES, MORE_TWOS = records(GOOD, GOOD + 400, "/1"), records(GOOD, GOOD + 400, "/2")

PAIRS = {
    "mate 1": (ONES + BAD + MORE_ONES, TWOS + MORE_TWOS),
    "mate 2": (ONES + MORE_ONES, TWOS + BAD + MORE_TWOS),
    "too long in mate 2": (ONES + MORE_ONES, TWOS + LONG + MORE_TWOS),
    "strangers": (ONES + MORE_ONES, TWOS + records(GOOD + 1, GOOD + 401, "/2")),
    "mates lacking": (ONES + MORE_ONES, TWOS),
    "mate 2 cut": (ONES + MORE_ONES, TWOS + MORE_TWOS[:30]),
}


@pytest.mark.parametrize("fault", PAIRS)
def test_pairs_before_a_fault(source: Callable[..., Pipeline], fault: str) -> None:
    one, two = PAIRS[fault]
    pipeline = source(one, two)
    names = same_everywhere(pipeline).names
    assert names == [f"r{row // 2}/{row % 2 + 1}" for row in range(2 * GOOD)]
    for enough in spread(pipeline | bs.Head(GOOD)):
        assert len(delivered(enough).names) == 2 * GOOD


@pytest.mark.parametrize("odd", [True, False])
def test_interleaved_pairs_before_a_fault(source: Callable[..., Pipeline], odd: bool) -> None:
    text = b"".join(record(n, "/1") + record(n, "/2") for n in range(GOOD))
    text += record(GOOD, "/1") + (b"" if odd else BAD + BEHIND)
    assert len(same_everywhere(source(text, interleaved=True)).names) == 2 * GOOD


def test_an_error_of_an_operator_before_it_wins(source: Callable[..., Pipeline]) -> None:
    def refuse(batch: pa.RecordBatch) -> pa.RecordBatch:
        if f"r{GOOD - 1}" in batch.column("name").to_pylist():
            raise BiometalError("no")
        return batch

    class Refuse(Call):
        def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
            return input_schema

    pipeline = source(FAULTS["quality"]) | Refuse(refuse, Concurrency.SHARED)
    assert {delivered(each).error for each in spread(pipeline)} == {"no"}


def test_standard_output_gets_them(
    source: Callable[..., Pipeline], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for pipeline in spread(source(FAULTS["quality"])):
        with pytest.raises(BiometalError, match=f"record {GOOD + 1}"):
            pipeline.write_fastq("-")
        assert capfdbinary.readouterr().out == BEFORE


def _bgzf(text: bytes) -> bytes:
    return bytes(compress_blocks(memoryview(text), 1)) + END


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bgzf": _bgzf,
    "zstd": zstd.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("damage", ["cut", "corrupt"])
def test_records_before_damage(source: Callable[..., Pipeline], packer: str, damage: str) -> None:
    packed = bytearray(PACKERS[packer](BEFORE + BEHIND))
    if damage == "cut":
        del packed[len(packed) // 2 :]
    else:
        packed[len(packed) // 2 : len(packed) // 2 + 64] = b"\xff" * 64
    found = same_everywhere(source(bytes(packed)))
    assert found.names == [f"r{number}" for number in range(len(found.names))]
    if damage == "cut" and packer != "bzip2":  # of which a block holds 900,000 bytes
        assert len(found.names) > GOOD // 4
    skipping = source(bytes(packed), on_bad_record="skip")
    if damage == "cut":
        assert same_everywhere(skipping) == found


@pytest.mark.parametrize("cut", [0, 1])
def test_pairs_before_damage_where_bad_records_are_left_out(
    source: Callable[..., Pipeline], cut: int
) -> None:
    files = [gzip.compress(ONES), gzip.compress(TWOS)]
    files[cut] = files[cut][: len(files[cut]) // 2]
    found = same_everywhere(source(*files, on_bad_record="skip"))
    assert found == same_everywhere(source(*files))
    assert "truncated" in found.error
    assert len(found.names) > GOOD // 2


def test_a_consumer_that_stops_in_time(source: Callable[..., Pipeline]) -> None:
    for pipeline in spread(source(FAULTS["quality"])):
        rows = 0
        with closing(pipeline.batches()) as batches:
            for batch in batches:
                rows += batch.num_rows
                if rows >= GOOD:
                    break
        assert rows == GOOD
