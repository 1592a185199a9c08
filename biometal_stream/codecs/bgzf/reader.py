"""BGZF: gzip members of at most 64 KiB that give their size, inflated by all workers."""

from __future__ import annotations

from collections import deque
from concurrent.futures import CancelledError, Future, wait
from functools import partial
from typing import TYPE_CHECKING

from biometal_stream.budget import budget_of
from biometal_stream.channel import Aborted
from biometal_stream.codecs.bgzf.blocks import BlockCutter
from biometal_stream.codecs.bgzf.inflate import inflate_into, inflated
from biometal_stream.codecs.bgzf.kernels import LARGEST_BLOCK
from biometal_stream.codecs.copying import copy_unlocked
from biometal_stream.codecs.gzip.members import GzipDecoder
from biometal_stream.errors import CompressedInputError

if TYPE_CHECKING:
    from biometal_stream.codecs.raw.input import RawInput
    from biometal_stream.codecs.reader import Codec, Job
    from biometal_stream.interfaces import Run

GROUP = 16
"""Blocks inflated at a time for `BgzfDecoder.readinto`: at most 1 MiB."""
MOST_BLOCKS = 1024
"""The most blocks of one job, however small they are."""


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
        self._pending: deque[Future[tuple[memoryview, CompressedInputError | None]]] = deque()
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
            copy_unlocked(piece[:count], target[written:])
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
        waiting = cutter.blocks
        while not cutter.ended and waiting.text <= len(target) and len(waiting) < MOST_BLOCKS:
            cutter.read()
        count, text = waiting.fitting(MOST_BLOCKS, len(target))
        if not text:
            return None
        return partial(inflate_into, waiting.take(count, text), self._raw.name, target)

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
                text, self._damage = self._pending[0].result()
            except CancelledError as error:  # the run is ending
                raise Aborted from error
            if text:
                self._inflated.append(text)
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
            group = cutter.blocks.take(*cutter.blocks.fitting(GROUP, GROUP * LARGEST_BLOCK))
            try:
                job = self._run.executor.submit(inflated, group, self._raw.name)
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
            elif self._ends and not self._cutter.blocks.marked:
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
