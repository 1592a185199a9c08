"""Runs the command line in children of a process that has loaded everything already.

A child is a process of its own, with real signals, limits and descriptors, and takes a hundredth
of the time of a fresh one. ``python -m tests.faults.nursery`` is the process itself; it takes one
request a line on standard input and answers each with a line.
"""

from __future__ import annotations

import faulthandler
import gc
import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.faults.jobs import JOBS, contents, make_inputs, prepare

PATIENCE = 120
"""Seconds after which a child counts as stuck: it dumps its stacks and ends."""

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ended:
    """How a child ended.

    Attributes:
        status: Its exit status; below 0 the signal that ended it.
        out: What it wrote to standard output.
        err: What it wrote to standard error.
        found: The files in its folder.
        note: What its fault has to tell.
    """

    status: int
    out: str
    err: str
    found: dict[str, bytes]
    note: str

    @property
    def lines(self) -> list[str]:
        """The lines on standard error."""
        return self.err.splitlines()


class Nursery:
    """The process that has children; a context."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.faults.nursery"]
        if os.geteuid() == 0 and sys.platform == "linux":  # mounts are its own, and end with it
            command = ["unshare", "--mount", *command]
        self._process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != b"ready\n":
            raise RuntimeError("the nursery did not start")
        return self

    def run(
        self,
        words: str | list[str],
        folder: Path,
        *faults: tuple[Any, ...],
        stdin: Path | None = None,
        stdout: Path | None = None,
        tmpfs: int | None = None,
    ) -> Ended:
        """Runs a command line in a folder.

        Args:
            words: The command line.
            folder: The current folder.
            faults: Each the name of a function of `tests.faults.injected`, and its arguments; it is
                called in the child beforehand.
            stdin: What standard input is.
            stdout: What standard output is; by default a file beside the folder.
            tmpfs: Bytes of a small disk to mount on the folder; needs root.
        """
        words = words.split() if isinstance(words, str) else words
        request = {
            "words": words,
            "folder": os.fspath(folder),
            "faults": faults,
            "stdin": os.fspath(stdin or os.devnull),
            "stdout": os.fspath(stdout or folder.with_name(f"{folder.name}.out")),
            "stderr": os.fspath(folder.with_name(f"{folder.name}.err")),
            "note": os.fspath(folder.with_name(f"{folder.name}.note")),
            "tmpfs": tmpfs,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        out, err, note = (Path(request[name]) for name in ("stdout", "stderr", "note"))
        ended = Ended(
            answer["status"],
            out.read_bytes().decode("latin-1") if stdout is None else "",
            err.read_text(),
            contents(folder)
            if tmpfs is None
            else {name: bytes.fromhex(data) for name, data in answer["found"].items()},
            note.read_text() if note.exists() else "",
        )
        note.unlink(missing_ok=True)
        return ended

    def __exit__(self, *error: object) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        self._process.wait()


def _warm() -> None:
    """Loads modules and kernels by running each job once."""
    from biometal_stream.cli.main import main

    with tempfile.TemporaryDirectory() as folder:
        make_inputs(Path(folder))
        for name, job in JOBS.items():
            os.chdir(prepare(job, Path(folder, name.replace(" ", "-"))))
            if main(job.words.split()) != 0:
                raise RuntimeError(f"the job '{name}' fails without any fault")
        os.chdir("/")
    sys.stdout.flush()
    if threading.active_count() > 1:
        raise RuntimeError(f"threads are left: {threading.enumerate()}")


def _child(request: dict[str, Any]) -> int:
    """Is the command line, with its faults."""
    os.chdir(request["folder"])
    for number, (name, flags) in enumerate(
        [
            (request["stdin"], os.O_RDONLY),
            (request["stdout"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
            (request["stderr"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        ]
    ):
        descriptor = os.open(name, flags, 0o666)
        os.dup2(descriptor, number)
        os.close(descriptor)
    faulthandler.enable()
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.argv = ["biometal-stream", *request["words"]]
    from biometal_stream.__main__ import main

    injected = importlib.import_module("tests.faults.injected")
    injected.NOTE = request["note"]
    for name, *arguments in request["faults"]:
        getattr(injected, name)(*arguments)
    return main()


def _serve() -> int:
    """Answers requests; in a child it returns the exit status."""
    answers = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    _warm()
    gc.collect()
    gc.freeze()  # a child's end then touches, and so copies, few of the pages that it shares
    os.write(answers, b"ready\n")
    rest = b""
    while data := os.read(0, 1 << 16):
        rest += data
        while b"\n" in rest:
            line, _, rest = rest.partition(b"\n")
            request = json.loads(line)
            folder = Path(request["folder"])
            if request["tmpfs"] is not None:
                size = f"size={request['tmpfs']}"
                standing = contents(folder)
                subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", folder], check=True)
                for name, data in standing.items():
                    (folder / name).write_bytes(data)
            child = os.fork()
            if child == 0:
                os.close(answers)
                return _child(request)
            _, status = os.waitpid(child, 0)
            found = {}
            if request["tmpfs"] is not None:  # which nobody else can see
                found = {name: data.hex() for name, data in contents(folder).items()}
                subprocess.run(["umount", folder], check=True)
            answer = {"status": os.waitstatus_to_exitcode(status), "found": found}
            os.write(answers, json.dumps(answer).encode() + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(_serve())
