"""Times several things in turn, and again, so that what disturbs the machine meets all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self, TypeAlias, TypeVar

from benches.kernels import Call

Key = TypeVar("Key", bound=Hashable)

Repeat: TypeAlias = Callable[[int], None]
"""Does something so many times."""


@dataclass(frozen=True)
class Timing:
    """What one time takes, in seconds.

    Attributes:
        best: In the fastest round.
        median: In the median round.
    """

    best: float
    median: float


def time_in_turn(work: Mapping[Key, Repeat], rounds: int, seconds: float) -> dict[Key, Timing]:
    """Times everything once a round, in the other order in every second round.

    Args:
        work: What to time, by any key.
        rounds: The rounds.
        seconds: How long one thing is repeated in one round; once at least.
    """
    numbers = {key: _number(repeat, seconds) for key, repeat in work.items()}
    taken: dict[Key, list[float]] = {key: [] for key in work}
    for each in range(rounds):
        for key in reversed(list(work)) if each % 2 else work:
            taken[key].append(_time(work[key], numbers[key]) / numbers[key])
    return {key: Timing(min(each), statistics.median(each)) for key, each in taken.items()}


def one_thread(call: Call) -> Repeat:
    """Repeats a call in the thread that asks for it."""

    def repeat(number: int) -> None:
        for _ in range(number):
            call()

    return repeat


class Threads:
    """As many threads as there are cores, which repeat calls at once.

    Args:
        number: The threads.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self._pool = ThreadPoolExecutor(number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def repeat(self, calls: list[Call]) -> Repeat:
        """Repeats calls, one in each thread, until all have done it so many times."""

        def repeat(number: int) -> None:
            started: list[Future[None]] = [
                self._pool.submit(one_thread(call), number) for call in calls
            ]
            for each in started:
                each.result()

        return repeat


def _number(repeat: Repeat, seconds: float) -> int:
    repeat(1)  # what is compiled, allocated or opened at first
    return max(1, round(seconds / max(_time(repeat, 1), 1e-9)))


def _time(repeat: Repeat, number: int) -> float:
    begun = time.perf_counter()
    repeat(number)
    return time.perf_counter() - begun
