"""A small training run on bundled and synthetic reads, made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from biometal_stream.cli.demo import sample_path
from biometal_stream.models.training import SyntheticReads, TrainingSettings, synthesize, train
from biometal_stream.models.training.labelled import LabelledReads
from biometal_stream.models.training.reads import load_reads
from biometal_stream.models.training.tasks.quality import TASK
from biometal_stream.pipeline import Pipeline

NEEDED = ("torch", "onnx", "onnxscript", "sklearn", "matplotlib")


@pytest.fixture(scope="session")
def synthetic_reads() -> LabelledReads:
    made = Pipeline(SyntheticReads(3000, 120, 7))
    return load_reads(TASK, [("synthetic", made)], ("quality",), 10**6)


@pytest.fixture(scope="session")
def real_reads() -> LabelledReads:
    """Reads of 250 bases, which are two windows each."""
    from biometal_stream.reading import read_fastq

    with sample_path() as path:
        return load_reads(TASK, [("real", read_fastq(path))], ("sequence", "quality"), 10**6)


@dataclass(frozen=True)
class Run:
    folder: Path
    settings: TrainingSettings
    files: tuple[str, ...]
    again: Callable[..., object]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """What the command trains, with all variants that ONNX Runtime can run."""
    for name in NEEDED:
        pytest.importorskip(name)
    folder = tmp_path_factory.mktemp("training")
    synthesize(folder / "a.fq.gz", reads=6000, seed=1)
    synthesize(folder / "unseen.fq.zst", reads=1500, length=180, seed=2)
    settings = TrainingSettings(
        epochs=3, epoch_reads=12_000, held_out=(str(folder / "unseen.fq.zst"),), licence="CC0-1.0"
    )
    files = (str(folder / "a.fq.gz"),)

    def again(**changed: object) -> object:
        return train("quality", files, out=folder / "small", settings=settings, **changed)

    again()
    return Run(folder / "small", settings, files, again)
