"""Several targets that are committed together: all of them, or none."""

import os
from contextlib import ExitStack

import pytest

from biometal_stream.atomic import AtomicFile, AtomicFiles, AtomicFolder, AtomicTree, together
from biometal_stream.errors import ConfigurationError, SinkError
from tests.faults.jobs import contents

OLD = {"a": b"old", "b": b"old", "t/1": b"old"}
NEW = {"a": b"new", "b": b"new", "c": b"new", "d/1": b"new", "t/1": b"new", "t/2/x": b"new"}


def folders(folder):
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_dir()}


def prepare(folder):
    (folder / "t").mkdir(parents=True)
    for name, data in OLD.items():
        (folder / name).write_bytes(data)


def write(folder):
    with together(), ExitStack() as stack:
        stack.enter_context(AtomicFile(folder / "a")).write(b"new")
        for file in stack.enter_context(AtomicFiles([folder / "b", folder / "c"])).files:
            file.write(b"new")
        stack.enter_context(AtomicFolder(folder / "d")).append("1", b"new")
        tree = stack.enter_context(AtomicTree(folder / "t", "{x}"))
        tree.append("1", b"new")
        tree.append("2/x", b"new")


def test_all_are_committed_at_the_end(tmp_path):
    prepare(tmp_path)
    write(tmp_path)
    assert contents(tmp_path) == NEW


def test_nothing_has_its_name_before_the_end(tmp_path):
    with together():
        with AtomicFile(tmp_path / "a") as file:
            file.write(b"new")
        assert not (tmp_path / "a").exists()
    assert contents(tmp_path) == {"a": b"new"}


@pytest.mark.parametrize("call", ["replace", "rename", "fsync", "write", "link"])
def test_whatever_fails_all_are_as_they_were(tmp_path, monkeypatch, call):
    real, calls, moment = getattr(os, call), 0, None

    def failing(*arguments, **options):
        nonlocal calls
        calls += 1
        if calls == moment:
            raise OSError(5, "Input/output error")
        return real(*arguments, **options)

    prepare(tmp_path / "whole")
    monkeypatch.setattr(os, call, failing)
    write(tmp_path / "whole")
    assert calls
    for moment in range(1, calls + 1):
        calls, folder = 0, tmp_path / f"{moment}"
        prepare(folder)
        try:
            write(folder)
        except SinkError:
            assert contents(folder) == OLD
            assert folders(folder) == {"t"}
        else:
            assert call in {"link", "fsync"}  # of a folder: nobody loses by that
            assert contents(folder) == NEW


def test_an_error_of_the_body_leaves_all_as_they_were(tmp_path):
    prepare(tmp_path)

    def failing():
        with together():
            write_one(tmp_path / "a")
            raise KeyboardInterrupt

    def write_one(path):
        with AtomicFile(path) as file:
            file.write(b"new")

    with pytest.raises(KeyboardInterrupt):
        failing()
    assert contents(tmp_path) == OLD
    write_one(tmp_path / "a")  # is committed alone again
    assert (tmp_path / "a").read_bytes() == b"new"


def test_one_file_for_two_targets(tmp_path):
    prepare(tmp_path)
    os.link(tmp_path / "a", tmp_path / "e")
    (tmp_path / "f").symlink_to("a")

    def twice():
        with together(), AtomicFile(tmp_path / "a") as one, AtomicFile(tmp_path / "f") as other:
            one.write(b"1")
            other.write(b"2")

    with pytest.raises(ConfigurationError, match="is written twice"):
        twice()
    assert (tmp_path / "a").read_bytes() == b"old"
