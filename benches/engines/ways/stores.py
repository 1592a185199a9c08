"""What keeps reads: Lance, and databases by ADBC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from benches.engines.ways.local import reads
from benches.engines.work import WRITE, Answer, Given, Opened, Way, written


@contextmanager
def _lance(given: Given) -> Iterator[Opened]:
    import lance

    pipeline = reads(given)
    targets: list[str] = []

    def run() -> None:
        targets.append(given.target(".lance"))
        lance.write_dataset(pipeline.stream(), targets[-1])

    yield Opened(run, check=lambda: written(lance.dataset(targets[-1]).count_rows()))


@contextmanager
def _adbc(given: Given) -> Iterator[Opened]:
    from adbc_driver_sqlite import dbapi

    pipeline = reads(given)
    targets: list[str] = []

    def run() -> None:
        targets.append(given.target(".sqlite"))
        with dbapi.connect(targets[-1]) as connection, connection.cursor() as cursor:
            cursor.adbc_ingest("reads", pipeline.stream(), mode="create")
            connection.commit()

    def check() -> Answer:
        with dbapi.connect(targets[-1]) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM reads")
            ((reads_found,),) = cursor.fetchall()
            return written(reads_found)

    yield Opened(run, check=check)


WAYS = (
    Way("Lance, write_dataset", (WRITE,), ("pylance",), _lance),
    Way("ADBC ingest, SQLite", (WRITE,), ("adbc-driver-sqlite", "adbc-driver-manager"), _adbc),
)
