"""Times the compiled loops by themselves."""

from __future__ import annotations

import timeit
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

_SECONDS = 0.005  # of one repetition

Call: TypeAlias = Callable[[], object]


@dataclass(frozen=True)
class Loop:
    """A loop to time.

    Attributes:
        name: The kernel.
        reads: The reads that one call works on.
        size: The bytes that it reads.
        kernel: Calls the kernel alone, with outputs that are there already.
        whole: Does what the program does with it, with allocations and arithmetic on its
            results; ``None`` where that is no more.
        called: What ``whole`` calls.
    """

    name: str
    reads: int
    size: int
    kernel: Call
    whole: Call | None = None
    called: str = ""


@dataclass(frozen=True)
class KernelResult:
    """What a loop takes.

    Attributes:
        name: The kernel.
        kernel: Nanoseconds a read by the kernel alone.
        rate: Bytes a second that the kernel reads.
        whole: Nanoseconds a read as the program calls it; ``None`` where that is no more.
        called: What the program calls.
    """

    name: str
    kernel: float
    rate: float
    whole: float | None
    called: str


def run_kernels(loops: list[Loop], repeats: int, tell: Callable[[str], None]) -> list[KernelResult]:
    """Times loops: the least of several repetitions, each of many calls.

    Args:
        loops: What to time.
        repeats: The repetitions.
        tell: Called with a line that says what is being done.
    """
    results = []
    for loop in loops:
        tell(f"kernel: {loop.name}")
        seconds = _least(loop.kernel, repeats)
        whole = None if loop.whole is None else 1e9 * _least(loop.whole, repeats) / loop.reads
        results.append(
            KernelResult(
                loop.name, 1e9 * seconds / loop.reads, loop.size / seconds, whole, loop.called
            )
        )
    return results


def _least(call: Call, repeats: int) -> float:
    """Seconds of one call."""
    call()
    timer = timeit.Timer(call)
    number = max(1, round(_SECONDS / min(timer.repeat(3, 1))))
    return min(timer.repeat(repeats, number)) / number
