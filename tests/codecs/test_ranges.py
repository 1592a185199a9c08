"""Parts of files as decompressed bytes, and text out of the middle of a file."""

import itertools
import zlib

import pytest

from biometal_stream.channel import Aborted
from biometal_stream.codecs.excerpts import BgzfExcerpt, PlainExcerpt
from biometal_stream.codecs.ranges import FileRange, VirtualOffset
from biometal_stream.errors import CompressedInputError, InputError


def part_of(path, codec, start=None, stop=None):
    return FileRange(str(path), "x.fq", path.stat().st_size, codec, start, stop)


def drain(reader, step, *, jobs):
    """Reads to the end, by jobs where there are any."""
    target = bytearray(step)
    pieces = []
    try:
        while True:
            job = reader.job(memoryview(target)) if jobs else None
            count = job() if job is not None else reader.readinto(memoryview(target))
            if count == 0:
                break
            pieces.append(bytes(target[:count]))
        assert reader.readinto(memoryview(target)) == 0
        assert reader.bytes_read == reader.bytes_total
    finally:
        reader.close()
    return b"".join(pieces)


def every(file):
    """The places of all bytes of a BGZF file's text, and that text."""
    excerpt = BgzfExcerpt(file, 0)
    while not excerpt.exhausted:
        excerpt.read()
    assert excerpt.at_end
    return [excerpt.position(index) for index in range(len(excerpt.text))], bytes(excerpt.text)


def test_plain_text_between_two_places(tmp_path, text, lend):
    path = tmp_path / "reads"
    path.write_bytes(text)
    run = lend()
    for first, stop in itertools.combinations([0, 1, 80, 81, len(text) - 1], 2):
        part = part_of(path, "plain", VirtualOffset(first) if first else None, VirtualOffset(stop))
        assert drain(part.open(run), 50, jobs=True) == text[first:stop]
    whole = part_of(path, None)
    assert whole.whole
    assert drain(whole.open(run), 50, jobs=True) == text


@pytest.mark.parametrize("jobs", [False, True])
@pytest.mark.parametrize("step", [10, 333, 5000])
def test_bgzf_between_two_places(tmp_path, text, bgzf, lend, step, jobs):
    """Within one block, from one to the next, and from ends to beginnings of blocks."""
    path = tmp_path / "reads"
    path.write_bytes(bgzf(text, 300))
    with path.open("rb", buffering=0) as file:
        places, found = every(file)
    assert found == text
    run = lend()
    chosen = [0, 1, 100, 101, 299, 300, 301, 650, 900, len(text) - 1]
    for first, stop in itertools.combinations([*chosen, None], 2):
        start = places[first] if first else None
        part = part_of(path, "bgzf", start, None if stop is None else places[stop])
        assert drain(part.open(run), step, jobs=jobs) == text[first:stop]
    assert run.warnings == []


def test_parts_count_each_byte_of_the_file_once(tmp_path, text, bgzf, lend):
    path = tmp_path / "reads"
    path.write_bytes(bgzf(text, 300))
    with path.open("rb", buffering=0) as file:
        places, _ = every(file)
    bounds = [None, *(places[index] for index in (5, 10, 800, 1500, 1501)), None]
    parts = [part_of(path, "bgzf", *ends) for ends in itertools.pairwise(bounds)]
    read = 0
    for part in parts:
        reader = part.open(lend())
        drain(reader, 100, jobs=True)
        read += reader.bytes_read
    assert read == path.stat().st_size


def test_an_excerpt_of_bgzf_begins_with_the_next_block(tmp_path, text, bgzf):
    data = bgzf(text, 300)
    path = tmp_path / "reads"
    path.write_bytes(data)
    with path.open("rb", buffering=0) as file:
        places, _ = every(file)
        blocks = sorted({place.byte for place in places})
        for byte in sorted({*range(0, len(data), 9), *(block + 1 for block in blocks), *blocks}):
            excerpt = BgzfExcerpt(file, byte)
            excerpt.read()
            following = next((block for block in blocks if block >= byte), None)
            if following is None:
                assert not excerpt.text
            else:
                assert excerpt.position(0) == VirtualOffset(following)
                assert bytes(excerpt.text) == text[places.index(VirtualOffset(following)) :][:300]


