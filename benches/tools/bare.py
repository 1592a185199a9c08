"""Decompression and nothing else, by the libraries that biometal_stream decompresses with."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from benches.machine import REPOSITORY, package_version
from benches.tasks import INFLATE, Task
from benches.tools.base import Line, Work

NAME = "bare inflation"


@dataclass(frozen=True)
class Bare:
    """ISA-L for gzip, libdeflate for BGZF, libzstd for zstd."""

    name: str = NAME
    more: str = ""

    def version(self) -> str | None:
        """The version of the Python packages that hold the libraries."""
        return f"isal {package_version('isal')}, deflate {package_version('deflate')}"

    def threads(self, task: Task, _: int) -> tuple[int, ...]:
        """One, where nothing else is asked for."""
        return (1,) if task.output == INFLATE else ()

    def line(self, work: Work) -> Line:
        """A script that reads into one buffer, and drops it."""
        script = str(REPOSITORY / "benches" / "scripts" / "inflate.py")
        return Line((sys.executable, "-I", script, work.task.form, work.inputs[0]))
