"""FastQC's data of every real file, module by module, to the last digit."""

import pytest

from tests.peers import fastqc

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
