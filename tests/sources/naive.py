"""FASTQ read as plainly as its definition: the oracle of the parser."""

import re
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
        and plus[1:] in {b"", *repeated(header[1:])}
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


def repeated(header: bytes) -> set[bytes]:
    """What a `+` line can repeat of a header: with or without its `/1`, and its description."""
    name, description = re.fullmatch(rb"([^ \t]*)(.*)", header, re.DOTALL).groups()
    stems = {name, re.sub(rb"/[12]\Z", b"", name)}
    return {stem + rest for stem in stems for rest in (b"", description)}


def mark(record: Record) -> int:
    """The mate that a record is marked as, 0 without a mark."""
    found = re.search(r"/([12])\Z", record.name)
    found = found or re.match(r"\t?([12]):[YN]:[0-9]+:", record.description or "")
    return int(found[1]) if found else 0


def are_mates(one: str, two: str, separator: str) -> bool:
    """Whether two names are those of mates 1 and 2, in that order."""
    if one == two:
        unmarked = not one.endswith(("/1", "/2"))
        return unmarked and not (separator != "/" and re.search(rf"[{separator}][0-9]+\Z", one))
    ends = {(f"{mark}1", f"{mark}2") for mark in {"/", separator}}
    return one[:-2] == two[:-2] and (one[-2:], two[-2:]) in ends


def qualities(lines: list[bytes]) -> tuple[list[int], int, int]:
    """Counts the qualities up to one below `;`, the `B` at ends of reads, and the reads."""
    counts, tails, tailed = [0] * 256, 0, 0
    line = 0
    while line + 4 <= len(lines):
        header, sequence, plus, quality = lines[line : line + 4]
        if not (header[:1] == b"@" and plus[:1] == b"+" and len(sequence) == len(quality)):
            line += 1
            continue
        for byte in quality:
            counts[byte] += 33 <= byte <= 126
            if 33 <= byte < ord(";"):
                return counts, tails, tailed
        tail = len(quality) - len(quality.rstrip(b"B"))
        tails, tailed = tails + tail, tailed + (tail > 1)
        line += 4
    return counts, tails, tailed
