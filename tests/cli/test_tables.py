"""Tables are drawn for a terminal and plain for everything else."""

import io

from biometal_stream.cli.tables import print_table
from biometal_stream.reports.text.aligned import plain_table

ROWS = [("min-length", "1,000", "x"), ("a\x1b", "2", "yz")]


def test_plain(capsys):
    print_table("What happened", ("step", "reads", "why"), ROWS)
    assert capsys.readouterr().out == (
        "What happened\nstep        reads  why\nmin-length  1,000    x\na\\x1b           2   yz\n"
    )


def test_plain_without_headings():
    assert plain_table("", ("", ""), [("a", "b"), ("cc", "d")], text=(0, 1)) == "a   b\ncc  d\n"


def test_drawn(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("TERM", "dumb")
    print_table("What [b]happened", ("step", "reads", "why"), ROWS)
    assert "What [b]happened" in terminal.getvalue()
    assert "min-length" in terminal.getvalue()
    assert "\x1b]" not in terminal.getvalue()


def test_a_narrow_terminal_takes_nothing_away(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "40")
    path = "/opt/python/lib/site-packages/biometal_stream/__pycache__"
    print_table("", ("", ""), [("numba cache", path)], text=(0, 1))
    assert "\u2026" not in terminal.getvalue()
    lines = (line.strip().removeprefix("numba cache") for line in terminal.getvalue().splitlines())
    assert "".join(line.strip() for line in lines) == path
