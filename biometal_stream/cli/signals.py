"""Makes a request to end, from whoever sends it, end the run as Ctrl-C does: clean."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


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


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Raises `Terminated` in the main thread on SIGTERM and SIGHUP while the body runs.

    Only the first counts, so that nothing disturbs the cleaning up. A signal that is ignored
    stays so: ``nohup`` asks for it. Does nothing in another thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ending = False

    def end(number: int, _frame: FrameType | None) -> None:
        nonlocal ending
        if not ending:
            ending = True
            raise Terminated(number)

    before: dict[int, Any] = {}
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for changed, previous in before.items():
            signal.signal(changed, previous)
