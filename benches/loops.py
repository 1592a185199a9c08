"""The compiled loops with arguments as the program gives them.

They work on reads of 150 bases that fit the second-level cache, and write to outputs that are
there already.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from isal import igzip

import biometal_stream as bs
from benches.adapters.loops import adapter_loops
from benches.cycles import cycle_loops
from benches.duplicates import duplicate_loops
from benches.kernels import Call, Loop
from benches.kmers import kmer_loops
from biometal_stream.columns import buffers_of
from biometal_stream.mates.kernels import first_mispaired
from biometal_stream.models.encodings import Encoding, cut_windows
from biometal_stream.operators import measures
from biometal_stream.operators.kernels import names, quality, sequence
from biometal_stream.reports.kernels import summaries as counting
from biometal_stream.simd.bases import IUPAC
from biometal_stream.sinks.fastq import kernels as formatting
from biometal_stream.sinks.fastq.records import format_batches
from biometal_stream.sinks.parquet import deltas
from biometal_stream.sources.fastq.kernels import lines as line_loops
from biometal_stream.sources.fastq.kernels import qualities as quality_loops
from biometal_stream.sources.fastq.kernels import records as record_loops
from biometal_stream.sources.fastq.parse import parse
from biometal_stream.sources.fastq.text import Lines, RecordText
from biometal_stream.sources.text import lines as text_loops
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    from numpy.typing import NDArray

READS = 2_000
"""The reads of the batch."""

LENGTH = 150
"""The bases of each; of longer reads these come first."""

FILTERS = (
    bs.MinLength(50),
    bs.MaxLength(300),
    bs.MinMeanQuality(20),
    bs.MaxExpectedErrors(1),
    bs.MinArithmeticMeanQuality(20),
    bs.MaxLowQualityFraction(0.4),
    bs.MaxN(2),
    bs.MinComplexity(0.3),
    bs.Where("gc < 0.7"),
)
"""All filters that look at a read's bases or qualities."""

ENCODINGS = (
    Encoding("sequence-quality-300/1"),
    *(Encoding("quality-mask/1", LENGTH, dtype) for dtype in ("float32", "float16", "uint8")),
    *(Encoding("one-hot/1", LENGTH, dtype) for dtype in ("float32", "float16", "uint8")),
    *(Encoding("one-hot-quality/1", LENGTH, dtype) for dtype in ("float32", "float16", "uint8")),
    *(Encoding("tokens/1", LENGTH, dtype) for dtype in ("uint8", "int32", "int64")),
    *(Encoding("kmers/1", LENGTH, "int32", k) for k in (6, 12)),
)
"""Every layout in each type of number that it is mostly used in."""

ENCODED = 1_024
"""The reads that are encoded in one call, about as many as a model takes."""

_LOW = 15  # the Phred score below which fastp calls a base low


class TooShortError(Exception):
    """No read of the input has as many bases as are wanted."""


def _loop(name: str, size: int, kernel: Call, whole: Call | None = None, called: str = "") -> Loop:
    return Loop(name, READS, size, kernel, whole, called)


def all_loops(path: str) -> list[Loop]:
    """The kernels, with arguments as the program gives them.

    Args:
        path: A FASTQ file, gzip, whose first reads of `LENGTH` bases or more are taken.

    Raises:
        TooShortError: It has none.
    """
    lines = Lines.of(_text(path))
    batch = pa.RecordBatch.from_arrays(
        list(parse((lines,), "phred33").columns.values()), schema=bs.read_fastq(path).schema
    )
    return [
        *_parsing(lines),
        *_qualities(batch),
        *_sequences(batch),
        *_filters(batch),
        *_names(batch),
        *kmer_loops(batch),
        *duplicate_loops(batch),
        *cycle_loops(batch),
        *_encodings(batch),
        *_writing(batch),
        *adapter_loops(READS),
    ]


