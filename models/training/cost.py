"""The cost of a model, compared with the rule that it learned."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from biometal_stream.models.encodings import cut_windows
from biometal_stream.models.library import find_model
from biometal_stream.models.sessions import open_predictor
from biometal_stream.models.training.batches import WINDOWS
from biometal_stream.models.training.synthetic import SyntheticReads
from biometal_stream.models.training.variants import in_calls

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from biometal_stream.models.training.task import Task

READS = 16_384
ONE_BY_ONE = 500
"""The number of reads for measuring one call per read."""

_REPEATS = 15


def measure_cost(task: Task, folder: Path) -> dict[str, Any]:
    """Measures the rule and a model on synthetic reads of 150 bases, in one thread.

    Each figure is the minimum of 15 repeats, in nanoseconds of CPU time per read. Those of a model
    exclude the encoding, which has its own figure.

    Args:
        task: What the model learned.
        folder: The model, with its card.

    Returns:
        ``rule``, ``encode``, a figure in batches for each precision, ``one_by_one`` for the first
        precision called once per read, and ``cpu``.
    """
    from llvmlite import binding

    batch = pa.Table.from_batches(SyntheticReads(READS).batches()).combine_chunks().to_batches()[0]
    model = find_model(folder)
    encoding = model.card.encoding
    quality, sequence = _texts(batch)
    windows = cut_windows(np.full(READS, 150), encoding.length, WINDOWS)
    features = np.empty((len(windows), *encoding.shape), encoding.dtype)
    found = {
        "rule": _nanoseconds(lambda: task.label(batch), READS),
        "encode": _nanoseconds(
            lambda: encoding.encode(sequence, quality, windows, features), READS
        ),
    }
    for precision, path in model.files.items():
        if path.suffix != ".onnx":
            continue
        predictor = open_predictor(model, provider="cpu", precision=precision)
        predict = in_calls(predictor)
        found[precision] = _nanoseconds(lambda predict=predict: predict(features), READS)  # type: ignore[misc]
        if "one_by_one" not in found and not predictor.fixed:
            out = np.empty((1, 1), np.float32)

            def once_per_read(predictor: Any = predictor, out: Any = out) -> None:
                for row in range(ONE_BY_ONE):
                    predictor.predict(features[row : row + 1], out)

            found["one_by_one"] = _nanoseconds(once_per_read, ONE_BY_ONE)
        predictor.close()
    return {
        "unit": "nanoseconds of CPU time for a read of 150 bases, in one thread",
        "cpu": binding.get_host_cpu_name(),
        **found,
    }


def _texts(batch: pa.RecordBatch) -> tuple[Any, Any]:
    from biometal_stream.view import BatchView

    view = BatchView(batch)
    return view.text("quality"), view.text("sequence")


def _nanoseconds(work: Callable[[], object], reads: int) -> float:
    work()  # compiles kernels, and lets the runtime plan its memory
    least = float("inf")
    for _ in range(_REPEATS):
        start = time.process_time_ns()
        work()
        least = min(least, time.process_time_ns() - start)
    return float(f"{least / reads:.3g}")
