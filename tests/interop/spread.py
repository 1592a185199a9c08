"""What the tests of engines that spread work over processes share."""

from __future__ import annotations

import gzip
import os
import secrets
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pyarrow as pa

import biometal_stream as bs
from biometal_stream.interfaces import Concurrency
from biometal_stream.operators.base import NamedOperator
from biometal_stream.settings import argument
from tests.conftest import REPOSITORY

OPERATORS = (bs.MinLength(100), bs.MinMeanQuality(20), bs.Measure())
MODEL = bs.Predict("quality", precision="int8")
PLAIN, SMALL = "plain", 500_000


@dataclass(frozen=True)
class Files:
    """Real pairs of two lanes in one form: mates 1, and mates 2."""

    ones: list[str]
    twos: list[str]


def write_forms(shared_data: Path, folder: Path) -> dict[str, Files]:
    """Two lanes of real pairs as plain text, gzip of one member, and BGZF."""
    lanes = ("metagenome_226bp", "shewanella_ERR777676")
    forms = {}
    for form, suffix in ((PLAIN, "fastq"), ("gzip", "fastq.gz"), ("bgzf", "fq.gz")):
        files = Files([], [])
        for lane in lanes:
            for mate, paths in ((1, files.ones), (2, files.twos)):
                source = shared_data / "reads" / "illumina" / f"{lane}_R{mate}.fastq.gz"
                path = folder / form / f"R{mate}" / f"{lane}.{suffix}"
                path.parent.mkdir(parents=True, exist_ok=True)
                text = gzip.decompress(source.read_bytes())
                if form == "bgzf":
                    bs.read_fastq(source).write_fastq(path)
                else:
                    path.write_bytes(text if form == PLAIN else gzip.compress(text, 1))
                paths.append(str(path))
        forms[form] = files
    return forms


def pairs(files: Files) -> bs.Pipeline:
    """The pipeline that reads both lanes."""
    return bs.read_fastq(files.ones, mate=files.twos)


def with_operators(pipeline: bs.Pipeline, *operators) -> bs.Pipeline:
    """The pipeline with operators."""
    for operator in operators:
        pipeline |= operator
    return pipeline


def table(pipeline: bs.Pipeline) -> pa.Table:
    """What a pipeline gives here."""
    return pipeline.stream().read_all()


def same_values(one: pa.Table, other: pa.Table) -> bool:
    """Whether two tables hold the same rows in the same order, whatever type holds a label."""
    return one.column_names == other.column_names and one.to_pylist() == other.to_pylist()


@dataclass(frozen=True)
class Opening(NamedOperator):
    """Passes batches on; each time that it is opened it leaves a file with the process in a folder.

    What is made of that when it is `Cacheable` is `OpeningOnce`.
    """

    folder: str = argument("Where it leaves a file.")

    def _leave(self) -> None:
        Path(self.folder, f"{os.getpid()}-{secrets.token_hex(4)}").touch()

    @contextmanager
    def open(self):
        self._leave()
        yield _same


@dataclass(frozen=True)
class OpeningOnce(Opening):
    """The same, where its process keeps it open."""

    def cached(self):
        known = f"opened in {self.folder}"
        if known not in os.environ:  # which lasts as long as the process
            os.environ[known] = "once"
            self._leave()
        return _same


@dataclass(frozen=True)
class InOrder(NamedOperator):
    """One that no engine can spread."""

    @property
    def concurrency(self):
        return Concurrency.SERIAL

    @contextmanager
    def open(self):
        yield _same


def _same(batch):
    return batch


def example(name: str) -> ModuleType:
    """One of the examples, as a module of its own."""
    spec = spec_from_file_location(name, REPOSITORY / "examples" / f"{name}.py")
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def opened_in(folder: Path) -> list[str]:
    """The processes that opened an operator, one for each time."""
    return sorted(path.name.partition("-")[0] for path in folder.iterdir())
