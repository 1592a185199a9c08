"""Text on its way into a file that may be compressed: plain, gzip as BGZF, or zstd."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from biometal_stream.atomic import AtomicFile
from biometal_stream.codecs.bgzf import writer as bgzf
from biometal_stream.sinks.buffers import Bytes
from biometal_stream.sinks.names import compression_said_by

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

COMPRESSIONS = ("none", "gzip", "zstd")
LEVELS = {"gzip": bgzf.LEVELS, "zstd": (1, 22)}

_ZSTD_LEVEL = 3
_ZSTD_MEMORY = 256  # MiB that the files which values name may take together
_ZSTD_MEBIBYTES = ((3, 2), (6, 4), (9, 12), (19, 90), (22, 256))
"""The highest level, and the MiB that a compressor of it holds, measured with `_SMALL_WINDOW`."""
_SMALL_WINDOW = 19  # 512 KiB, by the logarithm
_GATHERED = 16 * bgzf.BLOCK
"""Bytes of text that are compressed in one go where they come in smaller morsels."""


class TextWriter:
    """Takes the text of one file, which a `Compression` has encoded, in its order."""

    def __init__(self, write: Callable[[Bytes], None], end: bytes = b"") -> None:
        self._write = write
        self._end = end

    def write(self, data: Bytes, /) -> None:
        """Writes the next bytes."""
        self._write(data)

    def finish(self) -> None:
        """Writes what ends the file."""
        if self._end:
            self._write(self._end)


@dataclass(frozen=True)
class Compression:
    """How text is compressed: what workers can do at once, and what goes file by file.

    Attributes:
        name: One of `COMPRESSIONS`.
        level: Its level; by default 3.
    """

    name: str
    level: int | None = None

    def encode(self, text: memoryview) -> Bytes:
        """The part for the workers: blocks of gzip; other text stays as it is."""
        if self.name != "gzip":
            return text
        return bgzf.compress_blocks(text, self.level or bgzf.DEFAULT_LEVEL)

    def start(self, write: Callable[[Bytes], None], workers: int = 1) -> TextWriter:
        """Begins a file.

        Args:
            write: Takes its bytes.
            workers: The threads that zstd may have of its own; 0 for a file among many, which
                then takes as little memory as it can.
        """
        if self.name == "zstd":
            return _Zstd(write, self.level or _ZSTD_LEVEL, workers)
        return TextWriter(write, bgzf.END if self.name == "gzip" else b"")

    @property
    def most_files(self) -> int | None:
        """How many files can be written at once; ``None`` where only the disk bounds them."""
        if self.name != "zstd":
            return None
        level = self.level or _ZSTD_LEVEL
        held = next(mebibytes for highest, mebibytes in _ZSTD_MEBIBYTES if level <= highest)
        return max(1, _ZSTD_MEMORY // held)


@contextmanager
def text_file(target: str) -> Iterator[Callable[[bytes], None]]:
    """Writes text to a file, compressed as its name says; commits when the body ends well.

    Args:
        target: The file; ``-`` is standard output.

    Yields:
        What takes the next bytes, of any number. Belongs to one thread at a time.

    Raises:
        ConfigurationError: The name says a compression that is not written.
        SinkError: The target cannot be written.
    """
    compression = compression_said_by(target)
    with AtomicFile(target) as file:
        if compression == "none":
            yield file.write
            return
        compressing = Compression(compression)
        writer = compressing.start(file.write)
        waiting = bytearray()

        def flush() -> None:
            writer.write(compressing.encode(memoryview(bytes(waiting))))
            waiting.clear()

        def write(data: bytes) -> None:
            waiting.extend(data)
            if len(waiting) >= _GATHERED:
                flush()

        yield write
        flush()
        writer.finish()


class _Zstd(TextWriter):
    """One frame, since some readers end silently after the first of several.

    With at least one thread of its own, zstd cuts its jobs alike for any number of them.
    """

    def __init__(self, write: Callable[[Bytes], None], level: int, workers: int) -> None:
        super().__init__(write)
        parameter = zstd.CompressionParameter
        options: dict[int, int] = {
            parameter.compression_level: level,
            parameter.checksum_flag: 1,
        }
        most = parameter.nb_workers.bounds()[1]
        if workers and most:
            options[parameter.nb_workers] = min(workers, most)
        if not workers:
            options[parameter.window_log] = _SMALL_WINDOW
        self._compressor = zstd.ZstdCompressor(options=options)

    def write(self, data: Bytes, /) -> None:
        self._write(self._compressor.compress(data))

    def finish(self) -> None:
        self._write(self._compressor.flush())
