"""Opens an input and selects its decoder."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from biometal_stream.codecs.detect import FIRST_LOOK, LOOK, refuse_recompressed, tell_codec
from biometal_stream.codecs.raw.files import FileInput
from biometal_stream.codecs.raw.input import RawInput
from biometal_stream.codecs.raw.open import open_raw
from biometal_stream.codecs.raw.pipes import PipeInput
from biometal_stream.codecs.reader import SpreadDecoder
from biometal_stream.errors import CompressedInputError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from biometal_stream.codecs.raw.abreast import Abreast
    from biometal_stream.codecs.raw.unchanged import Seen
    from biometal_stream.codecs.reader import ByteReader, Codec, Decoder, Job, Look
    from biometal_stream.interfaces import Run


def open_bytes(
    target: str | os.PathLike[str] | BinaryIO,
    *,
    run: Run,
    seen: Seen | None = None,
    look: Look | None = None,
    files: int = 1,
) -> ByteReader:
    """Opens an input to read its decompressed bytes.

    The compression is detected by the first bytes, never by the name. For a regular file they are
    read here; for anything else at the first `ByteReader.readinto` or `ByteReader.codec`, so that a
    pipe is not waited for before its reader can be interrupted. Plain text is copied only by the
    system; memory is bounded for every codec.

    Args:
        target: A path, ``-`` for standard input (its descriptor, not `sys.stdin`), or a binary
            file object. A file object is not closed. Unless it is an `io.FileIO` or a pipe's
            `io.BufferedReader`, it is read by its own methods, and an interrupt takes effect
            only between reads.
        run: Provides workers to the codecs that can use them.
        seen: The state of the file when the run began, if that was earlier.
        look: Checks the beginning of the content.
        files: How many files are read at the same time and share the workers.

    Returns:
        The opened input; the caller closes it.

    Raises:
        InputError: The file is missing, a folder, unreadable, has changed since it was seen, has
            an unsupported compression, or is refused by ``look``.
        ConfigurationError: The target is neither a path nor a binary file object.
        CompressedInputError: The beginning of the file is damaged.
    """
    return open_input(open_raw(target, seen), run, look, files)


def open_input(raw: RawInput, run: Run, look: Look | None = None, files: int = 1) -> ByteReader:
    """Does what `open_bytes` does, from raw bytes, and closes them on failure."""
    opened = OpenedInput(raw, run, look=look, files=files)
    if isinstance(raw, FileInput):
        try:
            opened.codec  # noqa: B018
        except BaseException:
            opened.close()
            raise
    return opened


def set_abreast(readers: Iterable[ByteReader], abreast: Abreast) -> None:
    """Lets pipes be read ahead while others wait; ignores other inputs."""
    for reader in readers:
        if isinstance(reader, OpenedInput) and isinstance(reader._raw, PipeInput):
            abreast.add(reader._raw)


class OpenedInput:
    """A `ByteReader`: raw bytes, and the decoder for their compression.

    Args:
        raw: The bytes; closed with this reader.
        run: Provides the workers.
        codec: The compression, if the bytes are not the beginning of a file.
        ends: Whether the bytes reach the end of the file.
        look: Checks the content, if the bytes are the beginning of a file.
        files: How many files are read at the same time.
    """

    def __init__(
        self,
        raw: RawInput,
        run: Run,
        codec: Codec | None = None,
        *,
        ends: bool = True,
        look: Look | None = None,
        files: int = 1,
    ) -> None:
        self._raw = raw
        self._run = run
        self._decoder: Decoder | None = None
        self._spread: SpreadDecoder | None = None  # the decoder, if it has jobs
        self._look = look
        self._head = b""  # the first decompressed bytes, until there are enough for the check
        self._judged = codec is not None
        self._codec = codec
        self._ends = ends
        self._files = files

    @property
    def codec(self) -> Codec:
        """As `ByteReader.codec`."""
        return self._found().codec

    @property
    def name(self) -> str:
        """As `ByteReader.name`."""
        return self._raw.name

    @property
    def bytes_read(self) -> int:
        """As `ByteReader.bytes_read`."""
        return self._raw.bytes_read

    @property
    def bytes_total(self) -> int | None:
        """As `ByteReader.bytes_total`."""
        return self._raw.bytes_total

    def readinto(self, target: memoryview, /) -> int:
        """As `ByteReader.readinto`."""
        self._raw.check()
        count = (self._decoder or self._found()).readinto(target)
        if not self._judged:
            self._judge(target[:count])
        return count

    def job(self, target: memoryview, /) -> Job | None:
        """As `ByteReader.job`."""
        self._raw.check()
        self._found()
        job = self._spread.job(target) if self._spread is not None else None
        if job is None or self._judged:
            return job
        return self._judged_job(job, target)

    def _judged_job(self, job: Job, target: memoryview) -> Job:
        """Runs a job right away, to check its bytes."""
        try:
            count = job()
        except CompressedInputError as error:
            self._judge(target[: error.written])
            return partial(_fail, error)
        self._judge(target[:count])
        return lambda: count

    def _found(self) -> Decoder:
        if self._decoder is None:
            codec = self._codec or tell_codec(self._raw)
            if codec == "plain" and self._raw.bytes_total is not None and not self._judged:
                self._judge_file()
            decoder = decoder_of(codec, self._raw, self._run, ends=self._ends, files=self._files)
            if isinstance(decoder, SpreadDecoder):
                self._spread = decoder
            self._decoder = decoder
        return self._decoder

    def _judge_file(self) -> None:
        """Checks plain text right away, since a file does not make its reader wait."""
        self._judged = True
        for size in (FIRST_LOOK, LOOK):
            head = self._raw.peek(size)
            if self._enough(head, ended=size == LOOK or len(head) < size):
                return

    def _judge(self, data: memoryview) -> None:
        """Checks an input by its first text, as much of it as there is so far."""
        self._head += bytes(data[: LOOK - len(self._head)])
        refuse_recompressed(self._head, self.name)
        self._judged = self._enough(self._head, ended=not len(data) or len(self._head) == LOOK)

    def _enough(self, head: bytes, *, ended: bool) -> bool:
        if self._look is None:
            return ended or len(head) >= FIRST_LOOK
        return self._look(head, self.name, ended=ended)

    def interrupt(self) -> None:
        """As `ByteReader.interrupt`."""
        self._raw.interrupt()

    def close(self) -> None:
        """As `ByteReader.close`."""
        try:
            if self._decoder is not None:
                self._decoder.close()
        finally:
            self._raw.close()


def _fail(error: Exception) -> NoReturn:
    raise error


def decoder_of(
    codec: Codec, raw: RawInput, run: Run, *, ends: bool = True, files: int = 1
) -> Decoder:
    """Creates the decoder of an input; imports its module only if needed."""
    if codec == "plain":
        from biometal_stream.codecs.plain import PlainDecoder

        return PlainDecoder(raw)
    if codec == "bgzf":
        from biometal_stream.codecs.bgzf.reader import BgzfDecoder

        return BgzfDecoder(raw, run, ends=ends)
    if codec == "gzip":
        from biometal_stream.codecs.gzip.members import GzipDecoder
        from biometal_stream.codecs.gzip.parallel import ParallelGzipDecoder, worth_parallel

        threads = run.workers // files
        if worth_parallel(raw, threads):
            return ParallelGzipDecoder(raw, threads)
        return GzipDecoder(raw)
    from biometal_stream.codecs.streams import StreamDecoder

    if codec == "zstd":
        from biometal_stream.codecs.zstd import ZSTD_FORMAT

        return StreamDecoder(raw, ZSTD_FORMAT)
    if codec == "bzip2":
        from biometal_stream.codecs.bzip2 import BZIP2_FORMAT

        return StreamDecoder(raw, BZIP2_FORMAT)
    from biometal_stream.codecs.xz import XZ_FORMAT

    return StreamDecoder(raw, XZ_FORMAT)
