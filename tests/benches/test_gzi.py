"""Indexes of BGZF files."""

import shutil
import struct
import subprocess

import pytest

from benches.gzi import write_index
from biometal_stream.codecs.bgzf import writer as bgzf


def write(path, blocks: int) -> None:
    text = b"ACGT" * (blocks * bgzf.BLOCK // 4)
    path.write_bytes(bytes(bgzf.compress_blocks(memoryview(text), 1)) + bgzf.END)


@pytest.mark.parametrize("blocks", [0, 1, 4])
def test_an_index_has_every_block_with_text_but_the_first(tmp_path, blocks) -> None:
    path = tmp_path / "a.gz"
    write(path, blocks)
    target = write_index(path)
    assert target == tmp_path / "a.gz.gzi"
    numbers = struct.unpack(f"<{target.stat().st_size // 8}Q", target.read_bytes())
    assert numbers[0] == max(blocks - 1, 0)
    assert numbers[2::2] == tuple(number * bgzf.BLOCK for number in range(1, blocks))


@pytest.mark.skipif(shutil.which("bgzip") is None, reason="needs bgzip")
def test_bgzip_makes_the_same(tmp_path) -> None:
    path = tmp_path / "a.gz"
    write(path, 5)
    made = write_index(path).read_bytes()
    subprocess.run(["bgzip", "-r", path], check=True)
    assert (tmp_path / "a.gz.gzi").read_bytes() == made
