"""Other programs that trim adapters, with their default settings and without quality trimming."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from benches.adapters.simulate import Simulated


@dataclass(frozen=True)
class Peer:
    """A program.

    Attributes:
        name: What the table calls it.
        programs: What it may be called on the PATH; the first that is there runs.
        arguments: Makes the arguments of a run in a folder with ``1.fq`` and ``2.fq`` that writes
            ``out1.fq`` and ``out2.fq``; ``None`` if it cannot do what is asked for.
    """

    name: str
    programs: tuple[str, ...]
    arguments: Callable[[Simulated], list[str] | None]

    @property
    def program(self) -> str | None:
        """Its path; ``None`` if it is not installed."""
        return next(filter(None, map(shutil.which, self.programs)), None)

    def version(self) -> str:
        """What it prints as its version."""
        assert self.program is not None
        run = subprocess.run(
            [self.program, "--version"], capture_output=True, text=True, check=False
        )
        found = re.search(r"\d+\.\d[\w.]*", run.stdout + run.stderr)
        return found[0] if found else "?"

    def error(self, reads: Simulated) -> float | None:
        """The root mean square error of its cuts, in bases; ``None`` if it cannot do this set."""
        arguments = self.arguments(reads)
        if arguments is None or self.program is None:
            return None
        with TemporaryDirectory() as folder:
            for mate in range(reads.codes.shape[1]):
                with Path(folder, f"{mate + 1}.fq").open("wb") as file:
                    reads.write(mate, file)
            command = [self.program, *arguments]
            run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if run.returncode:
                return None
            cuts = [
                _lengths(Path(folder, f"out{mate + 1}.fq"), len(reads.inserts))
                for mate in range(reads.codes.shape[1])
            ]
        return float(np.sqrt(np.mean((np.stack(cuts) - reads.ends) ** 2)))


def _lengths(path: Path, number: int) -> NDArray[np.int64]:
    """The bases of each read that are left: 0 where it is missing."""
    lengths = np.zeros(number, np.int64)
    with path.open("rb") as file:
        for header in file:
            bases = file.readline().rstrip(b"\n")
            file.readline()
            file.readline()
            lengths[int(header[1:].split()[0].partition(b"/")[0])] = len(bases)
    return lengths


def _cutadapt(reads: Simulated) -> list[str] | None:
    if not reads.about.told:
        return None
    if reads.about.paired:
        return [
            *("-a", reads.adapters[0], "-A", reads.adapters[1]),
            *("-o", "out1.fq", "-p", "out2.fq", "1.fq", "2.fq"),
        ]
    return ["-a", reads.adapters[0], "-o", "out1.fq", "1.fq"]


def _fastp(reads: Simulated) -> list[str]:
    given = ["-i", "1.fq", "-o", "out1.fq", "-Q", "-L", "-G"]
    if reads.about.paired:
        given += ["-I", "2.fq", "-O", "out2.fq"]
    if reads.about.told:
        given += ["--adapter_sequence", reads.adapters[0]]
        given += ["--adapter_sequence_r2", reads.adapters[1]] if reads.about.paired else []
    elif reads.about.paired:
        given.append("--detect_adapter_for_pe")
    return given


def _adapter_removal(reads: Simulated) -> list[str]:
    given = ["--in-file1", "1.fq", "--out-file1", "out1.fq", "--out-prefix", "more"]
    given += ["--quality-trimming", "none", "--min-length", "0", "--pre-trim-polyx", "off"]
    if reads.about.paired:
        given += ["--in-file2", "2.fq", "--out-file2", "out2.fq"]
    if reads.about.told:
        given += ["--adapter1", reads.adapters[0]]
        given += ["--adapter2", reads.adapters[1]] if reads.about.paired else []
    return given


PEERS = (
    Peer("AdapterRemoval", ("adapterremoval3",), _adapter_removal),
    Peer("fastp", ("fastp",), _fastp),
    Peer("cutadapt", ("cutadapt",), _cutadapt),
)
"""All programs, installed or not."""
