"""What each level of FASTQ.gz gives: MB of text a second on one core, and the ratio.

``python -m benches.gzip_levels reads.fq.gz …`` prints a row for each file, or for all files of a
folder together, of the processor time of `compress_blocks`, check sums included: the least of five.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from isal import igzip

from biometal_stream.codecs.bgzf.writer import LEVELS, compress_blocks

MOST = 16 << 20
"""Bytes of text that are compressed of each row."""
ROUNDS = 5
SHOWN = (1, 2, 3, 4, 6, 9)
"""The levels of the table: above 9 a core compresses 2 to 13 MB/s."""


def main(paths: list[str]) -> None:
    """Prints the table."""
    print("| reads |", " | ".join(f"{level} ({LEVELS[level]})" for level in SHOWN), "|")
    print("|---|", "--:|" * len(SHOWN))
    for path in map(Path, paths):
        files = sorted(path.glob("*.gz")) if path.is_dir() else [path]
        share = MOST // len(files)
        text = memoryview(b"".join(_text(file, share) for file in files))
        print(f"| {path.name} |", " | ".join(_measured(text, level) for level in SHOWN), "|")


def _text(path: Path, most: int) -> bytes:
    with igzip.open(path, "rb") as stream:  # type: ignore[no-untyped-call]
        text: bytes = stream.read(most)
        return text


def _measured(text: memoryview, level: int) -> str:
    best = float("inf")
    size = 0
    for _ in range(ROUNDS):
        start = time.thread_time()
        size = len(compress_blocks(text, level))
        best = min(best, time.thread_time() - start)
    return f"{len(text) / best / 1e6:.0f} MB/s, {len(text) / size:.2f}"


if __name__ == "__main__":
    main(sys.argv[1:])
