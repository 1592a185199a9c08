"""Plays the pipeline for a sink: rebatches, encodes in threads, writes in order."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa

from biometal_stream.schemas import reads_schema


class StandInRun:
    """What a pipeline lends to a sink."""

    memory = 2**28

    def __init__(self, workers, executor):
        self.workers = workers
        self.executor = executor

    def warn(self, message, *, at_once=False):
        raise AssertionError(message)

    def count(self, what, number):
        raise AssertionError(what)


def drive(sink, schema, batches, workers=2):
    """Writes batches as the pipeline does; returns the sink that was open."""
    with ThreadPoolExecutor(workers) as executor:
        run = StandInRun(workers, executor)
        with sink.open_parallel(schema, run) as opened:
            waiting = deque()
            for morsel in opened.rebatch(iter(batches)):
                waiting.append(executor.submit(opened.encode, morsel))
                if len(waiting) > workers:
                    opened.write(waiting.popleft().result())
            while waiting:
                opened.write(waiting.popleft().result())
        return opened


def reads(rows, *, paired=False, seed=0, length=50):
    """Made-up reads, every third without a description."""
    import numpy as np

    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, length + 1, rows)
    columns = [
        [f"read{number // (2 if paired else 1)}" for number in range(rows)],
        [None if number % 3 == 0 else f"1:N:0:{number % 5}" for number in range(rows)],
        ["".join(rng.choice(list("ACGTN"), size)) for size in lengths],
        [bytes(rng.integers(33, 74, size).astype(np.uint8)).decode() for size in lengths],
    ]
    if paired:
        columns.append([1 + number % 2 for number in range(rows)])
    schema = reads_schema(paired=paired, sample="made up")
    arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def cut(batch, sizes):
    """A batch as several of these sizes, the last taking what is left."""
    batches = []
    start = 0
    for size in sizes:
        batches.append(batch.slice(start, size))
        start += size
    return [*batches, batch.slice(min(start, batch.num_rows))]
