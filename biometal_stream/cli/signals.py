"""Makes a request to end, from whoever sends it, end the run clean."""

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
    signal.SIGXCPU,  # a limit on the processor's time (ulimit -t, Grid Engine)
    signal.SIGALRM,  # timers that were set before the program began
    signal.SIGVTALRM,
    signal.SIGPROF,
)
"""What asks the program to end and lets it clean up. SIGQUIT (Ctrl-\\) is left as it is: it asks
for an end at once, and for a core dump."""


class Terminated(KeyboardInterrupt):
    """The system, a scheduler or a closing terminal asks the program to end.

    Attributes:
        number: The signal's number.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def status_of(interrupt: KeyboardInterrupt) -> int:
    """The exit status that shells give to a program ended by a signal: 128 and its number."""
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

    Only the first of them counts, so that nothing disturbs the cleaning up, such as a second
    Ctrl-C of somebody in a hurry. A signal that is ignored stays so: ``nohup`` asks for it. What
    Python does not know the handler of, since a library in C installed it, stays as well. Does
    nothing in another thread, and within itself.

    Args:
        last: Whether the process ends after the body: signals are then ignored from there on.
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