def test_headers_within_blocks_are_no_blocks(tmp_path, bgzf):
    """Stored as they are in the text of another, but cut short or with another check sum."""
    inner = bgzf(b"inner text " * 20, end=False)
    fakes = [inner[:40], inner[:-8] + bytes(4) + inner[-4:], inner[:-4] + bytes(4), inner[:18] * 3]
    text = b"".join(fakes)
    squeeze = zlib.compressobj(0, zlib.DEFLATED, -15)
    stored = squeeze.compress(text) + squeeze.flush()
    size = 18 + len(stored) + 8
    outer = b"\x1f\x8b\x08\x04" + bytes(4) + b"\0\xff\6\0BC\2\0" + (size - 1).to_bytes(2, "little")
    outer += stored + zlib.crc32(text).to_bytes(4, "little") + len(text).to_bytes(4, "little")
    path = tmp_path / "reads"
    path.write_bytes(outer + bgzf(b"next"))
    with path.open("rb", buffering=0) as file:
        for byte in range(1, len(outer) + 1):
            excerpt = BgzfExcerpt(file, byte)
            excerpt.read()
            assert bytes(excerpt.text) == b"next"


def test_an_excerpt_ends_at_what_is_no_block(tmp_path, text, bgzf):
    data = bgzf(text, 300, end=False)
    path = tmp_path / "reads"
    for behind in (b"junk" * 9, bytes(100), data[:50], data[:10] + b"\0" + data[11:]):
        path.write_bytes(data + behind)
        with path.open("rb", buffering=0) as file:
            excerpt = BgzfExcerpt(file, 0)
            while not excerpt.exhausted:
                excerpt.read()
            assert bytes(excerpt.text) == text
            assert not excerpt.at_end
            if not data.startswith(behind[:4]):
                beyond = BgzfExcerpt(file, len(data))
                beyond.read()
                assert not beyond.text


def test_an_excerpt_of_plain_text(tmp_path):
    text = bytes(range(256)) * 1000
    path = tmp_path / "reads"
    path.write_bytes(text)
    with path.open("rb", buffering=0) as file:
        excerpt = PlainExcerpt(file, 1000)
        while not excerpt.exhausted:
            assert not excerpt.at_end
            excerpt.read()
    assert excerpt.at_end
    assert bytes(excerpt.text) == text[1000:]
    assert excerpt.position(7) == VirtualOffset(1007)
    assert excerpt.reach == len(text)


def test_a_block_that_has_become_another(tmp_path, text, bgzf, lend):
    path = tmp_path / "reads"
    data = bgzf(text, 300)
    path.write_bytes(data)
    with path.open("rb", buffering=0) as file:
        places, _ = every(file)
    part = part_of(path, "bgzf", places[310], places[950])
    damaged = bytearray(data)
    damaged[places[310].byte + 30] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(CompressedInputError, match=r"x\.fq: the BGZF block at byte"):
        part.open(lend())
    moved = data[: places[310].byte] + b"\0" + data[places[310].byte : -1]
    path.write_bytes(moved)
    with pytest.raises(InputError, match=r"x\.fq: has changed since it was divided"):
        part.open(lend())
    path.write_bytes(data + b"\0")
    with pytest.raises(InputError, match=r"x\.fq: has changed since it was divided"):
        part.open(lend())


def test_an_interrupted_part(tmp_path, text, bgzf, lend):
    path = tmp_path / "reads"
    path.write_bytes(bgzf(text, 300))
    with path.open("rb", buffering=0) as file:
        places, _ = every(file)
    reader = part_of(path, "bgzf", places[300], places[950]).open(lend())
    reader.interrupt()
    with pytest.raises(Aborted):
        reader.readinto(memoryview(bytearray(10)))
    reader.close()
    reader.close()
