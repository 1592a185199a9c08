import gzip
import os
import random
import re
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.codecs.bgzf import writer as bgzf


def blocks(data):
    """The sizes of the blocks, from their headers."""
    place = 0
    while place < len(data):
        assert data[place : place + 16] == b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0"
        (size,) = struct.unpack_from("<H", data, place + 16)
        yield size + 1
        place += size + 1
    assert place == len(data)


@given(st.binary(max_size=5000), st.sampled_from(sorted(bgzf.LEVELS)))
def test_gzip_reads_it(data, level):
    packed = bytes(bgzf.compress_blocks(memoryview(data), level)) + bgzf.END
    assert gzip.decompress(packed) == data
    assert len(list(blocks(packed))) == (2 if data else 1)


@pytest.mark.parametrize("level", bgzf.LEVELS)
@pytest.mark.parametrize("data", [os.urandom(200_000), b"ACGT" * 50_000], ids=["noise", "text"])
def test_blocks_stay_in_64_kib(data, level):
    packed = bgzf.compress_blocks(memoryview(data), level)
    assert gzip.decompress(packed) == data
    assert len(list(blocks(packed))) == 4


def test_the_end_is_the_one_of_the_specification():
    assert gzip.decompress(bgzf.END) == b""
    assert list(blocks(bgzf.END)) == [28]


def test_what_does_not_fit_a_block_is_stored(monkeypatch):
    monkeypatch.setattr(bgzf.deflate, "deflate_compress", lambda block, level: bytes(66_000))
    data = os.urandom(bgzf.BLOCK)
    assert gzip.decompress(bgzf.compress_blocks(memoryview(data), 6)) == data


def noisy(seed, size):
    return memoryview(bytes(random.Random(seed).choices(b"ACGT\n", k=size)))


@pytest.mark.parametrize("level", [1, 2])
def test_a_text_gives_the_same_bytes_whatever_was_compressed_before_it(level):
    text = noisy(1, 150_000)
    with ThreadPoolExecutor(3) as workers:
        alone = workers.submit(bgzf.compress_blocks, text, level).result()
        barrier = threading.Barrier(3)

        def after_another(seed):
            bgzf.compress_blocks(noisy(seed, 70_000), level)
            barrier.wait()
            return bytes(bgzf.compress_blocks(text, level))

        assert set(workers.map(after_another, (2, 3, 4))) == {bytes(alone)}


def test_a_higher_level_makes_smaller_files(shared_data):
    packed = shared_data / "reads/illumina/human_NA12878_platinum_chr20_R1.fastq.gz"
    text = memoryview(gzip.decompress(packed.read_bytes())[: 1 << 20])
    sizes = [len(bgzf.compress_blocks(text, level)) for level in (1, 2, 3, 6, 9, 12)]
    assert sizes == sorted(sizes, reverse=True)


def test_the_guide_names_the_library_of_each_level():
    guide = Path(__file__).parents[3].joinpath("docs/guide/write.md").read_text()
    rows = re.findall(r"^\| (\d+)(, the default)? \| ([\w-]+ \d+) \|", guide, re.MULTILINE)
    assert len(rows) >= 6
    assert all(str(bgzf.LEVELS[int(level)]) == library for level, _, library in rows)
    assert [int(level) for level, default, _ in rows if default] == [bgzf.DEFAULT_LEVEL]
