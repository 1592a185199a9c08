"""Files that are named while they are written: all of them appear, or none."""

import os
import stat
from pathlib import Path

import pytest

from biometal_stream.atomic import AtomicTree
from biometal_stream.atomic.hidden import beside
from biometal_stream.errors import DataError, SinkError
from tests.faults.jobs import contents


def listed(folder):
    return sorted(path.name for path in Path(folder).iterdir())


def write(folder, pattern, *names):
    with AtomicTree(folder, pattern) as tree:
        for name in names:
            tree.append(name, b"x")


def test_all_files_appear_at_the_end(tmp_path):
    (tmp_path / "a.fq").write_bytes(b"old")
    (tmp_path / "a.fq").chmod(0o640)
    with AtomicTree(tmp_path, "{x}.fq") as tree:
        tree.append("a.fq", b"one")
        tree.append("new/b.fq", b"two")
        tree.append("a.fq", b" more")
        assert {k: v for k, v in contents(tmp_path).items() if k[0] != "."} == {"a.fq": b"old"}
        assert tree.paths == (f"{tmp_path}/a.fq", f"{tmp_path}/new/b.fq")
        assert tree.paths is tree.paths  # looked at after every morsel, with thousands of files
    assert contents(tmp_path) == {"a.fq": b"one more", "new/b.fq": b"two"}
    assert tree.bytes_written == 11
    assert stat.S_IMODE((tmp_path / "a.fq").stat().st_mode) == 0o640
    assert listed(tmp_path) == ["a.fq", "new"]


def test_an_error_leaves_everything_as_it_was(tmp_path):
    (tmp_path / "a.fq").write_bytes(b"old")

    def failing_write():
        with AtomicTree(tmp_path, "{x}.fq") as tree:
            tree.append("a.fq", b"one")
            tree.append("new/b.fq", b"two")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        failing_write()
    assert contents(tmp_path) == {"a.fq": b"old"}
    assert listed(tmp_path) == ["a.fq"]


@pytest.mark.parametrize("failing", range(1, 5))
def test_a_rename_that_fails_undoes_those_before_it(tmp_path, monkeypatch, failing):
    for name in "ac":
        (tmp_path / f"{name}.fq").write_bytes(b"old")
    real, calls = os.replace, 0

    def replace(*arguments, **options):
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError(5, "Input/output error")
        return real(*arguments, **options)

    def failing_write():
        with AtomicTree(tmp_path, "{x}.fq") as tree:
            for name in ("a.fq", "d/b.fq", "c.fq", "d/e/f.fq"):
                tree.append(name, b"new")

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(SinkError, match=r"cannot be written: Input/output error"):
        failing_write()
    assert contents(tmp_path) == {"a.fq": b"old", "c.fq": b"old"}
    assert listed(tmp_path) == ["a.fq", "c.fq"]


def test_no_file_is_kept_open(tmp_path):
    with AtomicTree(tmp_path, "{x}.fq") as tree:
        before = len(listed("/dev/fd"))
        for number in range(200):
            tree.append(f"{number}.fq", b"x")
        assert len(listed("/dev/fd")) == before
    assert len(listed(tmp_path)) == 200


def test_names_that_a_file_system_takes_for_one(tmp_path, monkeypatch):
    monkeypatch.setattr("biometal_stream.atomic.tree.folds", lambda folder, one, other: True)
    for names in [("A.fq", "a.fq"), ("\u00e9.fq", "e\u0301.fq"), ("d/A.fq", "D/a.fq")]:
        with pytest.raises(DataError, match="as the same file"):
            write(tmp_path, "{x}", *names)
    assert listed(tmp_path) == []


def test_names_that_differ_in_case_are_two_files_where_they_can_be(tmp_path):
    with AtomicTree(tmp_path, "{x}.fq") as tree:
        tree.append("A.fq", b"1")
        tree.append("a.fq", b"2")
    assert contents(tmp_path) == {"A.fq": b"1", "a.fq": b"2"}


def test_links_to_one_file(tmp_path):
    (tmp_path / "a.fq").write_bytes(b"old")
    (tmp_path / "b.fq").symlink_to("a.fq")
    with pytest.raises(DataError, match=r"'a.fq' as the same file"):
        write(tmp_path, "x", "a.fq", "b.fq")
    with AtomicTree(tmp_path, "x") as tree:
        tree.append("b.fq", b"new")
    assert (tmp_path / "b.fq").is_symlink()
    assert (tmp_path / "a.fq").read_bytes() == b"new"


def test_what_no_file_can_replace(tmp_path):
    (tmp_path / "d.fq").mkdir()
    os.mkfifo(tmp_path / "p.fq")
    (tmp_path / "f").write_bytes(b"")
    for name, message in [
        ("d.fq", "is a folder"),
        ("p.fq", "is not a file"),
        ("f/x.fq", "is not a folder"),
        ("x" * 300, "File name too long"),
    ]:
        with pytest.raises(SinkError, match=message), AtomicTree(tmp_path, "{x}") as tree:
            tree.append(name, b"x")
    with pytest.raises(SinkError, match=r"/none/{x}.fq: .*there is no such folder; make it first"):
        AtomicTree(tmp_path / "none", "{x}.fq")
    assert listed(tmp_path) == ["d.fq", "f", "p.fq"]


def test_what_a_killed_run_left_is_swept(tmp_path):
    left = beside(tmp_path / "{x}.fq", "partial")
    left.mkdir()
    (left / "0").write_bytes(b"half")
    with AtomicTree(tmp_path, "{x}.fq") as tree:
        tree.append("b.fq", b"whole")
    assert listed(tmp_path) == ["b.fq"]
