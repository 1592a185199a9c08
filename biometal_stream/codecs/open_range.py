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
        run: Provides workers to the codecs that can use them.
        look: Checks the content, if the range is the whole file.

    Returns:
        The opened range; the caller closes it.

    Raises:
        InputError: The file cannot be read, or has changed since it was divided.
        CompressedInputError: The beginning of the file is damaged.
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
