"""``python -m biometal_stream`` and ``biometal-stream`` are the command line."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from biometal_stream.cli.signals import ending_on_signals, status_of
from biometal_stream.descriptors import hold_closed_streams


def main() -> int:
    """Runs the command line of the process, and lets a signal end also its imports clean."""
    hold_closed_streams()
    try:
        with ending_on_signals(last=True):
            from biometal_stream.cli.main import main as run

            return _ended(run())
    except KeyboardInterrupt as interrupt:  # before `run` could say so
        if sys.stderr is not None:
            with suppress(OSError):
                sys.stderr.write("biometal-stream: interrupted\n")
        return status_of(interrupt)


def _ended(status: int) -> int:
    """Ends the process here where a thread is left that may never end, such as in a model.

    Python would wait for it. What was hidden or half written is gone by now.
    """
    threads = sys.modules.get("biometal_stream.attended")  # not imported: that costs a start
    if threads is not None and threads.left_behind():
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(status)
    return status


if __name__ == "__main__":
    sys.exit(main())
