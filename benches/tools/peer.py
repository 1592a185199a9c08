"""A tool of others: what it can do, and how it is asked to."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benches.machine import package_version
from benches.tasks import Filter, Task
from benches.tools.base import Line, Peers, Work, upto

_NUMBERS = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A row of the table of tools.

    Attributes:
        where: Where it is looked for.
        name: What it is called.
        asked: The program, and the words that make it print its version; empty for a Python
            package that a script of the bench uses.
        package: The Python package that has the version; empty where the program prints it.
        forms: What it reads.
        outputs: What it makes of that.
        filters: Which filters it has an equal of; ``None`` keeps all reads.
        line_of: Makes the command for some work, given the path of the program, or of the
            environment's Python.
        parallel: Whether its number of threads can be set.
        more: What it does beyond the task; empty where it does the task alone.
    """

    where: Peers
    name: str
    forms: frozenset[str]
    outputs: frozenset[str]
    filters: frozenset[Filter | None]
    line_of: Callable[[Work, str], Line]
    asked: tuple[str, ...] = ()
    package: str = ""
    parallel: bool = True
    more: str = ""

    @property
    def path(self) -> str | None:
        """The program, or the environment's Python; ``None`` where it is not installed."""
        return self.where.program(self.asked[0]) if self.asked else self.where.python

    def version(self) -> str | None:
        """As the program prints it, or as the package is installed."""
        path = self.path
        if path is None:
            return None
        if not self.package:
            return reported_version((path, *self.asked[1:]))
        found = package_version(self.package, self.where.python)
        return found or ("of unknown version" if self.asked else None)

    def threads(self, task: Task, cores: int) -> tuple[int, ...]:
        """One, two, four and so on; 0 where the number cannot be set."""
        fits = task.form in self.forms and task.output in self.outputs
        if not fits or task.filter not in self.filters or task.piped or task.prediction:
            return ()
        return upto(cores) if self.parallel else (0,)

    def line(self, work: Work) -> Line:
        """The command that does some work."""
        return self.line_of(work, self.path or self.name)


def reported_version(words: Sequence[str]) -> str:
    """The first version number that a command prints."""
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    found = _NUMBERS.search(told.stdout) or _NUMBERS.search(told.stderr)
    return found.group() if found else "of unknown version"
