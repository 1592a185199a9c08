"""Reads the k-mers that an index lists, sorted, in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.indexes.deacon.header import check_different
from biometal_stream.indexes.deacon.values import header_of, values_of
from biometal_stream.indexes.mixing import mixed
from biometal_stream.indexing.runs import Collected, size_of, sorted_distinct

if TYPE_CHECKING:
    from biometal_stream.indexing.progress import Watch
    from biometal_stream.indexing.runs import SortedRun
    from biometal_stream.run import LocalRun


def listed(path: str, run: LocalRun, memory: int, watch: Watch) -> SortedRun:
    """Reads the mixed values of an index in deacon's format 3.

    Args:
        path: The index.
        run: Provides the workers.
        memory: The bytes to hold.
        watch: Is told how far it is.

    Raises:
        InputError: It cannot be read, is truncated or damaged, or lists a k-mer twice.
        SinkError: There is no room for temporary files.
    """
    header = header_of(path)
    read = 0
    watch.begin("reading", header.count * header.width)
    words = Collected(run.executor, run.workers, memory)
    for values in values_of(path):
        words.add(sorted_distinct(mixed(values)))
        read += len(values) * header.width
        watch.done(read)
    found = words.finish()
    check_different(path, header, size_of(found))
    return found
