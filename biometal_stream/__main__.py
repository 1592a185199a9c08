"""``python -m biometal_stream`` and ``biometal-stream`` run the command line."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from contextlib import suppress

from biometal_stream.cli import garbage
from biometal_stream.cli.signals import ending_on_signals, status_of
from biometal_stream.descriptors import hold_closed_streams


def program() -> int:
    """Runs the command line, and ends the process.

    Python would first delete the objects of all modules one by one, which takes 10 to 50 ms with
    Arrow and NumPy. What else it does at its end is done here: `atexit` functions are called, and
    what is buffered is written.

    Returns:
        The exit status, where Python has to end the process: another thread still runs, or a
        standard stream cannot be written.
    """
    garbage.pause()
    # NumPy's linear algebra starts a thread per core, which takes 50 ms of it; no job uses them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    status = main()
    if any(
        not each.daemon for each in threading.enumerate() if each is not threading.main_thread()
    ):
        return status
    atexit._run_exitfuncs()
    with suppress(OSError, ValueError):
        _flush()
        os._exit(status)
    return status


def _flush() -> None:
    """Writes what Python and C libraries have buffered for the standard streams."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    if "ctypes" in sys.modules:  # as it is with NumPy: without a library, nothing is buffered
        sys.modules["ctypes"].PyDLL(None).fflush(None)


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
    sys.exit(program())
