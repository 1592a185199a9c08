"""BGZF: gzip members of at most 64 KiB that give their size, inflated by all workers."""

from __future__ import annotations

from collections import deque
from concurrent.futures import CancelledError, Future, wait
from functools import partial
from typing import TYPE_CHECKING

import deflate
import numpy as np

from biometal_stream.budget import budget_of
from biometal_stream.channel import Aborted
from biometal_stream.codecs.bgzf.blocks import LARGEST_BLOCK, Block, BlockCutter
from biometal_stream.codecs.damage import corrupt
from biometal_stream.codecs.gzip.members import GzipDecoder
from biometal_stream.errors import CompressedInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometal_stream.codecs.raw.input import RawInput
    from biometal_stream.codecs.reader import Codec, Job
    from biometal_stream.interfaces import Run

GROUP = 16
"""Blocks inflated at a time for `BgzfDecoder.readinto`: at most 1 MiB."""
MOST_BLOCKS = 1024
"""The most blocks of one job, however small they are."""


def inflate_blocks(
    blocks: Sequence[Block], name: str
) -> tuple[list[memoryview], CompressedInputError | None]:
    """Inflates and checks blocks, with the GIL released for each. Thread-safe.

    Args:
        blocks: The blocks.
        name: The file, for errors.

    Returns:
        The inflated bytes of each block that is not empty, up to the first corrupt block, and
        the error of that block.
    """
    inflated: list[memoryview] = []
    for block in blocks:
        try:
            data = inflate(block, name)
        except CompressedInputError as damage:
            return inflated, damage
        if data:
            inflated.append(memoryview(data))
    return inflated, None


def inflate_into(blocks: Sequence[Block], name: str, target: memoryview) -> int:
    """Inflates and checks blocks one after another. Thread-safe.

    Args:
        blocks: The blocks.
        name: The file, for errors.
        target: Has room for all of them.

    Returns:
        The number of bytes written.

    Raises:
        CompressedInputError: A block is corrupt; the blocks before it are written.
    """
    at = 0
    room = np.frombuffer(target, np.uint8)
    for block in blocks:
        end = at + block.size
        try:
            # A memoryview would copy with the GIL held.
            np.copyto(room[at:end], np.frombuffer(inflate(block, name), np.uint8))
        except CompressedInputError as damage:
            damage.written = at
            raise
        at = end
    return at


def inflate(block: Block, name: str) -> bytearray:
    """Inflates and checks a block, with the GIL released. Thread-safe.

    Raises:
        CompressedInputError: The block is corrupt.
    """
    # libdeflate's function for gzip would look for the trailer right after the DEFLATE data. If
    # a block declares too large a size, it would skip the rest without an error.
    try:
        # Given room for 0 bytes, libdeflate would not look at the data at all.
        data = deflate.deflate_decompress(block.deflated, max(1, block.size))
    except deflate.DeflateError as error:
        raise _corrupt(name, block, "cannot be inflated") from error
    if len(data) != block.size:
        raise _corrupt(name, block, "has a length mismatch (ISIZE)")
    if deflate.crc32(data) != block.crc:
        raise _corrupt(name, block, "has a checksum mismatch (CRC32)")
    return data


def _corrupt(name: str, block: Block, reason: str) -> CompressedInputError:
    return corrupt(name, f"the BGZF block at byte {block.offset} {reason}")


