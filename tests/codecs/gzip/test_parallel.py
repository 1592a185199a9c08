import gzip
import random
from contextlib import closing

import pytest

from biometal_stream.codecs import open as opening
from biometal_stream.codecs.gzip import parallel as parallel_gzip
from biometal_stream.codecs.gzip.parallel import ParallelGzipDecoder, worth_parallel
from biometal_stream.codecs.raw.open import open_raw
from biometal_stream.codecs.raw.unchanged import Watched
from biometal_stream.errors import CompressedInputError
from biometal_stream.sources.lanes import Inputs

pytest.importorskip("rapidgzip")


@pytest.fixture(scope="module")
def long_text():
    draw = random.Random(11)
    return bytes(draw.choices(b"ACGT\n", k=600_000))


@pytest.fixture
def parallel(monkeypatch, tmp_path, read_all, lend):
    """Reads bytes as a gzip file, by rapidgzip although the file is small."""
    monkeypatch.setattr(parallel_gzip, "LEAST_BYTES", 1)
    monkeypatch.setattr(parallel_gzip, "LEAST_WORKERS", 4)

    def read(content, step=1 << 16):
        path = tmp_path / "reads.fq.gz"
        path.write_bytes(content)
        run = lend(4)
        reader = opening.open_bytes(path, run=run)
        assert reader.codec == "rapidgzip"
        reader.close()
        return read_all(path, run, step)

    return read


def test_one_member(parallel, long_text):
    assert parallel(gzip.compress(long_text)) == long_text
    assert parallel(gzip.compress(long_text[:5000]), 7) == long_text[:5000]
    assert parallel(gzip.compress(b"")) == b""


def test_several_members_and_padding(parallel, long_text):
    members = gzip.compress(long_text[:250_000]) + gzip.compress(long_text[250_000:])
    assert parallel(members) == long_text
    assert parallel(members + bytes(512)) == long_text
    assert parallel(gzip.compress(long_text) + bytes(512)) == long_text


@pytest.mark.parametrize("members", [0, 1])
def test_reserved_flags_are_an_error(parallel, long_text, members):
    packed = bytearray(gzip.compress(long_text) * (members + 1))
    second = members * len(gzip.compress(long_text))
    packed[second + 3] |= 0x40
    with pytest.raises(CompressedInputError, match=f"at byte {second} has flags that RFC 1952"):
        parallel(bytes(packed))


def test_a_cut_is_an_error_wherever_it_is(parallel, long_text):
    packed = gzip.compress(long_text)
    second = gzip.compress(long_text[:1000])
    for cut in (11, len(packed) // 2, *range(len(packed) - 9, len(packed))):
        with pytest.raises(CompressedInputError, match=f"at byte {cut}; it is truncated"):
            parallel(packed[:cut])
    for cut in (1, 5, 10, 11, len(second) // 2, *range(len(second) - 9, len(second))):
        with pytest.raises(CompressedInputError, match="it is truncated"):
            parallel(packed + second[:cut])


def test_corrupt_data_and_junk_are_errors(parallel, long_text):
    packed = gzip.compress(long_text)
    for at in (len(packed) // 3, len(packed) - 8, len(packed) - 4):
        flipped = bytearray(packed)
        flipped[at] ^= 4
        with pytest.raises(CompressedInputError, match="corrupt"):
            parallel(flipped)
    for junk in (b"text", b"text that is longer than a header", b"\x1f", b"\0\0x"):
        with pytest.raises(CompressedInputError):
            parallel(packed + junk)


def test_when_it_is_chosen(tmp_path, monkeypatch):
    path = tmp_path / "reads.fq.gz"
    with path.open("wb") as file:
        file.truncate(parallel_gzip.LEAST_BYTES)
    raw = open_raw(path)
    many = parallel_gzip.LEAST_WORKERS
    assert worth_parallel(raw, many)
    assert not worth_parallel(raw, 4)
    with path.open("rb") as file:
        assert not worth_parallel(open_raw(file), many)
    monkeypatch.setattr(parallel_gzip, "find_spec", lambda name: None)
    assert not worth_parallel(raw, many)
    monkeypatch.undo()
    monkeypatch.setattr(parallel_gzip, "LEAST_BYTES", raw.bytes_total + 1)
    assert not worth_parallel(raw, many)
    raw.close()


@pytest.mark.parametrize(
    ("files", "workers", "codec"),
    [(1, 3, "gzip"), (1, 4, "rapidgzip"), (2, 7, "gzip"), (2, 8, "rapidgzip")],
)
def test_mates_share_the_workers(lend, tmp_path, monkeypatch, files, workers, codec):
    monkeypatch.setattr(parallel_gzip, "LEAST_BYTES", 1)
    monkeypatch.setattr(parallel_gzip, "LEAST_WORKERS", 4)
    paths = [tmp_path / f"{mate}.fq.gz" for mate in range(files)]
    for path in paths:
        path.write_bytes(gzip.compress(b"@r\nA\n+\nI\n"))
    with closing(Inputs([tuple(paths)], lend(workers))) as inputs:
        for readers in inputs.lanes():
            assert [reader.codec for reader in readers] == [codec] * files


def test_what_is_inflated_twice_must_be_the_same(tmp_path, long_text, monkeypatch):
    path = tmp_path / "reads.fq.gz"
    path.write_bytes(gzip.compress(long_text) + gzip.compress(b""))
    raw = open_raw(path)
    decoder = ParallelGzipDecoder(raw, 4)
    target = memoryview(bytearray(len(long_text)))
    assert decoder.readinto(target) == len(long_text)
    changed = bytearray(long_text)
    changed[1000] ^= 1
    path.write_bytes(gzip.compress(changed) + gzip.compress(b""))
    # As where the system does not tell that the file has changed.
    monkeypatch.setattr(Watched, "confirm", lambda self: None)
    monkeypatch.setattr(Watched, "confirm_end", lambda self, place: None)
    with pytest.raises(
        CompressedInputError, match=r"gave different bytes.* copy or download it again"
    ):
        decoder.readinto(target)
    decoder.close()
    raw.close()


def test_bytes_read_reaches_the_total(lend, tmp_path, long_text):
    path = tmp_path / "reads.fq.gz"
    path.write_bytes(gzip.compress(long_text))
    raw = open_raw(path)
    decoder = ParallelGzipDecoder(raw, 4)
    target = memoryview(bytearray(1 << 16))
    seen = []
    while decoder.readinto(target):
        seen.append(raw.bytes_read)
    assert seen == sorted(seen)
    assert raw.bytes_read == raw.bytes_total
    decoder.close()
    decoder.close()
    raw.close()


@pytest.mark.parametrize("error", [RuntimeError, IndexError, OverflowError, TypeError])
def test_isal_judges_whatever_rapidgzip_throws(lend, tmp_path, long_text, error):
    path = tmp_path / "t"
    path.write_bytes(gzip.compress(long_text, 1))
    raw = open_raw(path)
    decoder = ParallelGzipDecoder(raw, 4)

    class Throwing:
        def readinto(self, target):
            raise error

        def close(self):
            pass

    decoder._file.close()
    decoder._file = Throwing()
    target = bytearray(len(long_text))
    count = decoder.readinto(memoryview(target))
    assert target[:count] == long_text[:count] != b""
    decoder.close()
    raw.close()
