"""Opens a range of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.codecs.open import OpenedInput, open_input
from biometal_stream.codecs.raw.files import open_range, open_whole

if TYPE_CHECKING:
    from biometal_stream.codecs.ranges import FileRange
    from biometal_stream.codecs.reader import ByteReader, Look
    from biometal_stream.interfaces import Run


def open_file_range(part: FileRange, run: Run, look: Look | None = None) -> ByteReader:
    """Opens a file to read the text of a range.

    Args:
        part: The range.
        run: Lends its workers to the codecs that can use them.
        look: Judges what the file holds, where the range is all of it.

    Returns:
        The opened range; to be closed.

    Raises:
        InputError: The file cannot be read, or has changed since it was divided.
        CompressedInputError: The file's very beginning is bad.
    """
    if part.whole:
        return open_input(open_whole(part.path, part.name, part.size), run, look)
    if part.codec == "rapidgzip":
        from biometal_stream.codecs.gzip.indexed import IndexedReader

        return IndexedReader(part, run)
    if part.codec == "bgzf":
        from biometal_stream.codecs.bgzf.ranges import BgzfRangeReader

        return BgzfRangeReader(part, run)
    raw = open_range(part.path, part.name, part.first_byte, part.stop_byte, part.size)
    return OpenedInput(raw, run, "plain")
