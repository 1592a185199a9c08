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
    from llvmlite import binding

    features = {name for name, there in binding.get_host_cpu_features().items() if there}
    bits, name, shown = simd_width(features)
    words = f"{bits} bits, {name}; LLVM sees {binding.get_host_cpu_name()}"
    return Finding("SIMD", f"{words} ({' '.join(shown)})" if shown else words)


def simd_width(features: set[str]) -> tuple[int, str, list[str]]:
    """The width of vectors of bytes in bits, its name, and the available vector features.

    Args:
        features: The processor's features, as LLVM names them.
    """
    relevant = sorted(f for f in features if f.startswith(("avx", "sse4", "ssse3", "neon", "sve")))
    if {"avx512f", "avx512bw"} <= features:
        return 512, "AVX-512", relevant
    if "avx2" in features:
        return 256, "AVX2", relevant
    if "neon" in features or platform.machine() in {"arm64", "aarch64"}:
        return 128, "NEON", relevant
    if "sse2" in features:
        return 128, "SSE", relevant
    return 64, "no vectors", relevant