class BgzfDecoder:
    """Inflates groups of blocks in the workers and returns them in order.

    At most ``2 * workers + 1`` groups are in flight, and no more than the budget of the run
    allows, but at least two. Parallel work ends at a gzip member that is not a block, as in
    concatenated files: `GzipDecoder` reads that member and everything after it. NULs between and
    after blocks are padding. A missing end-of-file block causes a warning.

    Args:
        raw: The input, at the beginning of a block.
        run: Provides the workers.
        ends: Whether the input reaches the end of the file.
    """

    codec: Codec = "bgzf"

    def __init__(self, raw: RawInput, run: Run, *, ends: bool = True) -> None:
        self._raw = raw
        self._run = run
        self._ends = ends
        self._window = max(
            2, min(2 * run.workers + 1, budget_of(run).inflated // (2 * GROUP * LARGEST_BLOCK))
        )
        self._cutter = BlockCutter(raw)
        self._pending: deque[Future[tuple[list[memoryview], CompressedInputError | None]]] = deque()
        self._damage: CompressedInputError | None = None
        self._inflated: deque[memoryview] = deque()
        self._rest: GzipDecoder | None = None
        self._finished = False

    def readinto(self, target: memoryview, /) -> int:
        """Copies inflated bytes into the target; waits only if there are none.

        Raises:
            CompressedInputError: The input is truncated, corrupt, or followed by junk.
        """
        written = 0
        while written < len(target):
            if not self._inflated and not self._advance(block=written == 0):
                break
            piece = self._inflated[0]
            count = min(len(piece), len(target) - written)
            target[written : written + count] = piece[:count]
            written += count
            if count == len(piece):
                self._inflated.popleft()
            else:
                self._inflated[0] = piece[count:]
        if written == 0 and self._finish():
            assert self._rest is not None
            return self._rest.readinto(target)
        return written

    def job(self, target: memoryview, /) -> Job | None:
        """As `ByteReader.job`: inflates the blocks that the target has room for.

        Only for a regular file, which does not make its reader wait.
        """
        held = self._pending or self._inflated or self._rest is not None
        if self._raw.bytes_total is None or held:
            return None
        cutter = self._cutter
        blocks: list[Block] = []
        room = len(target)
        while len(blocks) < MOST_BLOCKS:
            if not cutter.blocks:
                if cutter.ended:
                    break
                cutter.read()
                continue
            if cutter.blocks[0].size > room:
                break
            blocks.append(cutter.blocks.popleft())
            room -= blocks[-1].size
        if room == len(target):
            cutter.blocks.extendleft(reversed(blocks))
            return None
        return partial(inflate_into, blocks, self._raw.name, target)

    def _advance(self, *, block: bool) -> bool:
        """Takes groups until one has bytes; returns whether there are any."""
        while not self._inflated:
            if self._damage is not None:
                if block:
                    raise self._damage
                return False
            self._fill(block=block)
            if not self._pending or not (block or self._pending[0].done()):
                return False
            try:
                inflated, self._damage = self._pending[0].result()
            except CancelledError as error:  # the run is ending
                raise Aborted from error
            self._inflated.extend(inflated)
            self._pending.popleft()
        return True

    def _fill(self, *, block: bool) -> None:
        """Keeps the workers busy; waits for a pipe only if allowed and if nothing is in flight."""
        cutter = self._cutter
        while len(self._pending) < self._window:
            if len(cutter.blocks) < GROUP and not cutter.ended:
                idle = block and not cutter.blocks and not self._pending
                if idle or self._raw.ready:
                    cutter.read()
                    continue
            if not cutter.blocks:
                break
            group = [cutter.blocks.popleft() for _ in range(min(GROUP, len(cutter.blocks)))]
            try:
                job = self._run.executor.submit(inflate_blocks, group, self._raw.name)
            except RuntimeError:  # the executor was shut down: an error unless the run is ending
                self._raw.check()
                raise
            self._pending.append(job)

    def _finish(self) -> bool:
        """Checks what follows the last block; returns whether it is ordinary gzip.

        Raises:
            CompressedInputError: It is junk, or an incomplete block.
        """
        if self._cutter.failure is not None:
            raise self._cutter.failure
        if not self._finished:
            self._finished = True
            if self._cutter.left:
                self._rest = GzipDecoder(self._raw)
            elif self._ends and not self._cutter.marked:
                self._run.warn(
                    f"{self._raw.name}: the end-of-file block of BGZF is missing; the file may "
                    "have been cut short between two blocks: compare its size with the original"
                )
        return self._rest is not None

    def close(self) -> None:
        """Cancels waiting jobs and waits for running ones; may be called again."""
        running = [job for job in self._pending if not job.cancel()]
        self._pending.clear()
        self._inflated.clear()
        wait(running)
