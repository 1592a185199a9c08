"""Python, the processor and the memory."""

from __future__ import annotations

import os
import platform
import sys

from biometal_stream.cli.doctor.finding import Finding


def installation() -> list[Finding]:
    """The versions of the program and of Python, and the platform."""
    from biometal_stream.version import __version__

    build = f"{platform.python_implementation()} {platform.python_version()}"
    return [
        Finding("biometal-stream", __version__),
        Finding("Python", f"{build}, {sys.executable}"),
        Finding("platform", f"{platform.system()} {platform.release()}, {platform.machine()}"),
    ]


def cores() -> Finding:
    """The cores that a run uses by default."""
    from biometal_stream.limits import allowed_cores, quota_cores
    from biometal_stream.run import available_cores

    found = f"{available_cores()} of {os.cpu_count()}"
    quota = quota_cores()
    if quota is not None and quota < allowed_cores():
        found += f", by a quota of {quota:g}"
    return Finding("cores", found)


def memory() -> Finding:
    """The memory that a run uses by default."""
    from biometal_stream.limits import usable_memory
    from biometal_stream.run import available_cores, default_memory

    default = default_memory(available_cores())
    there = usable_memory()
    of = "" if there is None else f", of {there // 1024**2:,} MiB in all"
    found = f"{default // 1024**2:,} MiB of reads in flight unless --memory is set{of}"
    return Finding("memory", found)


def simd() -> Finding:
    """The widest vectors that kernels can use."""
    from biometal_stream.simd.processor import suitable

    levels = suitable()
    name = levels[0] if levels else platform.machine()
    return Finding("SIMD", f"{_VECTORS.get(name, 'no more than any such processor has')} ({name})")


_VECTORS = {
    "x86-64-v2": "128 bits, SSE",
    "x86-64-v3": "256 bits, AVX2",
    "x86-64-v4": "512 bits, AVX-512",
    "aarch64": "128 bits, NEON",
}
