"""What the tests of partitions share."""

from pathlib import Path

import pytest

from tests.sources.fastq.partitions.whole import Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(data: bytes, name: str = "reads.fq") -> str:
        path = tmp_path / name
        path.write_bytes(data)
        return str(path)

    return write
