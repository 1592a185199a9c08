"""pandas."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from benches.engines.ways.local import reads
from benches.engines.work import ALL, HEAD, MEASURED, TEXT, Answer, Given, Opened, Way, measured


@contextmanager
def _from_arrow(given: Given) -> Iterator[Opened]:
    import pandas as pd

    pipeline = reads(given)

    def run() -> Answer:
        frame = pd.DataFrame.from_arrow(pipeline)
        text = sum(int(frame[name].str.len().sum()) for name in TEXT)
        return measured(given.job, len(frame), frame[MEASURED].mean(), text)

    yield Opened(run, lambda: len(pd.DataFrame.from_arrow(pipeline).head(HEAD)))


WAYS = (Way("pandas, DataFrame.from_arrow", (ALL,), ("pandas",), _from_arrow),)
