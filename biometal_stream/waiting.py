"""Waits that an interrupt can end, even if a library has changed signal handlers."""

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
