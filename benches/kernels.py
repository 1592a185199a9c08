"""The compiled loops by themselves, on reads of 150 bases that are in the cache."""

from __future__ import annotations

import timeit
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
from isal import igzip

import biometal_stream as bs
from biometal_stream.operators import measures
from biometal_stream.operators.columns import text
from biometal_stream.operators.kernels import names, quality, sequence
from biometal_stream.sinks import kernels as formatting
from biometal_stream.sinks.fastq import format_batches
from biometal_stream.sinks.texts import text_arrays
from biometal_stream.sources import kernels as parsing
from biometal_stream.sources.parse import Lines, parse
from biometal_stream.sources.text import Text
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    from numpy.typing import NDArray

READS = 2_000
"""The reads of the batch."""

LENGTH = 150
"""The bases of each; of longer reads these come first."""

_SECONDS = 0.005  # of one repetition
_LOW = 15  # the Phred score below which fastp calls a base low

Call: TypeAlias = Callable[[], object]


class TooShortError(Exception):
    """No read of the input has as many bases as are wanted."""


@dataclass(frozen=True)
class Loop:
    """A loop to time.

    Attributes:
        name: The kernel.
        size: The bytes that it reads.
        kernel: Calls the kernel alone, with outputs that are there already.
        whole: Does what the program does with it, with allocations and arithmetic on its
            results; ``None`` where that is no more.
        called: What ``whole`` calls.
    """

    name: str
    size: int
    kernel: Call
    whole: Call | None = None
    called: str = ""


@dataclass(frozen=True)
class KernelResult:
    """What a loop takes.

    Attributes:
        name: The kernel.
        kernel: Nanoseconds a read by the kernel alone.
        rate: Bytes a second that the kernel reads.
        whole: Nanoseconds a read as the program calls it; ``None`` where that is no more.
        called: What the program calls.
    """

    name: str
    kernel: float
    rate: float
    whole: float | None
    called: str


def run_kernels(loops: list[Loop], repeats: int, tell: Callable[[str], None]) -> list[KernelResult]:
    """Times loops: the least of several repetitions, each of many calls.

    Args:
        loops: What to time.
        repeats: The repetitions.
        tell: Called with what is being done.
    """
    results = []
    for loop in loops:
        tell(f"kernel: {loop.name}")
        seconds = _least(loop.kernel, repeats)
        whole = None if loop.whole is None else 1e9 * _least(loop.whole, repeats) / READS
        results.append(
            KernelResult(loop.name, 1e9 * seconds / READS, loop.size / seconds, whole, loop.called)
        )
    return results


def _least(call: Call, repeats: int) -> float:
    """Seconds of one call."""
    call()
    timer = timeit.Timer(call)
    number = max(1, round(_SECONDS / min(timer.repeat(3, 1))))
    return min(timer.repeat(repeats, number)) / number


def all_loops(path: str) -> list[Loop]:
    """The kernels, with arguments as the program gives them.

    Args:
        path: A FASTQ file, gzip, whose first reads of `LENGTH` bases or more are taken.

    Raises:
        TooShortError: It has none.
    """
    lines = Lines.of(_text(path))
    batch = pa.RecordBatch.from_arrays(
        parse((lines,), "phred33").columns, schema=bs.read_fastq(path).schema
    )
    return [*_parsing(lines), *_qualities(batch), *_sequences(batch), *_others(batch)]


def _text(path: str) -> Text:
    """`READS` records of `LENGTH` bases; those that there are again, where they are fewer."""
    records: list[bytes] = []
    with igzip.open(path, "rb") as stream:  # type: ignore[no-untyped-call]
        while len(records) < READS:
            record = [stream.readline().rstrip(b"\r\n") for _ in range(4)]
            if not record[0]:
                break
            if len(record[1]) >= LENGTH:
                record[1], record[3] = record[1][:LENGTH], record[3][:LENGTH]
                records.append(b"\n".join(record) + b"\n")
    if not records:
        raise TooShortError(f"no read has {LENGTH} bases or more; name a folder with longer reads")
    data = b"".join((records * READS)[:READS])
    padded = np.frombuffer(pa.py_buffer(data + bytes(parsing.PADDING)), np.uint8)
    return Text(
        bytes=_writable(padded),
        start=0,
        stop=len(data),
        known=len(data),
        records=READS,
        file=path,
        first_record=0,
        offset=0,
        at_end=True,
    )