def _text(path: str) -> RecordText:
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
    padded = np.frombuffer(pa.py_buffer(data + bytes(text_loops.PADDING)), np.uint8)
    return RecordText(
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
        return np.empty(count + text_loops.PADDING, np.uint8)

    headers, bases = room(lines.header_bytes), room(lines.sequence_bytes)
    arguments: tuple[Any, ...] = (raw, ends, start, raw, ends, start, np.uint64(1), records)
    everything = (
        record_loops.NAME | record_loops.DESCRIPTION | record_loops.SEQUENCE | record_loops.QUALITY
    )
    arguments = (*arguments, everything, IUPAC)
    arguments = (*arguments, offsets(), headers, offsets(), headers.copy())
    arguments = (
        *arguments,
        np.empty(READS, np.uint8),
        offsets(),
        bases,
        bases.copy(),
        np.empty(0, np.uint8),
    )
    return [
        _loop("count newlines", size, lambda: text_loops.count_newlines(raw, start, stop)),
        _loop(
            "drop lines",
            size,
            lambda: text_loops.drop_lines(raw, start, stop, np.uint64(4 * READS - 1)),
        ),
        _loop("find lines", size, lambda: line_loops.find_lines(raw, start, stop, ends)),
        _loop(
            "measure lines",
            ends.nbytes,
            lambda: line_loops.measure_lines(ends, start, records),
            lambda: Lines.of(lines.text),
            "Lines.of: the three of them",
        ),
        _loop(
            "check and copy records",
            size,
            lambda: record_loops.copy_records(*arguments),
            lambda: parse((lines,), "phred33"),
            "parse: lines to columns",
        ),
        _loop(
            "text to batch: all of these", size, lambda: parse((Lines.of(lines.text),), "phred33")
        ),
    ]


def _qualities(batch: pa.RecordBatch) -> list[Loop]:
    column = BatchView(batch).text("quality")
    starts, stops, data = column.starts, column.stops, column.data
    size = column.span[1]
    pairs = quality.error_probabilities_of_pairs()
    sums, errors = np.empty(READS, np.uint64), np.empty(READS, np.float64)
    counts, scores = np.empty(READS, np.int64), np.empty(size, np.uint8)
    decoded = bs.DecodeQuality()
    table = np.where(np.arange(256) < ord("!"), 0, np.arange(256)).astype(np.uint8)
    translated, frequencies = data[:size].copy(), np.zeros((4, 256), np.int64)
    return [
        _loop(
            "sum of Phred scores",
            size,
            lambda: quality.sum_phred(starts, stops, data, sums),
            lambda: measures.arithmetic_mean_quality(BatchView(batch)),
            "arithmetic mean quality",
        ),
        _loop(
            "sum of error probabilities",
            size,
            lambda: quality.sum_error_probabilities(starts, stops, data, pairs, errors),
            lambda: measures.mean_quality(BatchView(batch)),
            "mean quality",
        ),
        _loop(
            "count low qualities",
            size,
            lambda: quality.count_below(starts, stops, data, np.uint8(_LOW), counts),
            lambda: measures.low_quality(BatchView(batch), _LOW),
            "low quality",
        ),
        _loop(
            "decode qualities",
            size,
            lambda: quality.decode(data, np.uint64(0), np.uint64(size), scores),
            lambda: decoded(batch),
            "DecodeQuality",
        ),
        _loop(
            "find bytes that are not qualities",
            size,
            lambda: quality.find_outside(data, np.uint64(0), np.uint64(size)),
        ),
        _loop(
            "translate qualities",
            size,
            lambda: quality_loops.translate(translated, np.uint64(size), table),
        ),
        _loop(
            "count each quality",
            size,
            lambda: counting.count_bytes(starts, stops, data, frequencies),
        ),
    ]


def _sequences(batch: pa.RecordBatch) -> list[Loop]:
    column = BatchView(batch).text("sequence")
    starts, stops, data = column.starts, column.stops, column.data
    size = column.span[1]
    counts, known = np.empty(READS, np.int64), np.empty(READS, np.int64)
    return [
        _loop(
            "count G and C",
            size,
            lambda: sequence.count_bases(starts, stops, data, counts, known),
            lambda: measures.gc(BatchView(batch)),
            "GC",
        ),
        _loop(
            "count N",
            size,
            lambda: sequence.count_letter(
                starts, stops, data, sequence.ANY_CASE, np.uint8(ord("N")), counts
            ),
            lambda: measures.n_count(BatchView(batch)),
            "n_count",
        ),
        _loop(
            "count changes",
            size,
            lambda: sequence.count_changes(starts, stops, data, counts),
            lambda: measures.complexity(BatchView(batch)),
            "complexity",
        ),
        _loop(
            "count two bytes",
            size,
            lambda: counting.count_either(
                data, np.uint64(0), np.uint64(size), np.uint8(ord("N")), np.uint8(ord("n"))
            ),
        ),
    ]


def _filters(batch: pa.RecordBatch) -> list[Loop]:
    bases, qualities = (BatchView(batch).text(name) for name in ("sequence", "quality"))
    pairs = quality.error_probabilities_of_pairs()
    sums, errors = np.empty(READS, np.uint64), np.empty(READS, np.float64)
    counts, known = np.empty(READS, np.int64), np.empty(READS, np.int64)

    quality_text = qualities.starts, qualities.stops, qualities.data
    base_text = bases.starts, bases.stops, bases.data

    def kernels_alone() -> None:
        quality.sum_error_probabilities(
            qualities.starts, qualities.stops, qualities.data, pairs, errors
        )
        quality.sum_phred(*quality_text, sums)
        quality.count_below(
            qualities.starts, qualities.stops, qualities.data, np.uint8(_LOW), counts
        )
        sequence.count_letter(*base_text, sequence.ANY_CASE, np.uint8(ord("N")), counts)
        sequence.count_changes(*base_text, counts)
        sequence.count_bases(*base_text, counts, known)

    def all_filters() -> None:
        view = BatchView(batch)
        for each in FILTERS:
            each.keep(view)

    size = bases.span[1] + qualities.span[1]
    return [
        _loop(
            "all filters together",
            size,
            kernels_alone,
            all_filters,
            f"the {len(FILTERS)} filters on one batch",
        )
    ]


def _names(batch: pa.RecordBatch) -> list[Loop]:
    column = BatchView(batch).text("name")
    size = column.span[1]
    hashes = np.empty(READS, np.uint64)
    sample = bs.Sample(fraction=0.1)
    # Each name twice, as mates have it.
    mates = pa.chunked_array([batch.column("name").take(np.repeat(np.arange(READS // 2), 2))])
    pairs = buffers_of(mates.combine_chunks())
    marks, slash = np.zeros(READS, np.uint8), np.uint8(ord("/"))
    shared, rest = np.empty(READS, np.int64), np.empty(READS, np.int64)
    offsets, out = column.offsets.astype(np.int64), np.empty(size, np.uint8)
    ends = np.empty(deltas.packed_room(READS), np.uint8)
    return [
        _loop(
            "hash names",
            size,
            lambda: names.hash_names(
                column.starts, column.stops, column.data, np.uint64(0), hashes
            ),
            lambda: sample.keep(BatchView(batch)),
            "Sample",
        ),
        _loop(
            "compare names of mates",
            int(pairs[0][-1]),
            lambda: first_mispaired(*pairs, marks, slash, np.uint64(READS)),
        ),
        _loop(
            "share prefixes of names",
            size,
            lambda: deltas.share_prefixes(column.data[:size], offsets, shared, rest, out),
        ),
        _loop("pack lengths as deltas", rest.nbytes, lambda: deltas.pack_deltas(rest, ends)),
    ]


def _encodings(batch: pa.RecordBatch) -> list[Loop]:
    view = BatchView(batch.slice(0, ENCODED))
    columns = view.text("sequence"), view.text("quality")
    lengths = measures.lengths(view)
    windows = cut_windows(lengths, LENGTH)
    loops = []
    for each in ENCODINGS:
        out = np.empty((ENCODED, *each.shape), each.dtype)
        call = each.place(*columns, windows).call(slice(None), out)
        loops.append(
            Loop(
                f"encode {each.layout}, {each.dtype}" + (f", k {each.k}" if each.k else ""),
                ENCODED,
                int(lengths.sum()) * len(each.columns),
                call.run,
                partial(_cut_and_encode, each, columns, lengths, out),
                f"cut_windows and encode, {ENCODED:,} reads a call",
            )
        )
    return loops


def _cut_and_encode(
    each: Encoding, columns: tuple[Any, Any], lengths: NDArray[np.int64], out: NDArray[Any]
) -> None:
    each.encode(*columns, cut_windows(lengths, each.length), out)


def _writing(batch: pa.RecordBatch) -> list[Loop]:
    parts = [buffers_of(batch.column(name)) for name in ("sequence", "quality")]
    heads = [buffers_of(batch.column(name)) for name in ("name", "description")]
    described = batch.column("description").is_valid().cast(pa.uint8()).to_numpy()
    described.flags.writeable = False
    size = sum(int(offsets[-1]) for offsets, _ in (*heads, *parts))
    out = np.frombuffer(pa.allocate_buffer(size + 8 * READS + formatting.PADDING), np.uint8)
    mates = np.zeros(0, np.int8)
    columns = (*heads[0], *heads[1], described, *parts[0], *parts[1], mates, np.int8(0), IUPAC)
    return [
        _loop(
            "format FASTQ",
            size,
            lambda: formatting.format_records(*columns, out, np.uint64(0)),
            lambda: format_batches([batch]),
            "format_batches",
        )
    ]
