"""A small run, and where the machine code of its kernels is kept."""

from __future__ import annotations

import os
from pathlib import Path

from biometal_stream.cli import figures
from biometal_stream.cli.doctor.finding import Finding

_ADVICE = "each start compiles again; set NUMBA_CACHE_DIR to a folder that you own"


def trial_run() -> Finding:
    """Runs the steps of ``demo`` into Parquet and into FASTQ, and keeps neither."""
    from biometal_stream.cli.demo import demo_pipeline, sample_path
    from biometal_stream.sinks.choose import sink_for

    reports = []
    with sample_path() as path:
        for name in ("parquet", "fastq"):
            sink = sink_for(os.devnull, format=name, paired=False)
            reports.append(demo_pipeline(path, measured=name != "fastq").execution(sink).run())
    read, wall = reports[0].reads_in, sum(report.wall for report in reports)
    words = (
        f"{figures.count(read)} bundled reads to Parquet and to FASTQ in {figures.seconds(wall)}"
    )
    return Finding("trial run", words, "ok" if reports[0].reads_out else "broken")


def kernels() -> Finding:
    """Where the machine code of kernels comes from."""
    from biometal_stream.simd.shipped import shipped

    found = shipped()
    if found.image is not None:
        return Finding("kernels", f"compiled ahead of time for {found.target}")
    why = f"since {found.reason}"
    try:
        import numba
    except ImportError as fault:
        advice = "pip install 'biometal-stream[numba]'"
        return Finding("kernels", f"need numba ({fault}), {why}; {advice}", "broken")
    words = f"compiled by numba {numba.__version__} when they are called, {why}"
    return Finding("kernels", words, "note" if found.expected else "ok")


def kernel_cache() -> list[Finding]:
    """Whether the machine code of every kernel that numba compiled can be kept."""
    from biometal_stream.simd import jit

    found = {jit.cache_folder(kernel) for kernel in jit.loaded_kernels() if kernel.is_compiled}
    return [_kept(sorted(str(folder) for folder in found if folder is not None))] if found else []


def _kept(folders: list[str]) -> Finding:
    from tempfile import TemporaryFile

    if not folders:
        return Finding("numba cache", f"no folder is writable, so {_ADVICE}", "note")
    for folder in folders:
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=folder) as file:
                file.write(bytes(2**20))  # a full disk accepts new names but no bytes
        except OSError as fault:
            words = f"{folder} cannot be written ({fault.strerror}), so {_ADVICE}"
            return Finding("numba cache", words, "note")
    kept = os.path.commonpath(folders)
    named = os.environ.get("NUMBA_CACHE_DIR")
    if named and not Path(kept).is_relative_to(Path(named).absolute()):
        words = f"{kept}; not in NUMBA_CACHE_DIR, {named}, which must be yours alone"
        return Finding("numba cache", words, "note")
    return Finding("numba cache", kept)
