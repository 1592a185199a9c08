"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from biometal_stream.run import available_cores
from biometal_stream.simd.shipped import shipped

REPOSITORY = Path(__file__).resolve().parent.parent

_PACKAGES = ("biometal-stream", "deflate", "isal", "numba", "numpy", "pyarrow")


@dataclass(frozen=True)
class Machine:
    """What the figures were measured on.

    Attributes:
        cpu: The processor's model.
        cores: The cores that the bench may use.
        system: The operating system.
        python: The version of Python.
        kernels_ahead: Whether our kernels were compiled ahead of time, as in a wheel.
        packages: The versions of the libraries that do the work.
        commit: The commit of the clone, ``+`` behind it where files were changed; ``None``
            outside a clone.
        date: When the bench began, in UTC.
        load: The load average over 1, 5 and 15 minutes at that time: with a load of other
            programs every figure is worse than it could be.
    """

    cpu: str
    cores: int
    system: str
    python: str
    kernels_ahead: bool
    packages: dict[str, str]
    commit: str | None
    date: str
    load: tuple[float, float, float]


def describe() -> Machine:
    """Looks at this machine, now."""
    return Machine(
        cpu=_cpu(),
        cores=available_cores(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        python=platform.python_version(),
        kernels_ahead=shipped().image is not None,
        packages={name: package_version(name) or "not installed" for name in _PACKAGES},
        commit=_commit(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        load=os.getloadavg(),
    )


def _cpu() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    named = _output("sysctl", "-n", "machdep.cpu.brand_string")
    return named or platform.processor() or platform.machine()


def package_version(package: str, python: str | None = None) -> str | None:
    """The version of an installed package; ``None`` where it is not installed.

    Args:
        package: Its name on PyPI.
        python: The Python that has it; by default this one.
    """
    if python is not None and python != sys.executable:
        script = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
        return _output(python, "-I", "-c", script, package)
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _commit() -> str | None:
    commit = _output("git", "rev-parse", "--short=12", "HEAD")
    if commit is None:
        return None
    return f"{commit}+" if _output("git", "status", "--porcelain") else commit


def _output(*command: str) -> str | None:
    """What a program prints; ``None`` where there is no such program, or it fails."""
    try:
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
