"""``python -m biometal_stream`` and ``biometal-stream`` run the command line."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from biometal_stream.cli.signals import ending_on_signals, status_of
from biometal_stream.descriptors import hold_closed_streams


def main() -> int:
    """Runs the command line of the process, and handles signals even during its imports."""
    hold_closed_streams()
    try:
        with ending_on_signals(last=True):
            from biometal_stream.cli.main import main as run

            return _ended(run())
    except KeyboardInterrupt as interrupt:  # before `run` could handle it
        if sys.stderr is not None:
            with suppress(OSError):
                sys.stderr.write("biometal-stream: interrupted\n")
        return status_of(interrupt)


def _ended(status: int) -> int:
    """Ends the process now if a thread may never end, such as one inside a model.

    Python would wait for it. Hidden and partial files have been removed by now.
    """
    threads = sys.modules.get("biometal_stream.attended")  # not imported: that takes time
    if threads is not None and threads.left_behind():
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(status)
    return status


if __name__ == "__main__":
    sys.exit(main())
