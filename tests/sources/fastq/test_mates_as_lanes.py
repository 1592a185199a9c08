"""Mates that are read one after another are noticed, by the first names of their files."""

import os
import threading
import warnings
from pathlib import Path

import pytest

import biometal_stream as bs
from biometal_stream.sources.fastq.source import FastqSource
from tests.sources.text.test_mispaired import numbered, reads
from tests.stand_ins import Collect


def write(folder: Path, *forms: str) -> list[Path]:
    paths = [folder / f"{lane}.fq" for lane in range(len(forms))]
    for lane, form in enumerate(forms):
        paths[lane].write_text("".join(reads(numbered(form), lane)))
    return paths


def told(paths: list[Path], mode: str) -> list[str]:
    """What whole files and parts of them warn of."""
    source = FastqSource(tuple(paths), on_bad_record=mode)
    found = []
    for sources in ([source], source.partitions(400)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for each in sources:
                bs.Pipeline(each).run(Collect())
        found.append([str(warning.message) for warning in caught])
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize("mode", ["stop", "skip"])
@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("r{}", "r{}"),
        ("r{}/1", "r{}/2"),
        ("r{}/2", "r{}/1"),
        ("r{} 1:N:0:A", "r{} 2:N:0:A"),
        ("r{}x.1", "r{}x.2"),
        ("SRR1.{0} {0}", "SRR1.{0} {0}"),
    ],
)
def test_mates_one_after_another(tmp_path: Path, one: str, two: str, mode: str) -> None:
    paths = write(tmp_path, one, two)
    (message,) = told(paths, mode)
    assert message == (
        f"{paths[0]} and {paths[1]}: the first reads have the same names; if these are mates,"
        " name the second file after --mate"
    )


def test_all_mates_2_behind_all_mates_1(tmp_path: Path) -> None:
    paths = write(tmp_path, "a{}/1", "b{}/1", "a{}/2", "b{}/2")
    (message,) = told(paths, "stop")
    assert message.startswith(f"{paths[0]} and {paths[2]}: ")


@pytest.mark.parametrize("mode", ["stop", "skip"])
@pytest.mark.parametrize(
    ("one", "two"),
    [("a{}/1", "b{}/1"), ("SRR1.{}", "SRR2.{}"), ("SRR1.1{}", "SRR1.2{}"), ("r{}/1", "r{}/3")],
)
def test_lanes(tmp_path: Path, one: str, two: str, mode: str) -> None:
    assert told(write(tmp_path, one, two), mode) == []


def test_the_halves_of_a_run(tmp_path: Path) -> None:
    """As ``seqkit split2`` deals reads out: SRR1.1 and SRR1.3, SRR1.2 and SRR1.4."""
    paths = write(tmp_path, "SRR1.{}", "SRR1.{}")
    names = numbered("SRR1.{}", 1)
    for path, part in zip(paths, (names[0::2], names[1::2]), strict=True):
        path.write_text("".join(reads(part, 1)))
    assert told(paths, "stop") == []


def test_mates_that_are_named_as_such(tmp_path: Path) -> None:
    ones, twos = write(tmp_path, "r{}/1", "r{}/2")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        bs.read_fastq(ones, mate=twos).run(Collect())


def test_pipes_are_read_once(tmp_path: Path) -> None:
    paths = write(tmp_path, "r{}/1", "r{}/2")
    pipes = []
    for path in paths:
        pipes.append(path.with_suffix(".pipe"))
        os.mkfifo(pipes[-1])
    writers = [
        threading.Thread(target=pipe.write_bytes, args=(path.read_bytes(),))
        for pipe, path in zip(pipes, paths, strict=True)
    ]
    for writer in writers:
        writer.start()
    with pytest.warns(bs.InputWarning, match="the first reads have the same names"):
        assert bs.read_fastq(pipes).run(Collect()).reads_out == 80
    for writer in writers:
        writer.join()


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    paths = write(tmp_path, "r{}/1", "r{}/2")
    paths[0].write_text("no FASTQ\n" * 40_000)
    splits = FastqSource(tuple(paths)).partitions(10_000)
    assert [split.warnings for split in splits] == [()] * len(splits)
