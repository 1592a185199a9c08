"""The minimizers of sequences in files of any format and any size, in bounded memory."""

from __future__ import annotations

import os
from collections import deque
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
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
    from collections.abc import Callable, Generator, Iterator
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
        others: The letters of each that are neither bases nor N, ``int64``, (rows,); 0 where they
            do not matter.
        continued: Whether the first sequence goes on from what came before.
        protein: Makes the error for a sequence, by its row, that looks like protein.
    """

    hashes: NDArray[np.uint64]
    lengths: NDArray[np.int64]
    matched: NDArray[np.bool_]
    others: NDArray[np.int64]
    continued: bool
    protein: Callable[[int, float], FastaError]


class _Last(NamedTuple):
    """The last sequence so far, which may go on."""

    length: int
    matched: bool
    others: int
    protein: Callable[[float], FastaError]


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
    """Counts sequences, which come in pieces, and refuses protein.

    What is refused does not depend on the pieces: a sequence is looked at as a whole.

    Args:
        window: The bases of a window.
    """

    def __init__(self, window: int) -> None:
        self.counts = Counts()
        self._window = window
        self._last: _Last | None = None

    def add(self, found: Found) -> None:
        """Adds what was found in the next piece.

        Raises:
            FastaError: A sequence looks like protein.
        """
        lengths, matched, others = found.lengths.copy(), found.matched.copy(), found.others.copy()
        first: Callable[[float], FastaError] = partial(found.protein, 0)
        if found.continued and self._last is not None:
            lengths[0] += self._last.length
            matched[0] |= self._last.matched
            others[0] += self._last.others
            first = self._last.protein
        else:
            self._end()
        if not len(lengths):
            return
        self._count(lengths[:-1], matched[:-1])
        for row in self._proteins(lengths[:-1], matched[:-1], others[:-1]):
            make = partial(found.protein, int(row)) if row else first
            raise make(others[row] / lengths[row])
        last = len(lengths) - 1
        make = partial(found.protein, last) if last else first
        self._last = _Last(int(lengths[last]), bool(matched[last]), int(others[last]), make)

    def finish(self) -> Counts:
        """All counts, once everything is added.

        Raises:
            FastaError: The last sequence looks like protein.
        """
        self._end()
        return self.counts

    def _end(self) -> None:
        """Counts the last sequence, which does not go on."""
        if self._last is None:
            return
        length, matched, others, protein = self._last
        self._last = None
        whole = np.array([length]), np.array([matched])
        self._count(*whole)
        if len(self._proteins(*whole, np.array([others]))):
            raise protein(others / length)

    def _proteins(
        self,
        lengths: NDArray[np.int64],
        matched: NDArray[np.bool_],
        others: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """The rows of sequences that look like protein."""
        long = lengths >= self._window
        return np.flatnonzero(long & ~matched & (others > _MOST_OTHERS * lengths))

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
        others = np.zeros_like(lengths)
        hashes = sorted_distinct(mixed(minimizers.values))
        if not isinstance(chunk, Piece):
            return Found(hashes, lengths, matched, others, False, _no_protein)
        lengths[:1] -= chunk.repeated
        doubted = lengths >= self._scheme.window
        doubted[:1] = doubted[-1:] = True  # they may be longer than this piece
        for row in np.flatnonzero(doubted & ~matched):
            stop = rows.stops[row]
            others[row] = np.count_nonzero(~_BASES[rows.data[stop - lengths[row] : stop]])
        protein = partial(_protein, chunk)
        return Found(hashes, lengths, matched, others, chunk.continued, protein)


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


def _protein(piece: Piece, row: int, others: float) -> FastaError:
    """The error for a sequence that begins in a piece, by the share of its other letters."""
    start = piece.text.record_start(row)
    name = header_at(piece.text, start)[1:]
    return FastaError(
        piece.text.location(row, start),
        f"{show(name)} looks like protein: {100 * others:.0f} % of its letters are not A, C, G, T,"
        " U or N; an index is made of nucleotides",
    )


def _no_protein(row: int, _others: float) -> FastaError:
    raise AssertionError(f"sequence {row} is not from FASTA, and its letters are not counted")
