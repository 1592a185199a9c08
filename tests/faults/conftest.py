"""What the tests of faults share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from biometal_stream.cli.main import main
from tests.faults.jobs import JOBS, Job, contents, make_inputs, prepare
from tests.faults.nursery import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """The process whose children are command lines."""
    with Nursery() as started:
        yield started


@pytest.fixture(scope="session")
def made_inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the inputs of all jobs."""
    folder = tmp_path_factory.mktemp("inputs")
    make_inputs(folder)
    return folder


@pytest.fixture
def place(tmp_path: Path, made_inputs: Path) -> Place:
    """Where jobs run, with their inputs beside them."""
    for path in made_inputs.iterdir():
        (tmp_path / path.name).symlink_to(path)
    return Place(tmp_path)


class Place:
    """A folder for one run after another.

    Attributes:
        folder: Of the inputs.
        run: Of the targets.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run = folder / "run"

    def fresh(self, job: Job) -> Path:
        """The folder of the targets, with old ones."""
        shutil.rmtree(self.run, ignore_errors=True)
        return prepare(job, self.run)

    def whole(self, name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
        """What a job leaves that ends well."""
        monkeypatch.chdir(self.fresh(JOBS[name]))
        assert main(JOBS[name].words.split()) == 0
        return contents(self.run)


def errors(text: str) -> list[str]:
    """The lines on standard error that are no warnings."""
    return [line for line in text.splitlines() if ": warning: " not in line]
