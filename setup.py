"""Compiles the kernels into the wheel; everything else is in pyproject.toml."""

import os
import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

TARGETS = os.environ.get("BIOMETAL_STREAM_TARGETS", "").split()


class BuildWithKernels(build_py):
    """Copies the package, and writes the machine code of its kernels into the copy.

    An editable install has none, since the sources change: numba compiles what is called. The
    variable ``BIOMETAL_STREAM_TARGETS`` names the processors to build for, with spaces between.
    With ``none`` a build needs no numba, but then a run does.
    """

    def run(self) -> None:
        super().run()
        if self.editable_mode or TARGETS == ["none"]:
            return
        folder = Path(self.build_lib).absolute()
        command = [sys.executable, "-m", "biometal_stream.simd.aot", *TARGETS]
        # pip shows the packages of its build environment to a process by this variable.
        paths = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
        done = subprocess.run(
            command, check=False, cwd=folder, env={**os.environ, "PYTHONPATH": paths}
        )
        if done.returncode:
            raise SystemExit(
                "The kernels were not compiled: see the error above. To build without them, set"
                " BIOMETAL_STREAM_TARGETS=none; numba then compiles each when it is called."
            )


setup(
    cmdclass={"build_py": BuildWithKernels},
    setup_requires=[] if TARGETS == ["none"] else ["numba>=0.60"],
)
