"""Waiting that an interrupt ends, whatever other libraries did to signals."""

from __future__ import annotations

import math
import threading
from time import monotonic

_TICK = 0.2  # seconds


def wait_at(gate: threading.Lock, seconds: float = math.inf) -> bool:
    """Waits until a lock is released, and hears of an interrupt meanwhile.

    A signal ends the wait by itself only where its handler does not restart system calls. That of
    Polars does, and stays once a query has run. So the wait ends now and then.

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
