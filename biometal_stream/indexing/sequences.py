"""The minimizers of sequences in files of any format and any size, in bounded memory."""

from __future__ import annotations

import os
from collections import deque
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from biometal_stream.columns import StringColumn, string_column
from biometal_stream.errors import ConfigurationError, FastaError, InputError
from biometal_stream.indexes.minimizers import minimizers_of
from biometal_stream.indexes.mixing import mixed
from biometal_stream.indexes.opening import format_of
from biometal_stream.indexing.fasta import FastaPieces, Piece
from biometal_stream.indexing.runs import sorted_distinct
from biometal_stream.interfaces.streams import GoodRows
from biometal_stream.sources.choice import Choice, choose
from biometal_stream.sources.fasta.format import FORMAT
from biometal_stream.sources.formats import look_for
from biometal_stream.sources.lanes import Inputs
from biometal_stream.sources.missing import require_files
from biometal_stream.sources.text.shown import header_at, show

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from biometal_stream.indexes.scheme import Scheme
    from biometal_stream.run import LocalRun
    from biometal_stream.sources.options import Input

_LARGEST_PIECE = 4 << 20
_SMALLEST_PIECE = 1 << 16
_BASES = np.zeros(256, np.bool_)
_BASES[list(b"ACGTUNacgtun")] = True
_MOST_OTHERS = 0.5
"""The share of other letters above which a sequence without a minimizer is taken for protein: of
the 20 amino acids, 14 have the letter of a IUPAC code, but only 5 that of a base or N."""


class Found(NamedTuple):
    """The minimizers of some sequences.

    Attributes:
        hashes: Their mixed values, distinct, in ascending order: ``uint64``, (n,).
        lengths: The bases of each sequence, ``int64``, (rows,), without those that are repeated.
        matched: Whether each sequence has a minimizer, (rows,).
        continued: Whether the first sequence goes on from what came before.
    """

    hashes: NDArray[np.uint64]
    lengths: NDArray[np.int64]
    matched: NDArray[np.bool_]
    continued: bool


@dataclass
class Counts:
    """What was read.

    Attributes:
        sequences: The number of sequences.
        bases: The number of their letters.
        empty: The sequences without a letter.
        short: Those that are shorter than a window, but not empty.
        without: Those that are long enough, and have no minimizer, since each window has another
            letter than A, C, G and T.
    """

    sequences: int = 0
    bases: int = 0
    empty: int = 0
    short: int = 0
    without: int = 0


class Tally:
    """Counts sequences, which come in pieces.

    Args:
        window: The bases of a window.
    """

    def __init__(self, window: int) -> None:
        self.counts = Counts()
        self._window = window
        self._open: tuple[int, bool] | None = None  # the last sequence, which may go on

    def add(self, found: Found) -> None:
        """Adds what was found in the next piece."""
        lengths, matched = found.lengths.copy(), found.matched.copy()
        if found.continued and self._open is not None:
            lengths[0] += self._open[0]
            matched[0] |= self._open[1]
        elif self._open is not None:
            self._count(np.array([self._open[0]]), np.array([self._open[1]]))
        if len(lengths):
            self._count(lengths[:-1], matched[:-1])
            self._open = int(lengths[-1]), bool(matched[-1])

    def finish(self) -> Counts:
        """All counts, once everything is added."""
        if self._open is not None:
            self._count(np.array([self._open[0]]), np.array([self._open[1]]))
            self._open = None
        return self.counts

    def _count(self, lengths: NDArray[np.int64], matched: NDArray[np.bool_]) -> None:
        counts, long = self.counts, lengths >= self._window
        counts.sequences += len(lengths)
        counts.bases += int(lengths.sum())
        counts.empty += int(np.count_nonzero(lengths == 0))
        counts.short += int(np.count_nonzero(~long & (lengths > 0)))
        counts.without += int(np.count_nonzero(long & ~matched))


