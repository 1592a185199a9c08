"""Programs that start with all modules loaded: children of a process that has loaded them.

Most of the 0.7 s of processor time of a short run are imports. Tests of what many command lines do,
and not of how a process starts, take these programs:

* ``biometal-stream`` is the program.
* ``python-code`` runs the code that is its first argument, as ``python -c`` does.

Each asks the process that waits, ``python -m tests.started``, to fork. The child is a process of
its own. It has the arguments, environment, folder, umask and standard streams of the program that
asked, and finds the same modules: what ``PYTHONPATH`` names, a ``sitecustomize`` included.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from types import ModuleType
from typing import Self

REPOSITORY = Path(__file__).resolve().parents[1]
SAMPLE = REPOSITORY / "biometal_stream" / "data" / "ERR777676_16S_R1.fastq.gz"
STREAMS = 3

CLIENT = """\
#!{python} -IS
import os, sys
from _socket import AF_UNIX, SCM_RIGHTS, SHUT_WR, SOCK_STREAM, SOL_SOCKET, socket

mask = os.umask(0)
os.umask(mask)
words, variables = sys.argv, [f"{{name}}={{value}}" for name, value in os.environ.items()]
fields = os.getcwd(), str(mask), str(len(words)), *words, *variables
streams = b"".join(number.to_bytes(4, sys.byteorder) for number in range({streams}))
asked = socket(AF_UNIX, SOCK_STREAM)
asked.connect({path!r})
asked.sendmsg([b"!"], [(SOL_SOCKET, SCM_RIGHTS, streams)])
asked.sendall("\\0".join(fields).encode("utf-8", "surrogateescape"))
asked.shutdown(SHUT_WR)
os._exit(int(asked.recv(8) or 1))
"""


class Started:
    """The process that waits, and a folder with the programs that ask it; a context.

    Attributes:
        folder: The folder, to put first into ``PATH``.
    """

    folder: Path

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="started-")))
            path = os.fspath(folder / "socket")
            command = [sys.executable, "-m", "tests.started", path]
            pipe = subprocess.PIPE
            process = subprocess.Popen(command, cwd=REPOSITORY, stdin=pipe, stdout=pipe)
            stack.callback(process.wait)
            assert process.stdin is not None
            assert process.stdout is not None
            stack.enter_context(process.stdout)
            stack.enter_context(process.stdin)  # its end is that of the process
            if process.stdout.readline() != b"ready\n":
                raise RuntimeError("the process that waits did not start")
            self.folder = folder / "bin"
            self.folder.mkdir()
            text = CLIENT.format(python=sys.executable, streams=STREAMS, path=path)
            for name in ("biometal-stream", "python-code"):
                (self.folder / name).write_text(text)
                (self.folder / name).chmod(0o755)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()


def _warm() -> None:
    """Loads modules and kernels by a few short runs."""
    from biometal_stream.cli.main import main

    lines = [
        "read reads.fq.gz trim-adapters trim-quality 20 where gc<0.7 measure write o.parquet",
        "read reads.fq.gz max-n 0 write o.fq.gz --report r.html --report r.json",
        "read reads.fq.gz write o.arrow",
    ]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        shutil.copy(SAMPLE, "reads.fq.gz")
        for line in lines:
            if main([*line.split(), "--quiet"]) != 0:
                raise RuntimeError(f"this fails: {line}")
        os.chdir("/")
    if threading.active_count() > 1:
        raise RuntimeError(f"threads are left: {threading.enumerate()}")


def _serve(path: str) -> None:
    """Forks for each process that asks, until standard input ends. A child returns, too."""
    answers, nothing = os.dup(1), os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    _warm()
    gc.collect()
    gc.freeze()  # the end of a child then touches, and so copies, few of the pages that it shares
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        os.write(answers, b"ready\n")
        os.close(answers)
        while listening in select.select([listening, 0], [], [])[0]:
            asked = listening.accept()[0]
            if os.fork() == 0:
                listening.close()
                return _answer(asked)
            asked.close()
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
    return None


def _answer(asked: socket.socket) -> None:
    """Forks once more, and tells the exit status. The child returns when it has run."""
    _, streams, _, _ = socket.recv_fds(asked, 1, STREAMS)
    data = b"".join(iter(lambda: asked.recv(1 << 16), b""))
    child = os.fork()
    if child:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        with suppress(OSError):  # whoever asked may have ended
            asked.sendall(str(status % 256).encode())
        os._exit(0)
    asked.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    folder, mask, count, *rest = data.decode("utf-8", "surrogateescape").split("\0")
    os.chdir(folder)
    os.umask(int(mask))
    os.environ.clear()
    os.environ.update(each.split("=", 1) for each in rest[int(count) :])
    sys.path[:0] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    with suppress(ImportError):
        importlib.import_module("sitecustomize")
    _run(rest[: int(count)])


def _run(words: list[str]) -> None:
    """Is the program, or runs code."""
    main = sys.modules["__main__"] = ModuleType("__main__")
    if Path(words[0]).name == "python-code":
        sys.argv = ["-c", *words[2:]]
        exec(compile(words[1], "<string>", "exec", dont_inherit=True), main.__dict__)
        return
    sys.argv = words
    from biometal_stream.__main__ import program

    sys.exit(program())


if __name__ == "__main__":
    _serve(sys.argv[1])
