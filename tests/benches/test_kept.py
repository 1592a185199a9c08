"""Runs that are kept, so that a bench goes on where it was."""

import pytest

from benches.contents import Contents
from benches.kept import Kept
from benches.processes import FailedError, Usage
from benches.runs import Run

FULL = Run(
    Usage(2.0, 1.5, 0.25, 1 << 20, "out"),
    (10, 20),
    3,
    {"stages": [{"name": "read", "cpu": 0.5}]},
    Contents(3, (1, 2, 3), (4, 5, 6)),
)
START = Run(Usage(0.5, 0.25, 0.0, 1 << 20, ""))


def test_what_was_kept_is_found_again(tmp_path) -> None:
    path = tmp_path / "kept.jsonl"
    first = Kept(path, "here")
    assert first.find("job") is None
    first.add("job", FULL, START)
    first.add("other", START, START)
    again = Kept(path, "here")
    assert again.find("job") == (FULL, START)
    assert again.find("other") == (START, START)
    assert again.find("third") is None


def test_runs_of_another_commit_or_machine_are_not_used(tmp_path) -> None:
    path = tmp_path / "kept.jsonl"
    Kept(path, "here").add("job", FULL, START)
    assert Kept(path, "there").find("job") is None


def test_a_line_that_was_cut_off_is_left_out_and_the_next_is_whole(tmp_path) -> None:
    path = tmp_path / "kept.jsonl"
    Kept(path, "here").add("one", FULL, START)
    Kept(path, "here").add("two", FULL, START)
    path.write_bytes(path.read_bytes()[:-10])
    again = Kept(path, "here")
    assert again.find("one")
    assert not again.find("two")
    again.add("two", FULL, START)
    assert Kept(path, "here").find("two") == (FULL, START)


def test_without_a_file_nothing_is_kept(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    kept = Kept()
    kept.add("job", FULL, START)
    assert kept.find("job") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["no JSON", "no JSON\n", "[]\n", '{"about": "here"}\n', "\n"])
def test_a_file_of_something_else_is_an_error_and_stays(tmp_path, text) -> None:
    path = tmp_path / "kept.jsonl"
    path.write_text(text)
    with pytest.raises(FailedError, match="holds no runs of this bench; name another"):
        Kept(path, "here")
    assert path.read_text() == text


def test_a_file_that_cannot_be_written_is_an_error_at_once(tmp_path) -> None:
    with pytest.raises(FailedError, match="No such file or directory"):
        Kept(tmp_path / "missing" / "kept.jsonl", "here")
