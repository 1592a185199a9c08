"""FastQC's data of every real file, module by module, to the last digit."""

from pathlib import Path

import pytest

from tests.peers import fastqc
from tests.peers.tools import SINGLE, peer, single

BATCHES = 4


@pytest.mark.parametrize("batch", range(BATCHES))
def test_all_modules(shared_data, tmp_path, batch):
    version = fastqc.version()
    files = sorted((shared_data / "reads").glob("*/*.fastq.gz"))[batch::BATCHES]
    copies = [fastqc.beginning(path, tmp_path) for path in files]
    assert copies
    wrong = []
    for path, theirs in zip(copies, fastqc.theirs(copies, tmp_path), strict=True):
        both = fastqc.mine(path, tmp_path), theirs
        if version < (0, 12):
            both = map(fastqc.of_0_11, both)
        wrong += [f"{path.name}: {each}" for each in fastqc.differences(*both)]
    assert not wrong


FALCO = (
    "Per base sequence quality",
    "Per sequence quality scores",
    "Per base sequence content",
    "Per base N content",
    "Sequence Length Distribution",
    "Adapter Content",
)
"""Modules that falco 2 computes as FastQC does; the others have definitions of their own."""


@pytest.mark.parametrize("name", [name for name in SINGLE if name.startswith("illumina")])
def test_falco(shared_data, tmp_path, name):
    path = Path(single(shared_data, name))
    peer("falco", "--groups", "-o", tmp_path / "falco", path)
    (text,) = (tmp_path / "falco").glob("*/fastqc_data.txt")
    mine, theirs = fastqc.mine(path, tmp_path), fastqc.sections(text.read_text())
    for module in FALCO:
        columns = 1 if module == FALCO[0] else None  # its percentiles are those of whole groups
        ours, others = (numbers(found[module], columns) for found in (mine, theirs))
        assert ours == pytest.approx(others, rel=1e-3, abs=1e-3)


def numbers(lines, columns):
    """The numbers of a section, without its headings and the first column."""
    return [float(cell) for _, *cells in lines[2:] for cell in cells[:columns]]
