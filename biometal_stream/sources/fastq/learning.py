"""Learns from the first records of each lane how to read it.

Whole records are held until there are as many as the learners need, and are then parsed by what
was learnt, so this works on pipes. The decision is made once per lane, for its files together. The
result goes with each chunk, and with each partition: what divides a lane learns for all partitions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from biometal_stream.mates.names import SHOWING
from biometal_stream.sources.fastq.quality_encoding import EncodingLearner
from biometal_stream.sources.fastq.text import Lines
from biometal_stream.sources.text.first_names import FirstNames
from biometal_stream.sources.text.mispaired import first_names, seen_separator

if TYPE_CHECKING:
    from biometal_stream.interfaces import Run
    from biometal_stream.mates.names import Separator
    from biometal_stream.sources.fastq.files import FastqFiles
    from biometal_stream.sources.fastq.options import QualityEncoding
    from biometal_stream.sources.fastq.text import RecordText


class Learnt(NamedTuple):
    """What the first records of a lane show.

    Attributes:
        encoding: The encoding of the qualities.
        separator: What marks mates, besides the slash.
    """

    encoding: QualityEncoding = "phred33"
    separator: Separator = "/"


class LaneLearner:
    """Learns from the first records of each lane. For use by one thread.

    Args:
        files: The options; what they specify is not learnt.
        run: Takes warnings and counts, and what was learnt.

    Attributes:
        records: Records of each file to hold, if there are as many.
        nbytes: Bytes of text of each file to hold, likewise.
    """

    def __init__(self, files: FastqFiles, run: Run) -> None:
        self._encoding = EncodingLearner(files.quality_encoding, run)
        self._paired = files.paired
        self._reads = files.reads
        self._lanes = FirstNames(run.warn)
        self.records = 2 * SHOWING if files.interleaved else SHOWING
        self.nbytes = self._encoding.nbytes

    def learn(self, texts: tuple[RecordText, ...]) -> Learnt:
        """Learns from the first text of each file of a lane: reads, mates, index reads.

        Warns if mates are given as lanes, and if the qualities look wrong.
        """
        encoding = self._encoding.learn([Lines.of(text) for text in texts])
        if self._paired:
            return Learnt(encoding, seen_separator(texts[: self._reads]))
        self._lanes.note(texts[0].file, first_names(texts[0], SHOWING))
        return Learnt(encoding)
