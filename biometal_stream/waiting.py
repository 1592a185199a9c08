"""Waits that an interrupt can end, and that leave no lock held when it does."""

from __future__ import annotations

import math
import threading
from time import monotonic

_TICK = 0.2  # seconds


def wait_at(gate: threading.Lock, seconds: float = math.inf) -> bool:
    """Waits until a lock is released, while handling interrupts.

    A signal ends the wait only if its handler does not restart system calls. Polars installs one
    that does, and it stays after a query. So the wait ends periodically to check.

    Args:
        gate: The lock, which is then held.
        seconds: How long to wait.

    Returns:
        Whether it was released.
    """
    until = monotonic() + seconds
    while not gate.acquire(timeout=min(_TICK, max(0.0, until - monotonic()))):
        if monotonic() >= until:
            return False
    return True


def closed_gate(waiting: list[threading.Lock]) -> threading.Lock:
    """Adds a held lock to a list; its thread waits at it until `wake` releases it.

    For use instead of `threading.Condition`, whose Python code takes its lock, and can be
    interrupted before it is sure to release it.
    """
    gate = threading.Lock()
    gate.acquire()
    waiting.append(gate)
    return gate


def wake(waiting: list[threading.Lock]) -> None:
    """Wakes all waiting threads; each then checks its condition."""
    while waiting:
        gate = waiting[-1]  # stays in the list until it is open: an interrupt may come in between
        if gate.locked():
            gate.release()
        waiting.pop()
