"""Targets that are not files of their own are written directly: pipes, devices, open files."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from biometal_stream.atomic import AtomicFile
from biometal_stream.errors import SinkError
from tests.faults.jobs import contents


def test_a_pipe_is_written_directly(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    found = []
    reader = threading.Thread(target=lambda: found.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    with AtomicFile(tmp_path / "pipe") as file:
        file.write(b"through")
    reader.join()
    assert found == [b"through"]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_devices():
    with AtomicFile("/dev/null") as file:
        file.write(b"away")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_device():
    message = "/dev/full: cannot be written: No space left on device"
    with pytest.raises(SinkError, match=message), AtomicFile("/dev/full") as file:
        file.write(b"x")


def test_a_pipe_by_its_number():
    receiver, sender = os.pipe()
    with AtomicFile(f"/dev/fd/{sender}") as file:
        file.write(b"x" * 10)
    os.close(sender)
    assert os.read(receiver, 100) == b"x" * 10
    os.close(receiver)


def test_nobody_reads():
    receiver, sender = os.pipe()
    os.close(receiver)
    with pytest.raises(BrokenPipeError), AtomicFile(f"/dev/fd/{sender}") as file:
        file.write(b"x")
    os.close(sender)


def test_a_pipe_that_does_not_block():
    receiver, sender = os.pipe()
    os.set_blocking(sender, False)
    data = bytes(range(256)) * 4096
    found = []

    def drain():
        while len(b"".join(found)) < len(data):
            found.append(os.read(receiver, 65_536))

    reader = threading.Thread(target=drain)
    file = AtomicFile(f"/dev/fd/{sender}")
    os.set_blocking(file._file.fileno(), False)
    reader.start()
    file.write(data)
    file.commit()
    reader.join()
    assert b"".join(found) == data
    os.close(sender)
    os.close(receiver)


def test_standard_output(capfd):
    sys.stdout.write("first ")
    with AtomicFile("-") as file:
        file.write(b"second")
    sys.stdout.write(" third")
    assert capfd.readouterr().out == "first second third"


@pytest.mark.parametrize("name", ["/dev/fd/{}", "/proc/self/fd/{}"])
def test_an_open_file_by_its_number_keeps_what_it_has(tmp_path, name):
    if name.startswith("/proc") and not Path("/proc/self/fd").exists():
        pytest.skip("no /proc")
    with (tmp_path / "t").open("wb", buffering=0) as standing:
        standing.write(b"before ")
        with AtomicFile(name.format(standing.fileno())) as file:
            file.write(b"new ")
        standing.write(b"after")
    assert contents(tmp_path) == {"t": b"before new after"}


def test_standard_output_by_its_path_keeps_what_a_file_has(tmp_path):
    code = """if True:
        import os
        from biometal_stream.atomic import AtomicFile
        os.write(1, b"before ")
        with AtomicFile("/dev/stdout") as file:
            file.write(b"new ")
        os.write(1, b"after")
        """
    with (tmp_path / "t").open("wb") as out:
        subprocess.run([sys.executable, "-c", code], check=True, stdout=out)
    assert contents(tmp_path) == {"t": b"before new after"}
