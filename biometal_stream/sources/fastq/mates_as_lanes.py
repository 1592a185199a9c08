"""Detects that files to be read one after another hold mates 1 and 2 of the same reads."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from biometal_stream.codecs.open_range import open_file_range
from biometal_stream.errors import BiometalError
from biometal_stream.mates.names import SHOWING
from biometal_stream.run import LEAST_MEMORY, LocalRun
from biometal_stream.sources.fastq.records import RecordReader
from biometal_stream.sources.text.first_names import FirstNames
from biometal_stream.sources.text.mispaired import first_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometal_stream.codecs.ranges import FileRange

_LOOK = 1 << 16


def warnings_of(files: Sequence[FileRange]) -> list[tuple[str, ...]]:
    """The warnings that reading files one after another would give, for each file.

    Args:
        files: The files. A file that cannot be read is skipped; reading it gives the error.
    """
    found: list[tuple[str, ...]] = []
    told: list[str] = []
    seen = FirstNames(told.append)
    with LocalRun(1, LEAST_MEMORY) as run:
        for file in files:
            try:
                with closing(open_file_range(file, run)) as opened:
                    reader = RecordReader(opened, _LOOK, LEAST_MEMORY)
                    number = min(SHOWING, reader.fill(SHOWING))
                    seen.note(file.name, first_names(reader.take(number), number))
            except BiometalError:
                pass
            found.append(tuple(told))
            told.clear()
    return found
