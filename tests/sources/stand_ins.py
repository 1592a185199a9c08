"""Inputs for tests, without files."""

from collections.abc import Iterator

import numpy as np

from biometal_stream.run import LocalRun
from biometal_stream.sources.fastq.parse import Parsed, parse
from biometal_stream.sources.fastq.records import RecordReader
from biometal_stream.sources.fastq.text import Lines, RecordText
from biometal_stream.sources.text.lines import PADDING
from tests.sources.naive import Record


class Bytes:
    """A `ByteReader` that hands out its data in segments of given sizes."""

    codec = "plain"
    name = "reads.fq"

    def __init__(self, data: bytes, sizes: tuple[int, ...] = (1 << 20,)) -> None:
        self._data = memoryview(data)
        self._sizes = sizes
        self._calls = 0
        self.bytes_read = 0
        self.bytes_total = len(data)

    def readinto(self, target: memoryview) -> int:
        size = min(self._sizes[self._calls % len(self._sizes)], len(target))
        self._calls += 1
        segment = self._data[self.bytes_read : self.bytes_read + size]
        target[: len(segment)] = segment
        self.bytes_read += len(segment)
        return len(segment)

    def job(self, target: memoryview) -> None:
        """Has nothing for workers."""

    def interrupt(self) -> None:
        pass

    def close(self) -> None:
        pass


def padded(data: bytes) -> np.ndarray:
    """The bytes, followed by newlines that no kernel may count."""
    return np.frombuffer(data + b"\n" * PADDING, np.uint8)


def cut(data: bytes, chunk_bytes: int, limit: int = 1 << 20, unit: int = 1) -> Iterator[RecordText]:
    """Cuts data into chunks; raises what the reader raises."""
    reader = RecordReader(Bytes(data), chunk_bytes, limit, unit)
    while records := reader.fill() // unit * unit:
        yield reader.take(records)


def parse_all(data: bytes, chunk_bytes: int = 256) -> tuple[list[Record], Parsed | None]:
    """Parses all chunks up to the first with a bad record."""
    records: list[Record] = []
    reader = RecordReader(Bytes(data), chunk_bytes, 1 << 20)
    while count := reader.fill():
        parsed = parse((Lines.of(reader.take(count)),), "phred33")
        records += to_records(parsed)
        if parsed.error is not None:
            return records, parsed
    return records, None


def lines_of(data: bytes) -> Lines:
    """The lines of data, whole records or not."""
    buffer = np.frombuffer(data + bytes(64), np.uint8)
    count = data.count(b"\n")
    text = RecordText(buffer, 0, len(data), len(data), count // 4, "reads.fq", 0, 0, at_end=True)
    return Lines.of(text)


def to_records(parsed: Parsed) -> list[Record]:
    columns = [column.to_pylist() for column in parsed.columns.values()]
    return [Record(*row) for row in zip(*columns, strict=True)]


def header_of(name: str, description: str | None) -> str:
    """The header line that a name and a description came from, without its ``@``."""
    if description is None:
        return name
    blank = "" if description.lstrip(" ").startswith("\t") else " "
    return f"{name}{blank}{description}"


def fastq(records: list[Record]) -> bytes:
    """Writes records as a file."""
    lines = []
    for record in records:
        header = header_of(record.name, record.description)
        lines += [f"@{header}", record.sequence, "+", record.quality]
    return "".join(line + "\n" for line in lines).encode()


def run() -> LocalRun:
    """A run of one worker."""
    return LocalRun(workers=1)
