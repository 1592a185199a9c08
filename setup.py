"""Compiles the kernels into the wheel; everything else is in pyproject.toml."""

import os
import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithKernels(build_py):
    """Copies the package, and writes the machine code of its kernels into the copy.

    An editable install has none, since the sources change: numba compiles what is called. The
    variable ``BIOMETAL_STREAM_TARGETS`` names the processors to build for, with spaces between;
    ``none`` builds for none.
    """

    def run(self) -> None:
        super().run()
        targets = os.environ.get("BIOMETAL_STREAM_TARGETS", "").split()
        if self.editable_mode or targets == ["none"]:
            return
        folder = Path(self.build_lib).absolute()
        command = [sys.executable, "-m", "biometal_stream.simd.aot", *targets]
        # pip shows the packages of its build environment to a process by this variable.
        paths = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
        subprocess.run(command, check=True, cwd=folder, env={**os.environ, "PYTHONPATH": paths})


setup(cmdclass={"build_py": BuildWithKernels})
