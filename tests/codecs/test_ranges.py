"""Ranges of files as decompressed bytes."""

import itertools

import pytest

from biometal_stream.channel import Aborted
from biometal_stream.codecs.bgzf.excerpts import BgzfExcerpt
from biometal_stream.codecs.open_range import open_file_range
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
        assert drain(open_file_range(part, run), 50, jobs=True) == text[first:stop]
    whole = part_of(path, None)
    assert whole.whole
    assert drain(open_file_range(whole, run), 50, jobs=True) == text


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
        assert drain(open_file_range(part, run), step, jobs=jobs) == text[first:stop]
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
        reader = open_file_range(part, lend())
        drain(reader, 100, jobs=True)
        read += reader.bytes_read
    assert read == path.stat().st_size


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
        open_file_range(part, lend())
    moved = data[: places[310].byte] + b"\0" + data[places[310].byte : -1]
    path.write_bytes(moved)
    with pytest.raises(InputError, match=r"x\.fq: has changed since it was divided"):
        open_file_range(part, lend())
    path.write_bytes(data + b"\0")
    with pytest.raises(InputError, match=r"x\.fq: has changed since it was divided"):
        open_file_range(part, lend())


def test_an_interrupted_part(tmp_path, text, bgzf, lend):
    path = tmp_path / "reads"
    path.write_bytes(bgzf(text, 300))
    with path.open("rb", buffering=0) as file:
        places, _ = every(file)
    reader = open_file_range(part_of(path, "bgzf", places[300], places[950]), lend())
    reader.interrupt()
    with pytest.raises(Aborted):
        reader.readinto(memoryview(bytearray(10)))
    reader.close()
    reader.close()
