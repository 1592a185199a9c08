"""Quality encodings: how to detect them, and their translation.

Cock et al. 2010, "The Sanger FASTQ file format for sequences with quality scores, and the
Solexa/Illumina FASTQ variants", describes all three: Phred+33, Illumina's Phred+64, which was
written up to 2011, and Solexa's.

A wrong translation destroys data, so a file is translated only if nothing else explains it. A byte
below ``;`` occurs only in Phred+33, and one above ``i`` was not written by the old instruments,
whose best score was 40 or 41. What remains is either Phred+33 without low scores, from a consensus
or filtered base by base, or an old file. It is certainly old

* if its highest byte is ``h`` or ``i``, the best score of the old instruments, 71 or 72 in
  Phred+33; or
* if its lowest byte is ``B`` and occurs only at the ends of reads: from 2009 to 2011 Illumina
  marked the unusable end of a read like this. Its highest byte must be at least ``^``, score 30.

Fewer than 40 qualities, or only one or two distinct values, are never certain. Everything else is
doubtful and left unchanged.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from biometal_stream.sources.fastq.kernels.qualities import count_qualities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from biometal_stream.interfaces import Run
    from biometal_stream.sources.fastq.options import QualityEncoding, QualityEncodingChoice
    from biometal_stream.sources.fastq.text import Lines

SAMPLE_BYTES = 4 * 1024 * 1024
"""Text at the start of a file used to detect its encoding, in bytes."""

_PHRED33 = 33
_PHRED64 = 64
_LOWEST_SOLEXA = -5
_HIGHEST = 62  # '~' in Phred+64
_LEAST_OLD = ord(";")
_BEST_OLD = (ord("h"), ord("i"))
_TAIL = ord("B")
_GOOD = ord("^")
_LIKELY_BEST = ord("b")  # 65 in Phred+33; consensus programs stop at 60 or go up to 90
_LIKELY_LEAST = ord("P")  # 47 in Phred+33
_BEST_COMMON = ord("K")  # 42 in Phred+33, the best of most instruments
_FEWEST = 40
_MOSTLY = 0.9
"""The share of ``B`` at the ends of reads in an old file; unknown bases have it too."""


class Qualities(NamedTuple):
    """Statistics of the qualities at the start of files.

    Attributes:
        counts: ``int64``, (256,): how often each byte occurs.
        tails: The number of ``B`` at the ends of reads.
        tailed: The number of reads that end in two or more ``B``.
    """

    counts: NDArray[np.int64]
    tails: int
    tailed: int

    @classmethod
    def of(cls, *files: Lines) -> Qualities:
        """Counts the qualities at the start of files, in the same number of lines of each.

        Lines that do not belong to a record are skipped. If a byte shows that a file is Phred+33,
        no more of it is read.
        """
        number = min(_sampled(lines) for lines in files)
        counts = np.zeros(256, np.int64)
        tails = tailed = 0
        for lines in files:
            text, start = lines.text.bytes, np.uint64(lines.text.start)
            found = count_qualities(text, lines.ends, start, np.uint64(number), counts)
            tails += int(found[0])
            tailed += int(found[1])
        return cls(counts, tails, tailed)

    @property
    def least(self) -> int:
        """The lowest byte; 255 without any quality."""
        found = np.flatnonzero(self.counts)
        return int(found[0]) if len(found) else 255

    @property
    def best(self) -> int:
        """The highest byte; 0 without any quality."""
        found = np.flatnonzero(self.counts)
        return int(found[-1]) if len(found) else 0

    @property
    def values(self) -> int:
        """The number of distinct bytes."""
        return int(np.count_nonzero(self.counts))

    @property
    def old(self) -> QualityEncoding:
        """The encoding if it is not Phred+33."""
        return "phred64" if self.least >= _PHRED64 else "solexa"

    @property
    def possibly_old(self) -> bool:
        """Whether old instruments may have written them, and most others would not."""
        fits = self.least >= _LEAST_OLD and _BEST_COMMON < self.best <= max(_BEST_OLD)
        return fits and (self.values > 1 or self.best in _BEST_OLD)

    @property
    def certainly_old(self) -> bool:
        """Whether only old instruments can have written them."""
        if not self.possibly_old or self.values < 3 or int(self.counts.sum()) < _FEWEST:
            return False
        marks_ends = (
            self.least == _TAIL
            and self.best >= _GOOD
            and self.tailed > 1
            and self.tails >= _MOSTLY * int(self.counts[_TAIL])
        )
        return self.best in _BEST_OLD or marks_ends

    @property
    def probably_old(self) -> bool:
        """Whether an old file is more likely than a consensus, so that a warning is needed."""
        likely = self.best >= _LIKELY_BEST or self.least >= _LIKELY_LEAST
        return self.certainly_old or (self.possibly_old and likely)


def _sampled(lines: Lines) -> int:
    """The lines in the first `SAMPLE_BYTES` of a text, but at least the first record."""
    stop = np.uint32(lines.text.start + SAMPLE_BYTES)  # of the ends' type, to avoid a copy
    number = int(np.searchsorted(lines.ends[: lines.lines], stop))
    return min(max(4, number), lines.lines)


def _detect_encoding(files: Sequence[Lines], run: Run) -> QualityEncoding:
    """Detects an encoding from the start of files; warns in doubt; counts translated files."""
    together = Qualities.of(*files)
    each = [(lines.text.file, Qualities.of(lines)) for lines in files]
    old = together.old
    if together.possibly_old and any(seen.certainly_old for _, seen in each):
        run.count(f"files translated from {old}", len(files))
        return old
    for file, seen in each:
        if seen.probably_old and not together.possibly_old:
            run.warn(
                f"{file}: the qualities look like {seen.old}, those of its mates like phred33;"
                " both are taken for phred33: convert one of the files"
            )
        elif seen.possibly_old and together.possibly_old:
            run.warn(
                f"{file}: the qualities may be {seen.old}, or phred33 without low scores, and are"
                f" left unchanged; if they are {seen.old}, --quality-encoding {seen.old}"
                " translates them"
            )
    return "phred33"


def _warn_of_encoding(files: Sequence[Lines], run: Run) -> None:
    """Warns about each file whose qualities are read as Phred+33 but do not look like it."""
    for lines in files:
        seen = Qualities.of(lines)
        if seen.probably_old:
            choice = "auto" if seen.certainly_old else seen.old
            run.warn(
                f"{lines.text.file}: the qualities look like {seen.old} and are taken for phred33;"
                f" --quality-encoding {choice} translates them"
            )


class EncodingLearner:
    """Detects the quality encoding of a file, unless it is given.

    Args:
        choice: The encoding given for all files.
        run: Takes warnings and counts, and what was learnt.

    Attributes:
        nbytes: Bytes of text at the start of each file to use, if there are as many.
        given: The encoding, if it is given and the text is not needed.
    """

    def __init__(self, choice: QualityEncodingChoice, run: Run) -> None:
        self._choice = choice
        self._run = run
        self.nbytes = SAMPLE_BYTES if choice == "auto" else 0
        self.given: QualityEncoding | None = None
        if choice == "phred64" or choice == "solexa":  # noqa: PLR1714 - mypy narrows only this form
            self.given = choice

    def learn(self, files: Sequence[Lines]) -> QualityEncoding:
        """The encoding of a file, or of two files of mates, which must share it.

        Args:
            files: The first lines of each file.
        """
        if self.given is not None:
            return self.given
        if self._choice == "auto":
            learnt = _detect_encoding(files, self._run)
            for lines in files:
                self._run.note("quality-encoding", lines.text.file, learnt)
            return learnt
        _warn_of_encoding(files, self._run)
        return "phred33"


@cache
def translation(encoding: QualityEncoding) -> NDArray[np.uint8]:
    """Builds the table from a byte to its Phred+33 byte: ``uint8``, (256,), 0 for invalid bytes.

    A Solexa score S becomes the Phred score ``10 log10(10^(S/10) + 1)``, rounded (Cock et al.
    2010).
    """
    table = np.zeros(256, np.uint8)
    if encoding == "phred33":
        table[ord("!") : ord("~") + 1] = np.arange(ord("!"), ord("~") + 1)
    elif encoding == "phred64":
        for score in range(_HIGHEST + 1):
            table[_PHRED64 + score] = _PHRED33 + score
    else:
        for score in range(_LOWEST_SOLEXA, _HIGHEST + 1):
            table[_PHRED64 + score] = _PHRED33 + round(10 * math.log10(10 ** (score / 10) + 1))
    table.setflags(write=False)
    return table
