"""Several files appear together, or stay as they were."""

import pytest

from biometal_stream.atomic import AtomicFiles
from biometal_stream.errors import ConfigurationError, SinkError
from tests.atomic.faults import failing
from tests.faults.jobs import contents


def test_files_are_committed_together(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    with AtomicFiles([tmp_path / "a", tmp_path / "b"]) as files:
        for file in files.files:
            file.write(b"new")
    assert contents(tmp_path) == {"a": b"new", "b": b"new"}
    assert files.bytes_written == 6


@pytest.mark.parametrize("function", ["write", "fsync", "replace", "close", "link"])
@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.usefixtures("closed_by_the_system")
def test_files_are_undone_together(tmp_path, monkeypatch, function, at):
    old = {"a": b"old a", "c": b"old c"}
    for name, data in old.items():
        (tmp_path / name).write_bytes(data)
    targets = [tmp_path / name for name in "abc"]

    def fill(files):
        with files:
            for file in files.files:
                file.write(b"new")

    files = AtomicFiles(targets)
    with monkeypatch.context() as patch:
        calls = failing(patch, function, at)
        if function == "link":  # a file system without links: no error
            with files:
                pass
        else:
            with pytest.raises(SinkError, match="No space left"):
                fill(files)
    assert len(calls) > at or function == "link"
    assert contents(tmp_path) == ({"a": b"", "b": b"", "c": b""} if function == "link" else old)


def test_a_device_may_take_several():
    with AtomicFiles(["/dev/null", "/dev/null"]) as files:
        files.files[1].write(b"x")


def test_one_file_twice(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "a")
    with pytest.raises(ConfigurationError, match="is written twice"):
        AtomicFiles([tmp_path / "a", tmp_path / "link"])
    with pytest.raises(SinkError, match="is a folder"):
        AtomicFiles([tmp_path / "a", tmp_path])
    assert contents(tmp_path) == {"link": b""}  # it leads nowhere
