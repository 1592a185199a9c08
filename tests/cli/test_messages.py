"""Every fault is one line, or a bug."""

import errno
import shlex

import pytest

from biometal_stream import errors
from biometal_stream.cli import messages
from biometal_stream.cli.command import as_typed
from biometal_stream.cli.main import main
from biometal_stream.errors import (
    BiometalError,
    ConfigurationError,
    FastqError,
    Location,
    SchemaError,
)


def test_own_errors_are_a_line_with_their_notes():
    fault = FastqError(Location("a.fq", 3, 9, 120), "expected '@', got 'x'")
    fault.add_note("in stage 'parse'")
    fault.add_note("lane 2")
    assert messages.describe(fault) == (
        "a.fq: record 3, line 9, byte 120: expected '@', got 'x' [in stage 'parse'; lane 2]",
        1,
    )
    assert messages.describe(ConfigurationError("one\ntwo")) == ("one two", 2)


WRONG_USAGE = {"ConfigurationError", "ModelChoiceError", "PluginError", "SchemaError"}


def test_wrong_usage_has_a_status_of_its_own():
    """What was typed cannot work: 2. The input, the output or the machine is at fault: 1."""
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, BiometalError)
    ]
    assert {kind.__name__ for kind in kinds if kind.exit_status == 2} == WRONG_USAGE
    assert {kind.exit_status for kind in kinds} == {1, 2}
    assert messages.describe(SchemaError("no column 'x'")) == ("no column 'x'", 2)
    assert messages.describe(errors.ModelChoiceError("no model x"))[1] == 2
    assert messages.describe(errors.InputError("x"))[1] == 1


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("shards and partition_by exclude each other", "--shards and --partition-by exclude"),
        ("o.fq: partition-by is for Parquet", "o.fq: --partition-by is for Parquet"),
        ("partition_by needs a column 'mate'", "--partition-by needs a column 'mate'"),
        ("partition_by: column 'x' has more than", "--partition-by: column 'x' has more than"),
        ("partition_by: is an input", "partition_by: is an input"),
        ("no column 'shards'; the mates are", "no column 'shards'; the mates are"),
    ],
)
def test_options_are_spelt_as_they_are_typed(message, shown):
    assert messages.describe(SchemaError(message))[0].startswith(shown)


def test_a_step_without_options_has_none_to_spell():
    assert as_typed("where: 'a and  must'", []) == "where: 'a and  must'"


def test_the_system_speaks_plainly():
    assert messages.describe(OSError(errno.ENOSPC, "No space left on device")) == (
        "standard output: cannot be written: No space left on device",
        1,
    )
    assert messages.describe(OSError(errno.EIO, "Input/output error")) == ("Input/output error", 1)
    assert messages.describe(FileNotFoundError(errno.ENOENT, "No such file", "x.fq")) == (
        "x.fq: No such file",
        1,
    )
    assert "--memory" in messages.describe(MemoryError())[0]


def test_a_bug_is_not_described():
    assert messages.describe(ZeroDivisionError()) is None


def test_control_bytes_do_not_reach_the_terminal(capsys):
    messages.say(messages.error(str(BiometalError("read '\x1b]0;x\x07'"))))
    assert capsys.readouterr().err == "biometal-stream: error: read '\\x1b]0;x\\x07'\n"


@pytest.mark.parametrize("stream", [None, "closed"])
def test_a_closed_standard_error_is_no_fault(monkeypatch, tmp_path, stream):
    if stream == "closed":
        stream = (tmp_path / "err").open("w")
        stream.close()
    monkeypatch.setattr("sys.stderr", stream)
    messages.say("to nobody")


@pytest.mark.parametrize("line", [messages.error, messages.warning])
def test_long_words_are_shortened(line):
    assert line(f"a: 'x' {'y' * 400} z").endswith(f"a: 'x' {'y' * 400} z")
    long = f"'{'A' * 250}{'C' * 5000}{'G' * 250}'"
    assert line(f"no such step: {long} here").endswith(
        f"no such step: '{'A' * 199}...{'G' * 59}' here"
    )


LONG = "N" * 5000


@pytest.mark.parametrize(
    "step",
    [
        f"split-adapters --adapter {LONG}",
        f"match-adapters --adapter 'ACGT;{LONG}=3'",
        f"trim-adapters --adapter {LONG}?",
        f"extract --pattern '(({LONG}'",
        f"extract --read-structure {LONG}",
        f"rename-reads '{{{LONG}'",
        f"rename {LONG}",
        f"min-length 5 --{LONG}",
        f"drop-duplicates --table-size {'9' * 5000}",
        f"head 1 --memory {'9' * 5000}",
        LONG,
    ],
)
def test_a_long_value_does_not_flood_the_terminal(step, capsys):
    assert main(["read", "none.fq", *shlex.split(step)]) == 2
    assert all(len(line) < 1000 for line in capsys.readouterr().err.splitlines())
