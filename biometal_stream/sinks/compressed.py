"""Writes text to a file that may be compressed: plain, gzip as BGZF, or zstd."""

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
LEVELS = {"gzip": (min(bgzf.LEVELS), max(bgzf.LEVELS)), "zstd": (1, 22)}

_ZSTD_LEVEL = 3
_ZSTD_MEMORY = 256  # MiB, for all files that values name together
_ZSTD_MEBIBYTES = ((3, 2), (6, 4), (9, 12), (19, 90), (22, 256))
"""The highest level, and the MiB that its compressor takes, measured with `_SMALL_WINDOW`."""
_SMALL_WINDOW = 19  # 512 KiB, as a power of 2
_GATHERED = 16 * bgzf.BLOCK
"""Bytes of text compressed in one step if the morsels are smaller."""


class TextWriter:
    """Writes the text of one file, encoded by a `Compression`, in order."""

    def __init__(self, write: Callable[[Bytes], None], end: bytes = b"") -> None:
        self._write = write
        self._end = end

    def write(self, data: Bytes, /) -> None:
        """Writes the next bytes."""
        self._write(data)

    def finish(self) -> None:
        """Writes the end of the file."""
        if self._end:
            self._write(self._end)


@dataclass(frozen=True)
class Compression:
    """How text is compressed: what workers can do in parallel, and what is done file by file.

    Attributes:
        name: One of `COMPRESSIONS`.
        level: The compression level; by default 1 for gzip and 3 for zstd.
    """

    name: str
    level: int | None = None

    def encode(self, text: memoryview) -> Bytes:
        """The part for the workers: compresses to blocks of gzip; returns other text unchanged."""
        if self.name != "gzip":
            return text
        return bgzf.compress_blocks(text, self.level or bgzf.DEFAULT_LEVEL)

    def start(self, write: Callable[[Bytes], None], workers: int = 1) -> TextWriter:
        """Starts a file.

        Args:
            write: Writes its bytes.
            workers: The number of threads that zstd may start; 0 for a file among many, which
                then takes as little memory as possible.
        """
        if self.name == "zstd":
            return _Zstd(write, self.level or _ZSTD_LEVEL, workers)
        return TextWriter(write, bgzf.END if self.name == "gzip" else b"")

    @property
    def most_files(self) -> int | None:
        """The most files that can be written at once; ``None`` if only the disk limits them."""
        if self.name != "zstd":
            return None
        level = self.level or _ZSTD_LEVEL
        held = next(mebibytes for highest, mebibytes in _ZSTD_MEBIBYTES if level <= highest)
        return max(1, _ZSTD_MEMORY // held)


@contextmanager
def text_file(target: str) -> Iterator[Callable[[bytes], None]]:
    """Writes text to a file, compressed as its name says; commits if the body succeeds.

    Args:
        target: The file; ``-`` is standard output.

    Yields:
        A function that takes the next bytes, any number of them. For use by one thread at a time.

    Raises:
        ConfigurationError: The name is that of an unsupported compression.
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
    """One frame, since some readers silently stop after the first of several.

    If zstd has at least one thread, it divides its work the same way for any number of threads.
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
