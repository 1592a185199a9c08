"""Text on its way into a file that may be compressed: plain, gzip as BGZF, or zstd."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from biometal_stream.atomic import AtomicFile
from biometal_stream.codecs.bgzf import writer as bgzf
from biometal_stream.sinks.names import compression_said_by

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

COMPRESSIONS = ("none", "gzip", "zstd")
LEVELS = {"gzip": bgzf.LEVELS, "zstd": (1, 22)}

_DEFAULT_LEVELS = {"gzip": bgzf.DEFAULT_LEVEL, "zstd": 3}
_GATHERED = 16 * bgzf.BLOCK
"""Bytes of text that are compressed in one go where they come in smaller morsels."""


class TextWriter(ABC):
    """How one file is compressed."""

    def __init__(self, file: AtomicFile) -> None:
        self._file = file

    @abstractmethod
    def encode(self, text: memoryview) -> memoryview | bytes:
        """The part for the workers."""

    def write(self, data: memoryview | bytes) -> None:
        """The part in order."""
        self._file.write(data)

    def finish(self) -> None:  # noqa: B027 - most files end with their last record
        """Writes what ends the file."""


def text_writer(
    file: AtomicFile, compression: str, level: int | None = None, workers: int = 1
) -> TextWriter:
    """Compresses what goes into a file.

    Args:
        file: Where the bytes go.
        compression: One of `COMPRESSIONS`.
        level: Its level, by default 3.
        workers: The threads that zstd may have of its own.
    """
    level = level or _DEFAULT_LEVELS.get(compression, 0)
    if compression == "gzip":
        return _Gzip(file, level)
    if compression == "zstd":
        return _Zstd(file, level, workers)
    return _Plain(file)


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
        writer = text_writer(file, compression)
        waiting = bytearray()

        def flush() -> None:
            writer.write(writer.encode(memoryview(bytes(waiting))))
            waiting.clear()

        def write(data: bytes) -> None:
            waiting.extend(data)
            if len(waiting) >= _GATHERED:
                flush()

        yield write
        flush()
        writer.finish()


class _Plain(TextWriter):
    def encode(self, text: memoryview) -> memoryview:
        return text


class _Gzip(TextWriter):
    def __init__(self, file: AtomicFile, level: int) -> None:
        super().__init__(file)
        self._level = level

    def encode(self, text: memoryview) -> bytes:
        return bgzf.compress_blocks(text, self._level)

    def finish(self) -> None:
        self._file.write(bgzf.END)


class _Zstd(TextWriter):
    """One frame, since some readers end silently after the first of several.

    With at least one thread of its own, zstd cuts its jobs alike for any number of them.
    """

    def __init__(self, file: AtomicFile, level: int, workers: int) -> None:
        super().__init__(file)
        parameter = zstd.CompressionParameter
        options: dict[int, int] = {
            parameter.compression_level: level,
            parameter.checksum_flag: 1,
        }
        most = parameter.nb_workers.bounds()[1]
        if most:
            options[parameter.nb_workers] = min(max(1, workers), most)
        self._compressor = zstd.ZstdCompressor(options=options)

    def encode(self, text: memoryview) -> memoryview:
        return text

    def write(self, data: memoryview | bytes) -> None:
        self._file.write(self._compressor.compress(data))

    def finish(self) -> None:
        self._file.write(self._compressor.flush())
