"""Inputs that are one file are noticed, whatever they are called."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError
from biometal_stream.sources.fastq.source import FastqSource
from tests.stand_ins import Collect

TEXT = b"@a\nACGT\n+\nIIII\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "reads.fq"
    path.write_bytes(TEXT)
    return path


def itself(path: Path) -> Path:
    return path


def spelled_otherwise(path: Path) -> str:
    return f"{path.parent}/./{path.name}"


def soft_link(path: Path) -> Path:
    link = path.with_name("soft.fq")
    link.symlink_to(path)
    return link


def hard_link(path: Path) -> Path:
    link = path.with_name("hard.fq")
    link.hardlink_to(path)
    return link


@pytest.mark.parametrize("other", [itself, spelled_otherwise, soft_link, hard_link])
@pytest.mark.parametrize("mode", ["stop", "skip"])
def test_a_file_that_is_named_twice(path: Path, other: Callable, mode: str) -> None:
    again = other(path)
    there = path.with_name("there.fq")
    there.write_bytes(TEXT.replace(b"a", b"b"))
    pairs = {"mate": again}
    with pytest.raises(ConfigurationError, match=r"mates 2 and index reads are in files"):
        bs.read_fastq(path, on_bad_record=mode, **pairs).run(Collect())
    source = FastqSource((path, there), mate=(path.with_name("x"), again), on_bad_record=mode)
    with pytest.raises(ConfigurationError, match="name each input once"):
        bs.Pipeline(source).run(Collect())


@pytest.mark.parametrize("other", [itself, spelled_otherwise, soft_link, hard_link])
@pytest.mark.parametrize("mode", ["stop", "skip"])
@pytest.mark.filterwarnings("ignore:.*the first reads have the same names")
def test_a_lane_that_is_named_again_is_read_again(path: Path, other: Callable, mode: str) -> None:
    source = FastqSource((path, other(path)), on_bad_record=mode)
    with pytest.warns(bs.InputWarning, match="so its reads are read twice"):
        assert bs.Pipeline(source).run(Collect()).reads_out == 2
    first, _ = source.partitions(10)
    with pytest.warns(bs.InputWarning, match="so its reads are read twice"):
        assert bs.Pipeline(first).run(Collect()).reads_out == 1


def test_both_names_are_told(path: Path) -> None:
    link = soft_link(path)
    with pytest.raises(ConfigurationError, match=rf"{link}: is the same file as {path}; mates"):
        bs.read_fastq(path, mate=link).run(Collect())
    with pytest.raises(ConfigurationError, match=rf"{path}: is named twice; mates 2"):
        bs.read_fastq(path, mate=path).run(Collect())


def test_a_pipe_is_not_waited_for(path: Path) -> None:
    pipe = path.with_name("pipe")
    os.mkfifo(pipe)
    for inputs in ({"paths": pipe, "mate": pipe}, {"paths": [pipe, pipe]}):
        with pytest.raises(ConfigurationError, match="is named twice"):
            bs.read_fastq(**inputs).run(Collect())


def test_file_objects(path: Path) -> None:
    with path.open("rb") as file, pytest.raises(ConfigurationError, match="is the same file as"):
        bs.read_fastq(file, mate=soft_link(path)).run(Collect())
    memory = io.BytesIO(TEXT)
    with pytest.raises(ConfigurationError, match="is named twice"):
        bs.read_fastq([memory, memory]).run(Collect())
    other = io.BytesIO(TEXT.replace(b"@a", b"@b"))
    assert bs.read_fastq([io.BytesIO(TEXT), other]).run(Collect()).reads_out == 2


def test_what_holds_nothing_may_be_named_twice() -> None:
    assert bs.read_fastq([os.devnull, os.devnull]).run(Collect()).reads_out == 0


def test_what_is_missing_is_told_as_such(path: Path) -> None:
    missing = path.with_name("missing.fq")
    with pytest.raises(bs.BiometalError, match=r"missing\.fq: .*No such file"):
        bs.read_fastq([missing, missing]).run(Collect())