class SequenceReader:
    """Finds the minimizers of all sequences of some files.

    Args:
        paths: The files, one after another: FASTA, FASTQ or another format that can be read.
        scheme: Which k-mers to find.
        run: Provides the workers.
        memory: The bytes for what is in work.

    Attributes:
        bytes_read: Bytes of (compressed) input read so far.
        bytes_total: Bytes of all; ``None`` if that is not known.
    """

    def __init__(
        self, paths: tuple[Input, ...], scheme: Scheme, run: LocalRun, memory: int
    ) -> None:
        require_files(paths)
        if paths.count("-") > 1:
            raise ConfigurationError("standard input (-) can be read only once")
        for path in paths:
            _refuse_index(path)
        self._scheme, self._run = scheme, run
        self._choices = _choices(paths, run)
        self._read = 0  # bytes of sources that are at their end
        self._tally = Tally(scheme.window)
        self._source: Any = None
        hashes = 2 / (scheme.w + 1) * 8 * 4  # bytes a base: found, mixed, sorted, distinct
        fair = int(memory / (run.workers + 2) / (2 + hashes))
        self._piece = max(_SMALLEST_PIECE, min(_LARGEST_PIECE, fair))

    @property
    def window(self) -> int:
        """The bases of a window: a shorter sequence has no minimizer."""
        return self._scheme.window

    @property
    def counts(self) -> Counts:
        """What was read so far."""
        return self._tally.counts

    @property
    def bytes_read(self) -> int:
        """Bytes read so far; any thread may ask."""
        return self._read + (0 if self._source is None else int(self._source.bytes_read))

    @property
    def bytes_total(self) -> int | None:
        """Bytes in all; ``None`` before `found` has begun, and for files of several formats."""
        one = self._source is not None and len(self._choices) == 1
        return self._source.bytes_total if one else None

    def found(self) -> Generator[NDArray[np.uint64], None, None]:
        """Reads all files.

        Yields:
            Mixed values of minimizers, distinct, in ascending order: ``uint64``, (n,).

        Raises:
            BiometalError: A file cannot be read, or a record is bad or looks like protein.
        """
        for choice in self._choices:
            with self._opened(choice) as source:
                self._read, self._source = self.bytes_read, source
                yield from self._found_in(source)
        self._tally.finish()

    def _found_in(self, source: Any) -> Iterator[NDArray[np.uint64]]:
        waiting: deque[Future[Found]] = deque()
        try:
            for chunk in source.chunks():
                waiting.append(self._run.executor.submit(self._work, source, chunk))
                if len(waiting) > self._run.workers:
                    yield self._taken(waiting.popleft())
            while waiting:
                yield self._taken(waiting.popleft())
        finally:
            for future in waiting:
                future.cancel()

    def _taken(self, future: Future[Found]) -> NDArray[np.uint64]:
        found = future.result()
        self._tally.add(found)
        return found.hashes

    @contextmanager
    def _opened(self, choice: Choice) -> Iterator[Any]:
        """A source, open; its counts can be read afterwards, too."""
        if choice.format is FORMAT:
            lanes = [(path,) for path in choice.paths]
            with closing(Inputs(lanes, self._run, look_for(FORMAT))) as inputs:
                overlap = self._scheme.window - 1
                yield FastaPieces(inputs, self._run, self._piece, overlap)
        else:
            source = choice.source({})
            with source.project(frozenset({"sequence"})).open(self._run) as opened:
                yield opened

    def _work(self, source: Any, chunk: Any) -> Found:
        try:
            rows = source.parse(chunk)
        except GoodRows as good:
            raise good.error from None
        if not isinstance(rows, StringColumn):
            rows = string_column(rows["sequence"], "sequence")
        minimizers = minimizers_of(rows, self._scheme)
        lengths, matched = rows.lengths.copy(), np.diff(minimizers.offsets) > 0
        continued = False
        if isinstance(chunk, Piece):
            _refuse_protein(chunk, rows, (lengths >= self._scheme.window) & ~matched)
            continued = chunk.continued
            lengths[:1] -= chunk.repeated
        return Found(sorted_distinct(mixed(minimizers.values)), lengths, matched, continued)


def _choices(paths: tuple[Input, ...], run: LocalRun) -> list[Choice]:
    """How to read each file; those of one format that follow each other are read together."""
    found: list[Choice] = []
    for path in paths:
        choice = choose((path,), {}, None, run.warn)
        if found and found[-1].format is choice.format:
            found[-1] = found[-1]._replace(paths=found[-1].paths + choice.paths)
        else:
            found.append(choice)
    return found


def _refuse_index(path: Input) -> None:
    """Checks that a file is not an index.

    Raises:
        InputError: It is.
    """
    if not isinstance(path, str | os.PathLike) or path == "-":
        return
    try:
        format_of(path)
    except InputError:
        return  # what else is wrong with it is said where it is read
    raise InputError(
        f"{os.fspath(path)}: is an index, not sequences; 'biometal-stream index union' adds up"
        " indexes"
    )


def _refuse_protein(piece: Piece, rows: StringColumn, doubted: NDArray[np.bool_]) -> None:
    """Checks the letters of sequences that have no minimizer.

    Raises:
        FastaError: Most of them are neither bases nor N.
    """
    for row in np.flatnonzero(doubted):
        letters = rows.data[rows.starts[row] : rows.stops[row]]
        others = 1 - np.count_nonzero(_BASES[letters]) / len(letters)
        if others > _MOST_OTHERS:
            start = piece.text.record_start(int(row))
            name = header_at(piece.text, start)[1:]
            raise FastaError(
                piece.text.location(int(row), start),
                f"{show(name)} looks like protein: {100 * others:.0f} % of its letters are not A,"
                " C, G, T, U or N; an index is made of nucleotides",
            )
