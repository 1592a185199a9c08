"""Real reads in several files, and the engines."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from biometal_stream.cli.demo import sample_path
from biometal_stream.engines import Engine, RayEngine, SparkEngine
from tests.engines import stand_ins


@pytest.fixture(scope="session")
def sample() -> bytes:
    """2,000 real reads, as text."""
    with sample_path() as path:
        return gzip.decompress(path.read_bytes())


@pytest.fixture
def lanes(sample: bytes, tmp_path: Path) -> list[str]:
    """The reads in five files of different sizes, one of them without any."""
    lines = sample.splitlines(keepends=True)
    ends = [0, 400, 4000, 4000, 5200, len(lines)]
    paths = []
    for number in range(5):
        path = tmp_path / f"lane{number}.fastq.gz"
        path.write_bytes(gzip.compress(b"".join(lines[ends[number] : ends[number + 1]]), 1))
        paths.append(str(path))
    return paths


@pytest.fixture(params=["ray", "spark"])
def cluster(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine with two workers, which sends the tests' own classes as those of a script."""
    if request.param == "ray":
        pickler = request.getfixturevalue("ray_cluster").cloudpickle
    else:
        request.getfixturevalue("spark")
        from pyspark import cloudpickle as pickler
    pickler.register_pickle_by_value(stand_ins)
    yield RayEngine() if request.param == "ray" else SparkEngine()
    pickler.unregister_pickle_by_value(stand_ins)
