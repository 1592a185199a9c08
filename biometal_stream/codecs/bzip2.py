"""bzip2."""

from __future__ import annotations

import bz2

from biometal_stream.codecs.detect import BZIP2
from biometal_stream.codecs.streams import PythonInflater, StreamFormat

BZIP2_FORMAT = StreamFormat(
    codec="bzip2",
    stream="a bzip2 stream",
    beginnings=(BZIP2,),
    start=lambda: PythonInflater(bz2.BZ2Decompressor()),
    error=OSError,
)
