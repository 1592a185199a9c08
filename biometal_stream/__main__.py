"""``python -m biometal_stream`` and ``biometal-stream`` are the command line."""

from __future__ import annotations

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

            return run()
    except KeyboardInterrupt as interrupt:  # before `run` could say so
        if sys.stderr is not None:
            with suppress(OSError):
                sys.stderr.write("biometal-stream: interrupted\n")
        return status_of(interrupt)


if __name__ == "__main__":
    sys.exit(main())
