import gzip
import os
import random
import re
import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from functools import partial
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


@pytest.mark.parametrize("level", [1, 2, 6])
@pytest.mark.parametrize("size", [1, 30, 3000, bgzf.BLOCK])
def test_what_cannot_be_smaller_is_stored(level, size):
    data = os.urandom(size).replace(b"\0", b"A")
    packed = bgzf.compress_blocks(memoryview(data), level)
    assert gzip.decompress(packed) == data
    assert len(packed) <= 18 + 5 + size + 8


texts = st.lists(
    st.one_of(
        st.sampled_from([b"\0", b"\0\0\0\0", b"ACGT", b"@read/1\n", b"\n+\n"]),
        st.binary(max_size=9),
    ),
    max_size=60,
).map(b"".join)


@given(texts, st.sampled_from([1, 2, 70]), st.integers(0, 9))
def test_text_with_nuls_refers_to_no_byte_before_it(text, times, before):
    """The dictionary of level 1 is a NUL; a reader has none."""
    data = bytes(before) + text * times
    packed = bgzf.compress_blocks(memoryview(data), 1)
    inflater = zlib.decompressobj(wbits=31)
    assert inflater.decompress(packed) == data
    assert inflater.eof or not data


def test_a_nul_anywhere_in_a_block_is_seen():
    for at in (0, 1, 63, 64, 65, 127, 128, 199):
        data = bytearray(b"ACGT" * 50)
        data[at] = 0
        packed = [bytes(bgzf.compress_blocks(memoryview(data), level)) for level in (1, 2)]
        assert packed[0] == packed[1]


@pytest.mark.parametrize("level", bgzf.LEVELS)
def test_the_packages_compress_where_they_hide_their_libraries(level, request):
    data = bytes(noisy(5, 70_000)) + bytes(100) + bytes(noisy(6, 70_000)) + os.urandom(66_000)
    exported = bgzf.compress_blocks(memoryview(data), level)
    request.getfixturevalue("hidden_libraries")
    packed = bgzf.compress_blocks(memoryview(data), level)
    assert gzip.decompress(packed) == data
    assert list(blocks(packed)) == pytest.approx(list(blocks(exported)), abs=9)
    assert bytes(packed) == bytes(exported) or level == 1


def test_isal_alone_may_hide_its_library(monkeypatch):
    monkeypatch.setattr(bgzf, "stream", lambda: None)
    data = bytes(noisy(5, 70_000))
    assert gzip.decompress(bgzf.compress_blocks(memoryview(data), 1)) == data


@pytest.mark.parametrize("level", [1, 2])
def test_real_reads_give_the_same_bytes_on_any_number_of_threads(shared_data, level):
    file = shared_data / "reads/illumina/human_NA12878_platinum_chr20_R1.fastq.gz"
    text = memoryview(gzip.decompress(file.read_bytes())[: 12 << 20])
    pieces = [text[at : at + (1 << 20)] for at in range(0, len(text), 1 << 20)]
    alone = [bytes(bgzf.compress_blocks(piece, level)) for piece in pieces]
    with ThreadPoolExecutor(8) as workers:
        assert list(workers.map(partial(bgzf.compress_blocks, level=level), pieces)) == alone


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
