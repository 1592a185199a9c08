"""Ray, on this machine."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

import biometal_stream as bs
from benches.engines.ways.local import reads
from benches.engines.work import (
    ALL,
    FUNCTION,
    HEAD,
    MEASURED,
    MODEL,
    ONE,
    PREDICT,
    WRITE,
    Answer,
    Given,
    Opened,
    Tally,
    Way,
    written,
)

if TYPE_CHECKING:
    from types import ModuleType

    import pyarrow as pa

_STORE = 512 * 2**20  # bytes of the store that workers share


@contextmanager
def _session(given: Given) -> Iterator[None]:
    import ray
    import ray.data

    warnings.simplefilter("ignore")
    os.environ.pop("RAY_ADDRESS", None)  # a cluster of this machine's own
    _settle_http()
    ray.init(
        num_cpus=given.cores,
        include_dashboard=False,
        object_store_memory=_STORE,
        log_to_driver=False,
        logging_level=logging.ERROR,
        runtime_env={"worker_process_setup_hook": _settle_http},
    )
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    try:
        yield
    finally:
        ray.shutdown()


def _settle_http() -> None:
    """Lets no two threads of Ray (2.60) import at once what fails without aiohttp.

    Ray takes that for a missing module, which it is to the first thread; the second finds a part.
    """
    if find_spec("aiohttp") is None:
        sys.modules.setdefault("fsspec.implementations.http", cast("ModuleType", None))


def _read_fastq(given: Given) -> Any:
    from biometal_stream.interop.ray import apply, read_fastq

    return apply(read_fastq(list(given.fastq)), bs.Measure((MEASURED,)))


def _read_pipeline(given: Given) -> Any:
    from biometal_stream.interop.ray import read_pipeline

    pipeline = reads(given)
    return read_pipeline(pipeline | bs.Select((MEASURED,)) if given.job == ONE else pipeline)


def _operators(given: Given) -> Any:
    import ray.data

    from biometal_stream.interop.ray import apply

    dataset = ray.data.read_parquet(list(given.parquet), columns=list(given.job.columns))
    operator = bs.Predict(MODEL) if given.job == PREDICT else bs.Measure((MEASURED,))
    return apply(dataset, operator)


def _dataset(
    make: Callable[[Given], Any],
) -> Callable[[Given], AbstractContextManager[Opened]]:
    """A way that counts the rows of a dataset where they are, on Ray's workers."""

    @contextmanager
    def opened(given: Given) -> Iterator[Opened]:
        with _session(given):

            def count(table: pa.Table) -> dict[str, list[float]]:
                tally = Tally(given.job)
                tally.add(table)
                return {name: [value] for name, value in tally.totals().items()}

            def run() -> Answer:
                counts: Counter[str] = Counter()
                for row in make(given).map_batches(count, batch_format="pyarrow").take_all():
                    counts.update(row)
                return Tally(given.job, counts).answer()

            yield Opened(run, lambda: len(make(given).take(HEAD)))

    return opened


@contextmanager
def _write(given: Given) -> Iterator[Opened]:
    with _session(given):
        pipeline = reads(given)

        def run() -> Answer:
            target = given.target("/")
            report = pipeline.write_parquet(target, engine="ray", compression="zstd", level=1)
            return written(report.reads_out)

        yield Opened(run)


_PACKAGES = ("ray",)
WAYS = (
    Way("Ray, read_fastq", (ALL,), _PACKAGES, _dataset(_read_fastq)),
    Way("Ray, read_pipeline", (ALL, ONE), _PACKAGES, _dataset(_read_pipeline)),
    Way("write_parquet(engine='ray')", (WRITE,), _PACKAGES, _write),
    Way("Ray, operators (map_batches)", (FUNCTION, PREDICT), _PACKAGES, _dataset(_operators)),
)
