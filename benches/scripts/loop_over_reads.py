"""Adds up the bases of a file in a loop over its reads: FILE, THREADS.

Further words are left alone: such a loop has no report.
"""

from __future__ import annotations

import sys

import biometal_stream as bs


def main(path: str, threads: str, *_: str) -> None:
    """Prints the number of bases, and in the last line that of reads."""
    count = bases = 0
    for read in bs.read_fastq(path).with_options(threads=int(threads)).records():
        count += 1
        bases += len(read.sequence)
    sys.stdout.write(f"{bases}\n{count}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
