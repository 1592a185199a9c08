"""Measures exactly how long a process holds Python's lock, where a C compiler can make the hook."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

HOOK = Path(__file__).with_suffix(".c")


@dataclass(frozen=True)
class Held:
    """How long the lock was held.

    Attributes:
        cpu: Seconds of processor time.
        wall: Seconds by the clock, which include those in which the system ran something else.
        times: How often it was taken and given up.
    """

    cpu: float
    wall: float
    times: int


@dataclass(frozen=True)
class Hook:
    """A library to preload into a process.

    Attributes:
        library: The library.
        output: Where the process writes what it measured, at its end.
    """

    library: Path
    output: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the process."""
        return {"LD_PRELOAD": str(self.library), "BENCH_LOCK": str(self.output)}

    def held(self) -> Held:
        """What the process measured."""
        cpu, wall, times = self.output.read_text().split()
        return Held(float(cpu), float(wall), int(times))


def hook(folder: Path) -> Hook | None:
    """Compiles the hook; ``None`` without a compiler, or for another Python than CPython 3.11.

    Args:
        folder: Where to put its files.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library = folder / "lock.so"
    include = sysconfig.get_path("include")
    words = [compiler, "-O2", "-shared", "-fPIC", f"-I{include}", str(HOOK), "-o", str(library)]
    made = subprocess.run([*words, "-ldl"], capture_output=True, check=False)
    return Hook(library, folder / "held") if made.returncode == 0 else None
