"""gzip inflated by several threads of rapidgzip, on machines that have the cores for it."""

from __future__ import annotations

import contextlib
from importlib.util import find_spec
from typing import TYPE_CHECKING

from isal import isal_zlib

from biometal_stream.codecs.damage import AGAIN
from biometal_stream.codecs.gzip.headers import check_first
from biometal_stream.codecs.gzip.indexed import FAULTS
from biometal_stream.codecs.gzip.members import GzipDecoder
from biometal_stream.errors import CompressedInputError

if TYPE_CHECKING:
    from biometal_stream.codecs.raw.input import RawInput
    from biometal_stream.codecs.reader import Codec

LEAST_WORKERS = 16
"""Cores for each file that is read at the same time.

rapidgzip 0.16 takes four times ISA-L's processor time for a byte of FASTQ (measured on 2 cores),
and takes it from the other stages. ISA-L inflates a read of 150 bases in 0.5 µs, in one thread per
file; rapidgzip takes 2.0, spread over all cores; parsing, filters and Parquet take 1.75. So one
file breaks even on 8 cores, (2.0 + 1.75) / 8 = 0.47, and two mates on 16. With 16 cores per file
rapidgzip should be twice as fast: a prediction, since it has not been measured on such a machine.
"""
LEAST_BYTES = 256 << 20
"""Compressed bytes below which rapidgzip's threads, at 4 MiB each, are not all busy."""
MOST_BYTES = 16 << 30
"""Compressed bytes above which memory would no longer be bounded: rapidgzip keeps a window of
32 KiB for every 4 MiB of input and never drops it, so here 128 MiB."""

_TRAILER = 8  # CRC32 and ISIZE
_SCRATCH = 1 << 20


def worth_parallel(raw: RawInput, threads: int) -> bool:
    """Whether rapidgzip should read gzip: it is installed, with enough cores and a large file.

    Args:
        raw: The file.
        threads: The run's workers, divided by the number of files that are read at the same time.
    """
    return (
        threads >= LEAST_WORKERS
        and raw.path is not None
        and raw.offset == 0
        and raw.bytes_total is not None
        and LEAST_BYTES <= raw.bytes_total <= MOST_BYTES
        and find_spec("rapidgzip") is not None
    )


class ParallelGzipDecoder:
    """Inflates with rapidgzip, and falls back to ISA-L if the result is not certain.

    rapidgzip 0.16 checks the CRC32 of each member whose end it sees. But it takes a file that is
    cut off in the middle of a member for complete, does not check ISIZE, and refuses padding. So
    its result is accepted only if the last 8 bytes of the file are the CRC32 and the length of
    everything that it inflated: then the file is one whole member. Otherwise (an error, a
    truncated file, several members) `GzipDecoder` reads the file again from the start, skips what
    was delivered, and decides the rest: bytes, the end or an error. A file of several members
    therefore takes a little longer than without rapidgzip.

    Args:
        raw: A regular file, unread except through `RawInput.peek`.
        threads: How many it may use.

    Raises:
        CompressedInputError: The file's first header has reserved flags.
    """

    codec: Codec = "rapidgzip"

    def __init__(self, raw: RawInput, threads: int) -> None:
        import rapidgzip

        check_first(raw)

        assert raw.path is not None
        self._raw = raw
        self._file = rapidgzip.RapidgzipFile(raw.path, parallelization=threads)
        self._crc = 0
        self._delivered = 0
        self._judge: GzipDecoder | None = None

    def readinto(self, target: memoryview, /) -> int:
        """Fills the target, unless the input ends first.

        Raises:
            CompressedInputError: The input is truncated, corrupt, or followed by junk.
        """
        if self._judge is not None:
            return self._judge.readinto(target)
        self._raw.check()
        try:
            count = int(self._file.readinto(target))
        except FAULTS:
            return self._doubt(target)
        if count == 0:
            self._raw.confirm()
            if not self._ends_well():
                return self._doubt(target)
        self._crc = isal_zlib.crc32(target[:count], self._crc)
        self._delivered += count
        self._raw.elsewhere = self._file.tell_compressed() // 8
        return count

    def _ends_well(self) -> bool:
        assert self._raw.path is not None
        with open(self._raw.path, "rb") as file:  # noqa: PTH123
            file.seek(-_TRAILER, 2)
            trailer = file.read()
        size = self._delivered % (1 << 32)
        return trailer == self._crc.to_bytes(4, "little") + size.to_bytes(4, "little")

    def _doubt(self, target: memoryview) -> int:
        """Reads the file again up to what was delivered, and continues from there."""
        self.close()
        judge = GzipDecoder(self._raw)
        scratch = memoryview(bytearray(_SCRATCH))
        left, crc = self._delivered, 0
        while left and (count := judge.readinto(scratch[: min(left, _SCRATCH)])):
            crc = isal_zlib.crc32(scratch[:count], crc)
            left -= count
        if left or crc != self._crc:
            raise CompressedInputError(
                f"{self._raw.name}: gave different bytes when it was inflated again; "
                f"it changed while it was read, or is corrupt: {AGAIN}"
            )
        self._judge = judge
        return judge.readinto(target)

    def close(self) -> None:
        """Stops rapidgzip's threads; may be called again."""
        with contextlib.suppress(ValueError):
            self._file.close()