def _writable(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A copy in Arrow's memory, writable as the text that the source reads into is."""
    copy = np.frombuffer(pa.allocate_buffer(len(array)), np.uint8)
    copy[:] = array
    return copy


def _parsing(lines: Lines) -> list[Loop]:
    raw, ends = lines.text.bytes, lines.ends
    start, stop = np.uint64(0), np.uint64(lines.text.stop)
    size = lines.text.stop
    records = np.uint64(READS)

    def offsets() -> NDArray[np.int32]:
        return np.empty(READS + 1, np.int32)

    def room(count: int) -> NDArray[np.uint8]:
        return np.empty(count + parsing.PADDING, np.uint8)

    headers, bases = room(lines.header_bytes), room(lines.sequence_bytes)
    arguments: tuple[Any, ...] = (raw, ends, start, raw, ends, start, np.uint64(1), records)
    arguments = (*arguments, parsing.IUPAC, offsets(), headers, offsets(), headers.copy())
    arguments = (*arguments, np.empty(READS, np.uint8), offsets(), bases, bases.copy())
    return [
        Loop("count newlines", size, lambda: parsing.count_newlines(raw, start, stop)),
        Loop("find lines", size, lambda: parsing.find_lines(raw, start, stop, ends)),
        Loop(
            "measure lines",
            ends.nbytes,
            lambda: parsing.measure_lines(ends, start, records),
            lambda: Lines.of(lines.text),
            "Lines.of: the three of them",
        ),
        Loop(
            "check and copy records",
            size,
            lambda: parsing.copy_records(*arguments),
            lambda: parse((lines,), "phred33"),
            "parse: lines to columns",
        ),
    ]


def _qualities(batch: pa.RecordBatch) -> list[Loop]:
    column = text(BatchView(batch), "quality")
    offsets, data = column.offsets, column.data
    size = int(offsets[-1])
    pairs = quality.error_probabilities_of_pairs()
    sums, errors = np.empty(READS, np.uint64), np.empty(READS, np.float64)
    counts, scores = np.empty(READS, np.int64), np.empty(size, np.uint8)
    decoded = bs.DecodeQuality()
    return [
        Loop(
            "sum of Phred scores",
            size,
            lambda: quality.sum_phred(offsets, data, sums),
            lambda: measures.arithmetic_mean_quality(BatchView(batch)),
            "arithmetic mean quality",
        ),
        Loop(
            "sum of error probabilities",
            size,
            lambda: quality.sum_error_probabilities(offsets, data, pairs, errors),
            lambda: measures.mean_quality(BatchView(batch)),
            "mean quality",
        ),
        Loop(
            "count low qualities",
            size,
            lambda: quality.count_below(offsets, data, np.uint8(_LOW), counts),
            lambda: measures.low_quality(BatchView(batch), _LOW),
            "low quality",
        ),
        Loop(
            "decode qualities",
            size,
            lambda: quality.decode(data, np.uint64(0), np.uint64(size), scores),
            lambda: decoded(batch),
            "DecodeQuality",
        ),
    ]


def _sequences(batch: pa.RecordBatch) -> list[Loop]:
    column = text(BatchView(batch), "sequence")
    offsets, data = column.offsets, column.data
    size = int(offsets[-1])
    counts, known = np.empty(READS, np.int64), np.empty(READS, np.int64)
    return [
        Loop(
            "count G and C",
            size,
            lambda: sequence.count_bases(offsets, data, counts, known),
            lambda: measures.gc(BatchView(batch)),
            "GC",
        ),
        Loop(
            "count N",
            size,
            lambda: sequence.count_ambiguous(offsets, data, counts),
            lambda: measures.ambiguous(BatchView(batch)),
            "ambiguous",
        ),
        Loop(
            "count changes",
            size,
            lambda: sequence.count_changes(offsets, data, counts),
            lambda: measures.complexity(BatchView(batch)),
            "complexity",
        ),
    ]


def _others(batch: pa.RecordBatch) -> list[Loop]:
    column = text(BatchView(batch), "name")
    hashes = np.empty(READS, np.uint64)
    sample = bs.Sample(fraction=0.1)
    parts = [text_arrays(batch.column(name)) for name in ("sequence", "quality")]
    described = batch.column("description").is_valid().cast(pa.uint8()).to_numpy()
    described.flags.writeable = False
    heads = [text_arrays(batch.column(name)) for name in ("name", "description")]
    size = sum(int(offsets[-1]) for offsets, _ in (*heads, *parts))
    out = np.frombuffer(pa.allocate_buffer(size + 8 * READS + formatting.PADDING), np.uint8)
    mates = np.zeros(0, np.int8)
    return [
        Loop(
            "format FASTQ",
            size,
            lambda: formatting.format_records(
                *heads[0],
                *heads[1],
                described,
                *parts[0],
                *parts[1],
                mates,
                np.int8(0),
                out,
                np.uint64(0),
            ),
            lambda: format_batches([batch]),
            "format_batches",
        ),
        Loop(
            "hash names",
            int(column.offsets[-1]),
            lambda: names.hash_names(column.offsets, column.data, np.uint64(0), hashes),
            lambda: sample.keep(BatchView(batch)),
            "Sample",
        ),
    ]
