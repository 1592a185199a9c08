"""What a command takes, measured from a small process."""

import os
import signal
import sys
import threading
import time

import pytest

from benches import processes
from benches.processes import Command, FailedError, parse_instructions, run


def python(script: str, **options) -> processes.Usage:
    return run(Command((sys.executable, "-c", script), **options))


def test_what_a_command_takes() -> None:
    used = python("x = bytearray(64 << 20); print(sum(range(1_000_000)))")
    assert used.output == f"{sum(range(1_000_000))}\n"
    assert used.user > 0
    assert used.cpu == used.user + used.system
    assert 64 << 20 < used.peak < 200 << 20
    assert used.wall > 0
    assert used.instructions is None


def test_the_memory_of_the_bench_does_not_count() -> None:
    ballast = bytearray(256 << 20)
    ballast[:: 1 << 12] = b"x" * (len(ballast) >> 12)  # every page
    assert python("pass").peak < 128 << 20


def test_what_a_command_is_given(tmp_path) -> None:
    (tmp_path / "in").write_text("told")
    script = "import os, sys; print(sys.stdin.read(), os.environ['GIVEN'], os.getcwd())"
    used = python(
        script, stdin=str(tmp_path / "in"), environment={"GIVEN": "too"}, folder=str(tmp_path)
    )
    assert used.output.split() == ["told", "too", str(tmp_path)]


def test_a_command_knows_when_it_was_started() -> None:
    before = time.monotonic()
    used = python(f"import os; print(os.environ['{processes.STARTED}'])")
    assert before <= float(used.output) <= time.monotonic()


def test_a_terminal_takes_all_that_is_written_to_it() -> None:
    script = "import sys; sys.stderr.write('x' * 1_000_000); print(sys.stderr.isatty())"
    assert python(script, terminal=True).output == "True\n"
    assert python(script).output == "False\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("no-such-program",), "no-such-program: No such file or directory"),
        ((sys.executable, "-c", "1 / 0"), "exit status 1: ZeroDivisionError: division by zero"),
        ((sys.executable, "-c", "exit(3)"), "exit status 3: without a word"),
    ],
)
def test_a_command_that_fails_is_told(words, message) -> None:
    with pytest.raises(FailedError) as error:
        run(Command(words))
    assert str(error.value).endswith(message)


def test_a_command_that_takes_too_long_is_ended(monkeypatch) -> None:
    monkeypatch.setattr(processes, "TIMEOUT", 0.2)
    told = processes._measure(Command(("sleep", "60")))
    assert told["error"] == "sleep 60: exit status -9: without a word"


def test_an_interrupt_ends_the_command_too(tmp_path) -> None:
    pid = tmp_path / "pid"
    command = Command(("sh", "-c", f"echo $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 60"))

    def interrupt() -> None:
        while not pid.exists():
            os.sched_yield()
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        run(command)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_the_count_of_instructions() -> None:
    assert parse_instructions("\n12345,,instructions:u,100,1.00,,\n") == 12345
    assert parse_instructions("<not supported>,,instructions:u,0,100.00,,\n") is None
    assert parse_instructions("") is None


def test_counting_instructions_leaves_the_command_as_it_is() -> None:
    if processes.can_count_instructions():
        counted = python("pass", instructions=True).instructions
        assert counted is not None
        assert counted > 0
