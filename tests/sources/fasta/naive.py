"""FASTA parsed in plain Python: what the source must give, and where it must stop."""

import re

BASES = re.compile(rb"[ACGTURYSWKMBDHVN]*", re.IGNORECASE)


class Bad(Exception):
    """A bad record: its number and the line and byte of what is wrong."""

    def __init__(self, record, line, offset):
        super().__init__(record, line, offset)
        self.place = record, line, offset


def divided(header):
    """Name and description of a header line without its mark."""
    found = re.match(r"([^ \t]*)(.*)", header, re.DOTALL)
    name, rest = found.groups()
    if not rest:
        return name, None
    return name, rest if re.match(r" *\t", rest) else rest[1:]


def parse(data):
    """Yields name, description and sequence of each record; raises `Bad`."""
    name = None
    sequence = b""
    number = offset = 0
    if data.startswith(b"\xef\xbb\xbf"):
        data, offset = data[3:], 3
    for line, text in enumerate(data.split(b"\n"), 1):
        bare = text.removesuffix(b"\r")
        if text.startswith(b">"):
            if name is not None:
                yield *divided(name), sequence.decode()
            number += 1
            if b"\r" in bare:
                raise Bad(number, line, offset + bare.index(b"\r"))
            try:
                name, sequence = bare[1:].decode(), b""
            except UnicodeDecodeError as error:
                raise Bad(number, line, offset + 1 + error.start) from None
        elif name is None:
            if bare.strip(b"\r") or (bare and line == data.count(b"\n") + 1):
                raise Bad(1, line, offset)
        else:
            good = BASES.match(bare).end()
            if good < len(bare):
                raise Bad(number, line, offset + good)
            sequence += bare
        offset += len(text) + 1
    if name is not None:
        yield *divided(name), sequence.decode()
