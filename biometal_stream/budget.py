"""One bound on the memory of a run, and the share that each part of the run has.

A run promises that what is in flight holds no more than ``--memory``. This is the only place where
that number is divided:

======= ====== ==================================================================================
part    share  what it holds
======= ====== ==================================================================================
source  1/4    what is read and inflated ahead, half of it for each of two files with mates
stages  1/2    the items inside all stages of workers together; a quarter at most for one stage
sink    1/4    what waits to be written, half of it for each of two files with mates
======= ====== ==================================================================================

The shares add up to the bound, however many stages there are. One item that is larger than a
stage's share is inside it alone, since it could not be worked on otherwise. Pipes that one program
writes in turn may be read farther ahead than the source's share: the run would stand still
otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from biometal_stream.interfaces import Run

MIB = 1024 * 1024

_LARGEST_CHUNK = 4 * MIB  # of less, the cost of each batch shows; of more, that caches are full
_SMALLEST_CHUNK = MIB // 4
_LARGEST_BATCH = 16 * MIB  # above that a larger batch costs no less
_LEAST_PIPES = 8 * MIB
_MOST_PIPES = 64 * MIB


@dataclass(frozen=True)
class Budget:
    """The memory of a run, divided. All sizes are bytes.

    Attributes:
        memory: The bound on all of them together.
        workers: The number of workers.
        stages: The number of stages of workers: one that parses, one that encodes, and one more
            after each serial operator and before each that widens.
    """

    memory: int
    workers: int
    stages: int = 2

    @property
    def source(self) -> int:
        """What the source may hold ahead of the first stage."""
        return self.memory // 4

    @property
    def file(self) -> int:
        """What the source may hold of one file: half, since mates come in two."""
        return self.source // 2

    @property
    def inflated(self) -> int:
        """The part of a file's share that is for blocks in work, where `held` is needed, too."""
        return self.file // 4

    @property
    def held(self) -> int:
        """The part of a file's share that is for records whose mates are looked for."""
        return self.file - self.inflated

    @property
    def pipes(self) -> int:
        """What may be read ahead of pipes while one of them is waited for.

        The source's share, or 16 chunks, since one of two mates may be that much longer, and at
        least 8 MiB.
        """
        return max(_LEAST_PIPES, self.source, min(_MOST_PIPES, self.memory // self.workers))

    @property
    def stage(self) -> int:
        """What the items inside one stage of workers may hold."""
        return self.memory // 2 // max(2, self.stages)

    @property
    def items(self) -> int:
        """The number of items inside one stage: more would not keep the workers busier."""
        return 2 * self.workers + 2

    @property
    def chunk(self) -> int:
        """The text to cut off the input at a time.

        Four chunks for each worker are a quarter of the bound. It depends on nothing else, since
        how far a message about mates can look ahead depends on it.
        """
        fair = self.memory // (16 * self.workers)
        return max(_SMALLEST_CHUNK, min(_LARGEST_CHUNK, fair))

    @property
    def batch(self) -> int:
        """The most that an operator which widens may make of a batch: two a worker fit a stage."""
        return min(_LARGEST_BATCH, self.stage // (2 * self.workers))

    @property
    def sink(self) -> int:
        """What the sink may hold after the last stage."""
        return self.memory // 4

    @property
    def queue(self) -> int:
        """What may wait for the reader of one pipe that is written: half, as of `file`."""
        return self.sink // 2


def budget_of(run: Run) -> Budget:
    """The budget of a run, for its source and its sink."""
    return Budget(run.memory, run.workers)
