"""Cuts FASTA into texts that may end within a sequence, so that no sequence is held as a whole."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.columns import StringColumn, string_column
from biometal_stream.errors import FastaError
from biometal_stream.sources.fasta.diagnose import not_a_header
from biometal_stream.sources.fasta.kernels import count_headers
from biometal_stream.sources.fasta.parse import parse
from biometal_stream.sources.fasta.text import FastaText
from biometal_stream.sources.text.lines import count_newlines
from biometal_stream.sources.text.segments import SPARE, Segments, allocate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from biometal_stream.codecs import ByteReader
    from biometal_stream.interfaces import Run
    from biometal_stream.sources.lanes import Inputs
    from biometal_stream.sources.text.segments import Segment

_MARK = b"\xef\xbb\xbf"
_NO_LIMIT = 1 << 40
_LONGEST_HEADER = 16 << 20


@dataclass(frozen=True)
class Piece:
    """Some text of one file.

    Attributes:
        text: Whole lines, or the first part of a sequence's line at the end. If the first sequence
            goes on from the piece before, it stands under an empty header, which is not in the
            file, after the last bases of that piece.
        repeated: The number of those bases.
        continued: Whether the first sequence goes on from the piece before.
    """

    text: FastaText
    repeated: int = 0
    continued: bool = False


class FastaPieces:
    """FASTA files being read, each sequence in as many pieces as it takes.

    All of a piece is checked as `biometal_stream.sources.fasta` does. The methods are those of an
    `OpenSource`.

    Args:
        inputs: The files.
        run: Provides workers and threads.
        nbytes: The bytes of a piece.
        overlap: The bases at the end of a piece that the next one repeats.
    """

    def __init__(self, inputs: Inputs, run: Run, nbytes: int, overlap: int) -> None:
        self._inputs, self._run = inputs, run
        self._nbytes, self._overlap = nbytes, overlap

    @property
    def bytes_read(self) -> int:
        """As `OpenSource.bytes_read`."""
        return self._inputs.bytes_read

    @property
    def bytes_total(self) -> int | None:
        """As `OpenSource.bytes_total`."""
        return self._inputs.bytes_total

    def chunks(self) -> Iterator[Piece]:
        """Reads and cuts the files.

        Raises:
            FastaError: A file does not begin with a header, or one is longer than 16 MiB.
            CompressedInputError: The compressed input is damaged.
            InputError: A file cannot be read.
        """
        for (reader,) in self._inputs.lanes():
            with closing(Segments(reader, self._nbytes, self._run)) as segments:
                yield from _Cutter(reader, self._overlap).pieces(segments)

    def parse(self, piece: Piece) -> StringColumn:
        """Checks a piece, and copies its sequences; runs in any worker.

        Raises:
            FastaError: A record is bad.
        """
        parsed = parse((piece.text,), _NO_LIMIT, ("sequence",))
        if parsed.error is not None:
            raise parsed.error
        return string_column(parsed.columns["sequence"], "sequence")


class _Cutter:
    """Cuts one file."""

    def __init__(self, reader: ByteReader, overlap: int) -> None:
        self._file, self._overlap = reader.name, overlap
        self._held = b""  # the beginning of a header, or a carriage return
        self._repeated = b""  # the last bases before
        self._continued = False
        self._at_line = True  # whether a line begins
        self._records = self._lines = self._offset = 0

    def pieces(self, segments: Segments) -> Iterator[Piece]:
        at_end = False
        while not at_end:
            segment = segments.take()
            at_end = segment.at_end or segment.failure is not None
            piece = self._piece(segment, at_end)
            if piece is not None:
                yield piece
            if segment.failure is not None:
                raise segment.failure

    def _piece(self, segment: Segment, at_end: bool) -> Piece | None:
        front = self._front()
        data, start, stop = _joined(front + self._held, segment)
        if not self._records:
            start = self._beginning(data, start, stop, at_end)
        cut = stop if at_end else _last_place(data, start + len(front), stop)
        self._held = data[cut:stop].tobytes()
        headers = int(count_headers(data, np.uint64(start), np.uint64(cut), True))
        if len(self._held) > _LONGEST_HEADER:  # it is held as a whole
            where = self._text(data, start, stop, headers, front).location(headers, cut)
            reason = f"a header of more than {_LONGEST_HEADER:,} bytes; is this FASTA?"
            raise FastaError(where, reason)
        if cut <= start + len(front):
            return None
        text = self._text(data, start, cut, headers, front)
        piece = Piece(text, len(self._repeated), self._continued)
        self._go_on(text, len(front), headers)
        return piece

    def _front(self) -> bytes:
        """What stands before text that goes on with a sequence."""
        if not self._continued:
            return b""
        return b">\n" + self._repeated + (b"\n" if self._at_line else b"")

    def _text(
        self, data: NDArray[np.uint8], start: int, stop: int, records: int, front: bytes
    ) -> FastaText:
        """A text whose locations are those in the file."""
        return FastaText(
            bytes=data,
            start=start,
            stop=stop,
            known=stop,
            records=records,
            file=self._file,
            first_record=self._records - self._continued,
            offset=self._offset - len(front),
            at_end=False,
            first_line=self._lines - front.count(b"\n"),
        )

    def _go_on(self, text: FastaText, front: int, headers: int) -> None:
        first = text.start + front
        self._records += headers - self._continued
        self._lines += int(count_newlines(text.bytes, np.uint64(first), np.uint64(text.stop)))
        self._offset += text.stop - first
        self._at_line = bool(text.bytes[text.stop - 1] == ord("\n"))
        self._continued = not self._held.startswith(b">")
        self._repeated = b""
        if self._continued:
            self._repeated = _last_bases(text.bytes, text.start, text.stop, self._overlap)

    def _beginning(self, data: NDArray[np.uint8], start: int, stop: int, at_end: bool) -> int:
        """Skips a byte order mark and blank lines before the first record; returns its start.

        Raises:
            FastaError: Something else comes first.
        """
        first = start
        if self._offset == 0 and data[start : min(stop, start + 3)].tobytes() == _MARK:
            start += len(_MARK)
        while start < stop and data[start] in b"\r\n":
            self._lines += int(data[start] == ord("\n"))
            start += 1
        self._offset += start - first
        if start < stop and data[start] != ord(">"):
            raise not_a_header(self._text(data, start, stop, 0, b""), start)
        if at_end and start == stop:
            self._held = b""
        return start


def _joined(before: bytes, segment: Segment) -> tuple[NDArray[np.uint8], int, int]:
    """The text of a segment after some bytes, with its start and stop."""
    size = segment.stop - segment.start
    data, start = segment.bytes, segment.start - len(before)
    if start < 0:  # a long header
        data, start = allocate(len(before) + size + SPARE), 0
        data[len(before) : len(before) + size] = segment.bytes[segment.start : segment.stop]
    data[start : start + len(before)] = np.frombuffer(before, np.uint8)
    return data, start, start + len(before) + size


def _last_place(data: NDArray[np.uint8], start: int, stop: int) -> int:
    """Where text can be cut: not within a header, nor between a carriage return and a newline."""
    line = _last(data, start, stop, b"\n") + 1
    if line < stop and data[line] == ord(">"):
        return line
    return stop - 1 if stop > start and data[stop - 1] == ord("\r") else stop


def _last(data: NDArray[np.uint8], start: int, stop: int, what: bytes) -> int:
    """The last place of a byte; the one before ``start`` if there is none."""
    step = 1 << 12
    while stop > start:
        first = max(start, stop - step)
        found = data[first:stop].tobytes().rfind(what)
        if found >= 0:
            return first + found
        stop, step = first, 4 * step
    return start - 1


def _last_bases(data: NDArray[np.uint8], start: int, stop: int, number: int) -> bytes:
    """The last bases of the last record of a text, which begins with a header."""
    bases = b""
    while stop > start and len(bases) < number:
        line = _last(data, start, stop - 1, b"\n") + 1
        if data[line] == ord(">"):
            break
        text = data[max(line, stop - number - len(b"\r\n")) : stop].tobytes()
        bases = text.translate(None, b"\r\n") + bases
        stop = line
    return bases[-number:]
