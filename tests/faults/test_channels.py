"""Channels and flows under random failures never hang, and lose and repeat nothing."""

from __future__ import annotations

import subprocess
import sys

from tests.faults.channels import stress
from tests.faults.nursery import REPOSITORY

RUNS = 1000


def test_many_threads_and_random_failures() -> None:
    stress(RUNS, seed=2026)


def test_the_watchdog_ends_what_is_stuck() -> None:
    code = """if True:
        from tests.faults import channels
        from biometal_stream.channel import Channel
        channels.STUCK = 0.1
        with channels.watched():
            next(Channel("stuck", 1, 1))
        """
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "in receive" in done.stderr
