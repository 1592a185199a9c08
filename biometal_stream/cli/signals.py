"""Ends a run cleanly on any signal that asks for it."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SIGNALS = (
    signal.SIGINT,  # Ctrl-C
    signal.SIGTERM,  # a scheduler, or kill
    signal.SIGHUP,  # a terminal that closes
    signal.SIGUSR1,  # Slurm, Grid Engine and LSF, before the end of a job
    signal.SIGUSR2,
    signal.SIGXCPU,  # a limit on processor time (ulimit -t, Grid Engine)
    signal.SIGALRM,  # timers set before the program started
    signal.SIGVTALRM,
    signal.SIGPROF,
)
"""The signals that ask the program to end and leave time to clean up. SIGQUIT (Ctrl-\\) is not
handled: it asks for an immediate end, and for a core dump."""


class Terminated(KeyboardInterrupt):
    """The system, a scheduler or a closing terminal asks the program to end.

    Attributes:
        number: The signal's number.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def status_of(interrupt: KeyboardInterrupt) -> int:
    """The exit status of shells for a program ended by a signal: 128 plus its number."""
    return 128 + (interrupt.number if isinstance(interrupt, Terminated) else signal.SIGINT)


class _Ending:
    """Raises at the first signal only."""

    def __init__(self) -> None:
        self._ending = False

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        if not self._ending:
            self._ending = True
            raise Terminated(number)


@contextmanager
def ending_on_signals(*, last: bool = False) -> Iterator[None]:
    """Raises `Terminated` in the main thread on any of `SIGNALS` while the body runs.

    Only the first signal counts, so that nothing interrupts the clean-up, such as a second Ctrl-C
    of an impatient user. An ignored signal stays ignored, as ``nohup`` requires. A handler that is
    unknown to Python, since a C library installed it, stays too. Does nothing in other threads, and
    when nested.

    Args:
        last: Whether the process ends after the body; later signals are then ignored.
    """
    if threading.current_thread() is not threading.main_thread() or any(
        isinstance(signal.getsignal(number), _Ending) for number in SIGNALS
    ):
        yield
        return
    end = _Ending()
    before: dict[int, Any] = {}
    try:
        for number in SIGNALS:
            standing = signal.getsignal(number)
            if standing is not signal.SIG_IGN and standing is not None:
                before[number] = standing
                signal.signal(number, end)
        yield
    finally:
        for changed, previous in before.items():
            signal.signal(changed, signal.SIG_IGN if last else previous)
