"""Samples how much of a process's time holds the interpreter's lock (GIL)."""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERVAL = 0.001
"""Seconds of processor time between samples; the kernel rounds them up to its tick, often 4 ms."""

_HANDLER = """
define void @sample(i32 %signal) {{
  %check = inttoptr i64 {check} to ptr
  %held = call i32 %check()
  %index = zext i32 %held to i64
  %counts = inttoptr i64 {counts} to ptr
  %count = getelementptr i64, ptr %counts, i64 %index
  %before = atomicrmw add ptr %count, i64 1 monotonic
  ret void
}}
"""

_one_at_a_time = threading.Lock()


class LockSamples:
    """The samples taken so far, to be read from any thread."""

    def __init__(self, counts: Any) -> None:
        self._counts = counts
        self._before = tuple(counts)

    @property
    def free(self) -> int:
        """Those in which the running thread did not hold the lock."""
        return int(self._counts[0] - self._before[0])

    @property
    def held(self) -> int:
        """Those in which it did."""
        return int(self._counts[1] - self._before[1])

    @property
    def share(self) -> float | None:
        """The share of the samples in which the lock was held; ``None`` before the first."""
        taken = self.free + self.held
        return self.held / taken if taken else None


@contextmanager
def sampling_lock() -> Iterator[LockSamples | None]:
    """Samples the threads of this process during the body, as the processor's time passes.

    At each tick of the profiling timer, a signal interrupts the thread that is running, and
    machine code, which needs no lock itself, notes whether that thread holds the interpreter's.
    Blocking calls of the system are restarted.

    Yields:
        The samples, or ``None`` where none are taken: on systems other than Linux, whose timers
        may interrupt any thread; where this process uses the profiling timer already; on Pythons
        without the lock; and without llvmlite, which comes with numba and makes the machine code.
    """
    if not _can_sample() or not _one_at_a_time.acquire(blocking=False):
        yield None
        return
    try:
        address, counts, _ = _handler()
        set_handler = ctypes.CDLL(None).signal
        set_handler.argtypes, set_handler.restype = [ctypes.c_int, ctypes.c_void_p], ctypes.c_void_p
        before = set_handler(signal.SIGPROF, address)
        signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
        try:
            yield LockSamples(counts)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)  # no signal is pending once this returns
            set_handler(signal.SIGPROF, before)
    finally:
        _one_at_a_time.release()


def _can_sample() -> bool:
    has_lock = getattr(sys, "_is_gil_enabled", lambda: True)()
    is_free = signal.getitimer(signal.ITIMER_PROF)[0] == 0
    return sys.platform == "linux" and has_lock and is_free and find_spec("llvmlite") is not None


@cache
def _handler() -> tuple[int, Any, Any]:
    """The address of the signal handler, its counters, and what owns its code."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    counts = (ctypes.c_int64 * 2)()
    check = ctypes.cast(ctypes.pythonapi.PyGILState_Check, ctypes.c_void_p).value
    module = llvm.parse_assembly(_HANDLER.format(check=check, counts=ctypes.addressof(counts)))
    machine = llvm.Target.from_default_triple().create_target_machine()
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return engine.get_function_address("sample"), counts, engine
