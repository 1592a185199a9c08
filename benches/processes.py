"""Runs a command in a process of its own, and measures that.

As a script (``python -I -S processes.py``) it is the small process that the command is started
from, with JSON on standard input and standard output. The bench is no such
process: Linux counts the memory that the starting process holds as held by the started one too.
It needs nothing but Python's library.
"""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

TIMEOUT = 1800.0
"""Seconds after which a command is ended."""

STARTED = "BENCH_STARTED"
"""The variable with the time when a command was started, by `time.monotonic`."""

_INSTRUCTIONS = ("perf", "stat", "-x", ",", "-e", "instructions:u", "-o")
_TAIL = 10_000
_WIDTH = 100
_ERROR = re.compile(r"(?:^|[\s\[])error[\]:]", re.IGNORECASE)


class FailedError(Exception):
    """A command did not do what it was to do."""


@dataclass(frozen=True)
class Command:
    """What to run.

    Attributes:
        words: The command line.
        environment: Variables, beyond those of the bench.
        folder: Where it runs; by default where the bench does.
        stdin: The file that it reads on standard input.
        terminal: Whether standard error is a terminal.
        instructions: Whether to count the instructions, where `can_count_instructions`.
    """

    words: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: str | None = None
    stdin: str | None = None
    terminal: bool = False
    instructions: bool = False


@dataclass(frozen=True)
class Usage:
    """What a command took.

    Attributes:
        wall: Seconds, from its start to its end.
        user: Seconds of processor time in its code and that of the processes it waited for.
        system: The same in the system's.
        peak: The most bytes of memory that it held, or one of those processes, whichever held
            most.
        output: What it wrote to standard output, in UTF-8.
        instructions: Instructions in its code; ``None`` where they were not counted.
    """

    wall: float
    user: float
    system: float
    peak: int
    output: str
    instructions: int | None = None

    @property
    def cpu(self) -> float:
        """Seconds of processor time."""
        return self.user + self.system


def run(command: Command) -> Usage:
    """Runs a command and waits for its end.

    Raises:
        FailedError: It could not be started, failed or took more than `TIMEOUT` seconds.
    """
    launcher = [sys.executable, "-I", "-S", str(Path(__file__).resolve())]
    with subprocess.Popen(
        launcher, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as started:
        try:
            output, _ = started.communicate(json.dumps(asdict(command)))
        except BaseException:
            started.terminate()  # it then ends the command
            started.wait()
            raise
    if started.returncode:
        raise FailedError(f"{command.words[0]}: could not be measured")
    told = json.loads(output)
    if "error" in told:
        raise FailedError(told["error"])
    return Usage(**told)


def can_count_instructions() -> bool:
    """Whether ``perf`` is there and the machine lets it count."""
    if shutil.which("perf") is None:
        return False
    counted = run(Command(("true",), instructions=True)).instructions
    return counted is not None


def parse_instructions(report: str) -> int | None:
    """The count in a report of ``perf stat -x ,``; ``None`` where it could not count."""
    for line in report.splitlines():
        if "instructions" in line:
            count = line.split(",")[0]
            return int(count) if count.isdecimal() else None
    return None


def _measure(command: Command) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "instructions")
        words = command.words
        if command.instructions:
            words = (*_INSTRUCTIONS, str(report), "--", *words)
        with (
            Path(folder, "output").open("w+b") as output,
            Path(folder, "errors").open("w+b") as errors,
            open(command.stdin or os.devnull, "rb") as stdin,  # noqa: PTH123
        ):
            told = _start(command, words, stdin, output, errors)
        if command.instructions and report.exists():
            told["instructions"] = parse_instructions(report.read_text())
    return told


def _start(
    command: Command, words: tuple[str, ...], stdin: BinaryIO, output: BinaryIO, errors: BinaryIO
) -> dict[str, object]:
    shown, hidden = pty.openpty() if command.terminal else (-1, -1)
    environment = {**os.environ, **command.environment}
    begun = time.monotonic()
    environment[STARTED] = repr(begun)
    try:
        child = subprocess.Popen(
            words,
            env=environment,
            cwd=command.folder,
            stdin=stdin,
            stdout=output,
            stderr=hidden if command.terminal else errors,
            start_new_session=True,
        )
    except OSError as error:
        return {"error": f"{words[0]}: {error.strerror or error}"}
    if command.terminal:
        os.close(hidden)
        threading.Thread(target=_drain, args=(shown,), daemon=True).start()
    timer = threading.Timer(TIMEOUT, os.killpg, (child.pid, signal.SIGKILL))
    timer.daemon = True
    timer.start()
    try:
        _, status, used = os.wait4(child.pid, 0)
    except BaseException:
        os.killpg(child.pid, signal.SIGKILL)
        os.waitpid(child.pid, 0)
        raise
    wall = time.monotonic() - begun
    timer.cancel()
    child.returncode = code = os.waitstatus_to_exitcode(status)
    if code:
        return {"error": f"{_shortened(words)}: exit status {code}: {_reason(errors)}"}
    output.seek(0)
    return {
        "wall": wall,
        "user": used.ru_utime,
        "system": used.ru_stime,
        "peak": used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        "output": output.read().decode(errors="replace"),
    }


def _drain(shown: int) -> None:
    """Reads what goes to the terminal, so that it never fills."""
    try:
        while os.read(shown, 65_536):
            pass
    except OSError:  # on Linux that is how a terminal ends
        os.close(shown)


def _shortened(words: tuple[str, ...]) -> str:
    line = " ".join(words)
    return line if len(line) <= _WIDTH else f"{line[:_WIDTH]} ..."


def _reason(errors: BinaryIO) -> str:
    """The first line that says that it is an error, else the last."""
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - _TAIL))
    told = errors.read().decode(errors="replace").split("\n")
    lines = [line.strip() for line in told if line.strip()]
    return next(filter(_ERROR.search, lines), lines[-1] if lines else "without a word")


def _main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        asked = json.loads(sys.stdin.read())
        asked["words"] = tuple(asked["words"])
        sys.stdout.write(json.dumps(_measure(Command(**asked))))
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(_main())
