"""The memory limit of a run, and the share of each part of the run.

Data in flight takes no more than ``--memory``. This is the only place where that number is divided:

======= ====== ==================================================================================
part    share  what it holds
======= ====== ==================================================================================
source  1/4    what is read and inflated ahead, half of it for each of two files with mates
stages  1/2    the items inside all stages of workers together; a quarter at most for one stage
sink    1/4    what waits to be written, half of it for each of two files with mates
======= ====== ==================================================================================

The shares add up to the limit, whatever the number of stages. An item larger than a stage's share
is processed alone. Pipes that one program writes in turn may be read farther ahead than the
source's share: otherwise the run would deadlock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from biometal_stream.interfaces import Run

MIB = 1024 * 1024

_USUAL_CHUNK = 4 * MIB  # a run of few workers needs little more memory than its imports
_LARGEST_CHUNK = 12 * MIB  # Arrow's pool keeps no buffers of more than 16 MiB for later use
_SMALLEST_CHUNK = MIB // 4
_LARGEST_BATCH = 16 * MIB  # a larger batch would not be cheaper
_LEAST_PIPES = 8 * MIB
_MOST_PIPES = 64 * MIB


class Budget(NamedTuple):
    """The memory of a run, divided. All sizes are bytes.

    Attributes:
        memory: The limit on all of them together.
        workers: The number of workers that can work at a time: see `LocalRun`.
        stages: The number of stages of workers: one that parses, one that encodes, and one more
            after each serial operator and before each that widens.
    """

    memory: int
    workers: int
    stages: int = 2

    @property
    def source(self) -> int:
        """The most that the source may hold ahead of the first stage."""
        return self.memory // 4

    @property
    def file(self) -> int:
        """The most that the source may hold of one file: half, since mates may be in two files."""
        return self.source // 2

    @property
    def inflated(self) -> int:
        """The part of a file's share for blocks in flight, if `held` is needed, too."""
        return self.file // 4

    @property
    def held(self) -> int:
        """The part of a file's share for records whose mates are being searched for."""
        return self.file - self.inflated

    @property
    def pipes(self) -> int:
        """The most that may be read ahead from pipes while waiting for one of them.

        The source's share, or 16 chunks, since one mate may be that much longer than the other, and
        at least 8 MiB.
        """
        return max(_LEAST_PIPES, self.source, min(_MOST_PIPES, self.memory // self.workers))

    @property
    def stage(self) -> int:
        """The most that the items inside one stage of workers may hold."""
        return self.memory // 2 // max(2, self.stages)

    @property
    def item(self) -> int:
        """The largest item of a stage of two that leaves each worker one, with two in addition."""
        return self.memory // 4 // (self.workers + 2)

    @property
    def chunk(self) -> int:
        """The size of a chunk of text.

        Each chunk holds Python's lock for the same time, however large it is. So chunks grow with
        the number of workers: from 4 MiB for up to 5 workers to 12 MiB for 16. A stage has room for
        one for each worker and two more, with the room before each, and a file's share for three.
        The size depends on nothing else, since it determines how far a message about mates can look
        ahead.
        """
        fair = self.memory // (5 * (self.workers + 4))
        wanted = min(_LARGEST_CHUNK, max(_USUAL_CHUNK, self.workers * MIB * 3 // 4))
        return max(_SMALLEST_CHUNK, min(wanted, fair))

    @property
    def batch(self) -> int:
        """The largest batch that a widening operator may make: two per worker fit in a stage."""
        return min(_LARGEST_BATCH, self.stage // (2 * self.workers))

    @property
    def sink(self) -> int:
        """The most that the sink may hold after the last stage."""
        return self.memory // 4

    @property
    def queue(self) -> int:
        """The most that may wait for the reader of one output pipe: half, as in `file`."""
        return self.sink // 2


def budget_of(run: Run) -> Budget:
    """The budget of a run, for its source and its sink."""
    return Budget(run.memory, run.workers)
