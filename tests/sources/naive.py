"""FASTQ read as plainly as its definition: the oracle of the parser."""

from dataclasses import dataclass

BASES = set(b"ACGTURYSWKMBDHVNacgturyswkmbdhvn")


@dataclass(frozen=True)
class Record:
    name: str
    description: str | None
    sequence: str
    quality: str


class Bad(Exception):
    """The record's number, from 0, of the first that is not FASTQ."""


def parse(data: bytes) -> list[Record]:
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    lines = [line.removesuffix(b"\r") for line in lines]
    while lines and lines[-1] == b"" and not ends_with_empty_read(lines):
        lines.pop()
    if len(lines) % 4 == 3 and lines[-2] == b"":
        lines.append(b"")
    records = []
    for number, start in enumerate(range(0, len(lines), 4)):
        record = lines[start : start + 4]
        if len(record) < 4:
            raise Bad(number)
        records.append(parse_record(record, number))
    return records


def ends_with_empty_read(lines: list[bytes]) -> bool:
    return len(lines) % 4 == 0 and lines[-2].startswith(b"+")


def parse_record(lines: list[bytes], number: int) -> Record:
    header, sequence, plus, quality = lines
    good = (
        header.startswith(b"@")
        and plus.startswith(b"+")
        and plus[1:] in (b"", header[1:])
        and set(sequence) <= BASES
        and len(sequence) == len(quality)
        and all(33 <= byte <= 126 for byte in quality)
    )
    if not good:
        raise Bad(number)
    try:
        text = header[1:].decode()
    except UnicodeDecodeError:
        raise Bad(number) from None
    blanks = [place for place in (text.find(" "), text.find("\t")) if place >= 0]
    name, description = text, None
    if blanks:
        name, description = text[: min(blanks)], text[min(blanks) :]
        if not description.lstrip(" ").startswith("\t"):
            description = description.removeprefix(" ")
    return Record(name, description, sequence.decode(), quality.decode())
