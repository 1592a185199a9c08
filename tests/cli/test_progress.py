"""Progress shows on a terminal, in a log when asked for, and nowhere else."""

import io
import threading

import pytest

from biometal_stream.cli import progress
from biometal_stream.pipeline.report import Snapshot

HALF = Snapshot(
    seconds=2.0,
    reads_in=1_000_000,
    reads_out=930_000,
    kept=0.8,
    bytes_read=50_000_000,
    bytes_total=100_000_000,
    bytes_written=0,
)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_line():
    assert progress.line(HALF) == (
        "50 %  2 s left  1,000,000 reads  500 k reads/s  25.0 MB/s  80.0 % kept"
    )


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (30, "50 %  1,000,000 reads"),
        (40, "50 %  1,000,000 reads  80.0 % kept"),
        (50, "50 %  1,000,000 reads  500 k reads/s  80.0 % kept"),
        (60, "50 %  2 s left  1,000,000 reads  500 k reads/s  80.0 % kept"),
        (80, "50 %  2 s left  1,000,000 reads  500 k reads/s  25.0 MB/s  80.0 % kept"),
    ],
)
def test_the_line_in_a_narrow_terminal(width, text):
    assert progress.line(HALF, width) == text


@pytest.mark.parametrize("width", [10, 40, 60, 80, 120])
def test_a_terminal_shows_all_of_the_line(monkeypatch, width):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", str(width))
    with progress.progress(lambda: HALF, progress.line, wanted=None):
        pass
    text = terminal.getvalue()
    assert progress.line(HALF, width) in text
    assert ("\u2501" in text) == (width == 120)
    assert "\u2026" not in text


@pytest.mark.parametrize("total", [None, 0])
def test_the_line_where_the_size_is_unknown(total):
    now = Snapshot(0.0, 0, 0, None, 0, total, 0)
    assert progress.line(now) == "0 reads  0 reads/s  0.0 MB/s"


def test_a_terminal_sees_it_and_lines_above_it(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with progress.progress(lambda: HALF, progress.line, wanted=None) as say:
        say("a warning: \x1b")
    text = terminal.getvalue()
    assert "500 k reads/s" in text
    assert "a warning: \\x1b\n" in text


def test_a_log_sees_it_only_when_asked(monkeypatch):
    log = io.StringIO()
    monkeypatch.setattr("sys.stderr", log)
    with progress.progress(lambda: HALF, progress.line, wanted=None):
        pass
    assert log.getvalue() == ""

    asked_twice = threading.Semaphore(0)

    def snapshot():
        asked_twice.release()
        return HALF

    with progress.progress(snapshot, progress.line, wanted=True, interval=0.001):
        asked_twice.acquire()
        asked_twice.acquire()
    assert log.getvalue().startswith(progress.line(HALF) + "\n")
    assert not [t for t in threading.enumerate() if t.name == "biometal-progress"]


def test_not_wanted_is_not_shown(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with progress.progress(lambda: HALF, progress.line, wanted=False) as say:
        say("x")
    assert terminal.getvalue() == "x\n"


def test_a_terminal_that_shows_records_has_no_line_that_is_drawn_again(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress.progress(lambda: HALF, progress.line, wanted=None, shared=True) as say:
        say("x")
    assert terminal.getvalue() == "x\n"
    with progress.progress(lambda: HALF, progress.line, wanted=True, shared=True):
        pass
    assert "\x1b" not in terminal.getvalue()


def test_one_read_is_no_reads():
    assert progress.line(Snapshot(0.0, 1, 0, None, 0, None, 0)).startswith("1 read  ")
