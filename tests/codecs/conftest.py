"""What the tests of the codecs share: a stand-in for a run, ways to read, and ways to write."""

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from biometal_stream.codecs import open_bytes
from biometal_stream.codecs.libraries import isal, libdeflate, libzstd
from tests import pipes

BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


class StandInRun:
    """What a run lends, and a list of what it was told."""

    def __init__(self, workers=2, memory=1 << 30):
        self.workers = workers
        self.memory = memory
        self.executor = ThreadPoolExecutor(workers)
        self.warnings = []

    def warn(self, message, *, at_once=False):
        self.warnings.append(message)

    def count(self, what, number):
        raise AssertionError("no codec counts anything")


@pytest.fixture
def lend():
    """Makes runs, and ends their threads after the test."""
    runs = []

    def make(workers=2, **settings):
        runs.append(StandInRun(workers, **settings))
        return runs[-1]

    yield make
    for run in runs:
        run.executor.shutdown()


@pytest.fixture(scope="session")
def session_run():
    """One run for tests that read thousands of inputs; its warnings are not looked at."""
    run = StandInRun(2)
    yield run
    run.executor.shutdown()


def drain(reader, step=1 << 16):
    """Reads to the end; the first call at the end is repeated, for it must stay the end."""
    target = bytearray(step)
    pieces = []
    while count := reader.readinto(memoryview(target)):
        pieces.append(bytes(target[:count]))
    assert reader.readinto(memoryview(target)) == 0
    return b"".join(pieces)


@pytest.fixture(scope="session")
def read_all():
    """Opens a path, a file object or bytes, and reads all of it."""

    def read(target, run, step=1 << 16):
        if isinstance(target, bytes | bytearray):
            target = io.BytesIO(target)
        reader = open_bytes(target, run=run)
        try:
            return drain(reader, step)
        finally:
            reader.close()

    return read


@pytest.fixture(scope="session")
def piped():
    """As `tests.pipes.piped`."""
    return pipes.piped


@pytest.fixture(scope="session")
def bgzf():
    """Writes BGZF, as the SAM specification describes it."""

    def block(data, extra=b""):
        squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
        deflated = squeeze.compress(data) + squeeze.flush()
        size = 12 + len(extra) + 6 + len(deflated) + 8
        head = b"\x1f\x8b\x08\x04" + bytes(4) + b"\0\xff" + struct.pack("<H", len(extra) + 6)
        field = extra + b"BC" + struct.pack("<HH", 2, size - 1)
        return head + field + deflated + struct.pack("<II", zlib.crc32(data), len(data))

    def write(data, size=65280, *, end=True, extra=b""):
        blocks = [block(data[at : at + size], extra) for at in range(0, len(data), size)]
        return b"".join(blocks) + (BGZF_END if end else b"")

    return write


@pytest.fixture
def hidden_libraries(monkeypatch):
    """Python's packages work, and hide the C functions of their libraries."""
    for library in (isal, libdeflate, libzstd):
        monkeypatch.setattr(library, "functions", lambda: None)
    for library in (isal, libdeflate):
        monkeypatch.setattr(library, "_kept", library._Kept())


@pytest.fixture(scope="session")
def text():
    """Some FASTQ."""
    records = []
    state = 1
    for number in range(60):
        bases = []
        for _ in range(40):
            state = state * 1103515245 + 12345 & 0x7FFFFFFF
            bases.append("ACGT"[state >> 16 & 3])
        records.append(f"@read{number}\n{''.join(bases)}\n+\n{'IIIIFFFF:,' * 4}\n")
    return "".join(records).encode()
