"""FastQC's data of the first reads of every file, module by module, to the last digit."""

from pathlib import Path

import pytest

import biometal_stream as bs
from tests.peers import fastqc
from tests.peers.tools import SINGLE, beginnings, peer, single


def test_all_modules(shared_data, tmp_path):
    version = fastqc.version()
    files = sorted((shared_data / "reads").glob("*/*.fastq.gz"))
    copies = beginnings(files, tmp_path)
    assert copies
    wrong = []
    for path, theirs in zip(copies, fastqc.theirs(copies, tmp_path), strict=True):
        both = fastqc.mine(path), theirs
        if version < (0, 12):
            both = map(fastqc.of_0_11, both)
        wrong += [f"{path.name}: {each}" for each in fastqc.differences(*both)]
    assert not wrong


@pytest.mark.parametrize("name", [name for name in SINGLE if name.startswith("illumina")])
def test_falco_counts_the_same_by_cycle(shared_data, tmp_path, name):
    path = Path(single(shared_data, name))
    peer("falco", "-o", tmp_path / "falco", path)
    (text,) = (tmp_path / "falco").glob("*/fastqc_data.txt")
    theirs = fastqc.sections(text.read_text())
    pipeline = bs.read_fastq(path) | bs.QualityControl()
    (quality,) = pipeline.write_arrow(tmp_path / "x.arrow").quality.values()
    cycles = quality.tables["per_cycle"].to_pandas()
    acgt = cycles[["g", "a", "t", "c"]]
    percent = acgt.div(acgt.sum(axis=1), axis=0) * 100
    n_percent = cycles[["n"]].div(cycles["bases"], axis=0) * 100
    for module, figures in (
        ("Per base sequence quality", cycles[["mean_quality"]]),
        ("Per base sequence content", percent),
        ("Per base N content", n_percent),
    ):
        cells = [cell for row in figures.to_numpy() for cell in row]
        others = numbers(theirs[module], figures.shape[1])
        assert cells == pytest.approx(others, rel=1e-3, abs=1e-3)
    reads = quality.tables["per_read_quality"]["reads"].to_pylist()
    assert reads == numbers(theirs["Per sequence quality scores"], 1)


def numbers(lines, columns):
    """The first numbers of each line of a section, without its headings."""
    return [float(cell) for _, *cells in lines[2:] for cell in cells[:columns]]
