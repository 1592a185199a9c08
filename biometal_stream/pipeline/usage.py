"""What a run needed of the machine."""

from __future__ import annotations

import resource
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from biometal_stream.pipeline.lock_samples import LockSamples


@dataclass(frozen=True)
class Usage:
    """What the process used of the machine during a run, its other threads included.

    Attributes:
        cpu: Seconds of processor time, of Python and of the system.
        lock_held: Seconds of that in which the running thread held Python's lock, so that no
            other thread could run Python; sampled, and ``None`` where that cannot be done. They
            bound how much faster more cores make a run.
        page_faults: Pages of memory that the system had to map.
    """

    cpu: float
    lock_held: float | None
    page_faults: int


class UsageMeter:
    """Measures from its making to each call of `usage`.

    Args:
        samples: Of the lock, where they are taken.
    """

    def __init__(self, samples: LockSamples | None) -> None:
        self._samples = samples
        self._cpu, self._faults = _used()

    def usage(self) -> Usage:
        """What was used so far."""
        cpu, faults = _used()
        cpu -= self._cpu
        share = None if self._samples is None else self._samples.share
        return Usage(cpu, None if share is None else share * cpu, faults - self._faults)


@contextmanager
def measuring_usage() -> Iterator[UsageMeter]:
    """Measures what the body uses."""
    from biometal_stream.pipeline.lock_samples import sampling_lock

    with sampling_lock() as samples:
        yield UsageMeter(samples)


def _used() -> tuple[float, int]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, used.ru_minflt + used.ru_majflt
