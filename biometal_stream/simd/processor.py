"""Which machine code this processor runs."""

from __future__ import annotations

import ctypes
import platform
import sys
from pathlib import Path

# x86-64 psABI, 3.1.1, as Linux names the features; each level has those of the levels before.
_LEVELS = {
    "x86-64-v2": {"cx16", "lahf_lm", "popcnt", "sse4_1", "sse4_2", "ssse3"},
    "x86-64-v3": {"abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "xsave"},
    "x86-64-v4": {"avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"},
}
# What macOS says of them; it runs on no processor without the first level.
_MACOS = {
    "x86-64-v2": None,
    "x86-64-v3": b"hw.optional.avx2_0",
    "x86-64-v4": b"hw.optional.avx512bw",
}
_CPUINFO = Path("/proc/cpuinfo")


def suitable() -> list[str]:
    """The names of the images whose code this processor runs, the fastest first."""
    machine = platform.machine().lower()
    if machine in {"aarch64", "arm64"}:
        return ["aarch64"]
    if machine not in {"x86_64", "amd64"}:
        return []
    found: list[str] = []
    flags = set() if sys.platform == "darwin" else _flags()
    for level, features in _LEVELS.items():
        there = _on_macos(_MACOS[level]) if sys.platform == "darwin" else features <= flags
        if not there:
            break
        found.insert(0, level)
    return found


def _flags() -> set[str]:
    try:
        with _CPUINFO.open(encoding="ascii", errors="replace") as lines:
            return next((set(line.split()) for line in lines if line.startswith("flags")), set())
    except OSError:
        return set()


def _on_macos(name: bytes | None) -> bool:
    if name is None:
        return True
    value, size = ctypes.c_int(0), ctypes.c_size_t(4)
    library = ctypes.CDLL(None)
    failed = library.sysctlbyname(name, ctypes.byref(value), ctypes.byref(size), None, 0)
    return not failed and value.value == 1
