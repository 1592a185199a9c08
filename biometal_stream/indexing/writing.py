"""Writes sorted hashes as an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from biometal_stream.indexes.deacon.header import header_bytes
from biometal_stream.indexes.deacon.values import packed
from biometal_stream.indexes.mixing import unmixed
from biometal_stream.indexes.opening import DEACON
from biometal_stream.indexing.runs import size_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.atomic import AtomicFile
    from biometal_stream.indexes.scheme import Scheme
    from biometal_stream.indexing.progress import Watch
    from biometal_stream.indexing.runs import SortedRun

_BLOCK = 1 << 18


def write_index(
    file: AtomicFile,
    format: str,
    scheme: Scheme,
    run: SortedRun,
    about: dict[str, Any],
    watch: Watch,
) -> None:
    """Writes an index, whose bytes depend on its k-mers and on ``about`` alone.

    Args:
        file: The file, open.
        format: One of `FORMATS`.
        scheme: Which k-mers these are.
        run: Their mixed values.
        about: What the index says of its sources.
        watch: Is told how far it is.

    Raises:
        SinkError: The file cannot be written.
    """
    count = size_of(run)
    watch.begin("writing", 8 * count)
    blocks = _blocks(run, watch)
    if format == DEACON:
        file.write(header_bytes(scheme, count))
        for block in blocks:
            file.write(packed(unmixed(block), scheme))
    else:
        from biometal_stream.indexes.compact.writing import write_compact

        write_compact(file, blocks, count, scheme, about)


def _blocks(run: SortedRun, watch: Watch) -> Iterator[NDArray[np.uint64]]:
    count = size_of(run)
    for start in range(0, count, _BLOCK):
        stop = min(start + _BLOCK, count)
        yield run.read(start, stop)
        watch.done(8 * stop)
