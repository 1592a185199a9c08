"""What a word may be: steps where steps may stand, options where they may, and files."""

import pytest

from biometal_stream.cli.main import main
from biometal_stream.cli.proposals import Proposal, proposals, split_line


def values(line, incomplete=""):
    return {item.value for item in proposals(line.split(), incomplete) if not item.files}


def takes_files(line, incomplete=""):
    return any(item.files for item in proposals(line.split(), incomplete))


def test_a_preset_has_files_only_at_the_start():
    assert values("preset", "il") == {"illumina"}
    assert takes_files("preset illumina ")
    assert not takes_files("read r.fq preset illumina ")
    assert "min-length" in values("read r.fq preset illumina ")


def test_what_a_line_starts_with():
    assert values("") == {
        *(
            "read",
            "preset",
            "run",
            "train",
            "synthesize",
            "demo",
            "report",
            "index",
            "doctor",
            "completion",
        )
    }
    assert values("", "d") == {"demo", "doctor"}
    assert values("--threads 2", "re") == {"read", "report"}


def test_steps_follow_steps():
    assert not values("read")
    assert takes_files("read")
    assert {"min-length", "write"} <= values("read a.fq")
    assert "read" not in values("read a.fq")
    assert takes_files("read a.fq")
    assert not values("read a.fq min-length")
    assert "write" in values("read a.fq min-length 5", "w")
    assert not takes_files("read a.fq min-length 5")
    assert takes_files("read a.fq write")
    assert not values("read a.fq write o.parquet")
    assert not values("doctor")


def test_options_and_their_values():
    assert {"--mate", "--sample", "--threads", "--help"} <= values("read a.fq", "--")
    assert "--shards" not in values("read a.fq", "--")
    assert values("read a.fq", "--qua") == {"--quality-encoding", "--quarantine"}
    assert values("read a.fq --quality-encoding") == {"auto", "phred33", "phred64", "solexa"}
    assert values("read a.fq --on-bad-record", "s") == {"stop", "skip"}
    assert takes_files("read a.fq --mate")
    assert proposals(["read", "a.fq"], "--mate=b") == [Proposal("b", files=True)]
    assert values("read a.fq", "--on-bad-record=s") == {"stop", "skip"}
    assert not values("read a.fq --sample")
    assert values("completion") == {"bash", "zsh", "fish"}


def test_after_a_mistake_there_is_nothing():
    assert not proposals(["frobnicate"], "")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("program re", ["program", "re"]),
        ("program read ", ["program", "read", ""]),
        ("program read 'lane 1.fq' lane\\ ", ["program", "read", "lane 1.fq", "lane "]),
        ("program read 'lane 1", ["program", "read", "lane 1"]),
        ("program where 'a = 1' --opt=", ["program", "where", "a = 1", "--opt="]),
        ("prog", ["prog"]),
    ],
)
def test_an_unfinished_line_falls_into_words(line, words):
    assert split_line(line) == words


@pytest.mark.parametrize("line", ["biometal-stream", "biometal-stream nothing "])
def test_where_nothing_can_follow(capsys, monkeypatch, line):
    monkeypatch.setenv("_BIOMETAL_STREAM_COMPLETE", line)
    assert main([]) == 0
    assert capsys.readouterr().out == ""
