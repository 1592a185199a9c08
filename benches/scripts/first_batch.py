"""Prints the seconds to the first batch: since this process was started, and since a second call.

``first_batch.py FILE``; the variable ``BENCH_STARTED`` has the time when the process was started.
"""

from __future__ import annotations

import json
import os
import sys
import time

import biometal_stream as bs


def main(path: str) -> None:
    """Asks for the first batch twice, and ends both runs there."""
    started = float(os.environ["BENCH_STARTED"])
    reads = bs.read_fastq(path) | bs.MinLength(50) | bs.MaxN(2)
    seconds = {}
    for name in ("cold", "warm"):
        called = time.monotonic()
        batches = reads.batches()
        next(batches)
        seconds[name] = time.monotonic() - (started if name == "cold" else called)
        batches.close()
    sys.stdout.write(json.dumps(seconds))


if __name__ == "__main__":
    main(sys.argv[1])
