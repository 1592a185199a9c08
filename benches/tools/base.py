"""What the bench asks of a tool."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from benches.inputs import Input
from benches.processes import FailedError
from benches.tasks import Task

LEVEL = 1
"""The level of FASTQ.gz, the same for all: the default of most, or the nearest to it."""


@dataclass(frozen=True)
class Work:
    """A task on certain reads.

    Attributes:
        task: What to do.
        reads: The input.
        folder: An empty folder for what comes out.
        threads: How many threads, or processes, may work.
    """

    task: Task
    reads: Input
    folder: Path
    threads: int

    @property
    def inputs(self) -> tuple[str, ...]:
        """The files to read."""
        return self.reads.paths(self.task.form)

    @property
    def targets(self) -> tuple[str, ...]:
        """The files to write."""
        return self.task.targets(str(self.folder / "out"))

    @property
    def report(self) -> Path:
        """Where biometal_stream reports on its stages."""
        return self.folder / "stats.json"


@dataclass(frozen=True)
class Line:
    """A command line.

    Attributes:
        words: Its words.
        environment: Variables that it needs.
        column: Where the number of reads stands in the last line of its output, where it counts
            them: the columns are parted by tabs.
    """

    words: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    column: int = 0

    def count(self, output: str) -> int:
        """The number of reads in the output of the tool.

        Raises:
            FailedError: There is no number.
        """
        columns = output.rstrip("\n").split("\n")[-1].split("\t")
        told = columns[self.column] if self.column < len(columns) else ""
        if not told.isdecimal():
            raise FailedError(f"{self.words[0]}: reported no number of reads, with exit status 0")
        return int(told)


class Tool(Protocol):
    """Something that can do tasks."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def more(self) -> str:
        """What it does beyond the task; empty where it does the task alone."""
        ...

    def version(self) -> str | None:
        """Its version; ``None`` where it is not installed."""
        ...

    def threads(self, task: Task, cores: int) -> tuple[int, ...]:
        """The numbers of threads to do a task with; none where it cannot do it.

        0 stands for a tool whose threads cannot be set.
        """
        ...

    def line(self, work: Work) -> Line:
        """The command that does some work."""
        ...


@dataclass(frozen=True)
class Peers:
    """Where tools are looked for.

    Attributes:
        folder: A virtual environment, as `benches/peers` makes one; ``None`` for `PATH` alone.
    """

    folder: Path | None = None

    def program(self, name: str) -> str | None:
        """The program of that name: of the environment, else of `PATH`."""
        own = self.folder / "bin" / name if self.folder else None
        return str(own) if own and own.exists() else shutil.which(name)

    @property
    def python(self) -> str | None:
        """The environment's Python."""
        own = self.folder / "bin" / "python" if self.folder else None
        return str(own) if own and own.exists() else None


def upto(cores: int) -> tuple[int, ...]:
    """One thread, two, four and so on, and as many as there are cores."""
    doubled = (1 << power for power in range(cores.bit_length()))
    return tuple(sorted({*doubled, cores}))
