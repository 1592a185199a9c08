import gzip
import io
import os
import struct
import threading
import zlib
from concurrent.futures import Future

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.channel import Aborted
from biometal_stream.codecs import open_bytes
from biometal_stream.codecs.bgzf.blocks import READ
from biometal_stream.codecs.bgzf.reader import GROUP, BgzfDecoder
from biometal_stream.codecs.raw.objects import ObjectInput
from biometal_stream.errors import CompressedInputError, ForeignInputError


@pytest.mark.parametrize("workers", [1, 4])
def test_many_blocks_come_in_order(workers, lend, read_all, bgzf):
    data = b"".join(b"%09d\n" % number for number in range(400_000))
    run = lend(workers)
    assert read_all(bgzf(data, 20_000), run, 1 << 20) == data
    assert run.warnings == []


def test_it_is_told_from_gzip(text, lend, bgzf):
    for packed, codec in ((bgzf(text), "bgzf"), (gzip.compress(text), "gzip")):
        reader = open_bytes(io.BytesIO(packed), run=lend())
        assert reader.codec == codec
        reader.close()


def test_other_subfields_may_stand_before_the_size(text, lend, read_all, bgzf):
    extra = b"XY" + struct.pack("<H", 5) + b"hello"
    run = lend()
    assert read_all(bgzf(text, 700, extra=extra), run) == text
    reader = open_bytes(io.BytesIO(bgzf(text, 700, extra=extra)), run=run)
    assert reader.codec == "bgzf"
    reader.close()


def test_a_long_pipe_in_small_pieces(lend, read_all, piped, bgzf):
    data = os.urandom(1_500_000)
    packed = bgzf(data) + bgzf(data, 65_400)
    with piped(packed, 4099) as source:
        assert read_all(source, lend()) == data * 2


def test_an_empty_file(lend, read_all, bgzf):
    run = lend()
    assert read_all(bgzf(b""), run) == b""
    assert run.warnings == []


@given(data=st.data())
def test_any_sizes_of_pieces(data, text, session_run, read_all, piped, bgzf):
    packed = bgzf(text[:1500], data.draw(st.integers(20, 600), "size of blocks"))
    piece = data.draw(st.integers(1, 300), "bytes that the pipe delivers")
    step = data.draw(st.integers(1, 500), "bytes that are asked for")
    with piped(packed, piece) as source:
        assert read_all(source, session_run, step) == text[:1500]


def test_a_cut_at_any_byte_is_an_error_or_warned_about(text, lend, read_all, bgzf):
    text = text[:600]
    packed = bgzf(text, 200)
    ends = {0: 0}
    while max(ends) < len(packed):
        at = max(ends)
        size = int.from_bytes(packed[at + 16 : at + 18], "little") + 1
        ends[at + size] = ends[at] + int.from_bytes(packed[at + size - 4 : at + size], "little")
    for cut in range(1, len(packed)):
        run = lend(1)
        if cut in ends:
            assert read_all(packed[:cut], run) == text[: ends[cut]]
            assert len(run.warnings) == 1
            assert "end-of-file block of BGZF is missing" in run.warnings[0]
        else:
            with pytest.raises(CompressedInputError, match="it is truncated"):
                read_all(packed[:cut], run)
            assert run.warnings == []


def test_a_flipped_bit_is_an_error_or_of_no_effect(text, session_run, read_all, bgzf):
    text = text[:300]
    packed = bgzf(text, 150)
    for at in range(2, len(packed)):
        for bit in range(8):
            flipped = bytearray(packed)
            flipped[at] ^= 1 << bit
            try:
                assert read_all(flipped, session_run) == text, (at, bit)
            except CompressedInputError:
                continue


def test_the_bad_block_is_named_and_those_before_it_delivered(lend, bgzf):
    blocks = [bgzf(bytes([65 + at]) * 60_000, end=False) for at in range(40)]
    bad = bytearray(blocks[33])
    bad[-8] ^= 1
    run = lend(2)
    packed = b"".join([*blocks[:33], bytes(bad), *blocks[34:]])
    reader = open_bytes(io.BytesIO(packed), run=run)
    target = memoryview(bytearray(60_000))
    delivered = 0
    offset = sum(map(len, blocks[:33]))
    while delivered < 33 * 60_000:
        delivered += reader.readinto(target)
    assert delivered == 33 * 60_000
    for _ in range(2):
        with pytest.raises(CompressedInputError, match=f"at byte {offset} has a checksum mismatch"):
            reader.readinto(target)
    reader.close()


@pytest.mark.parametrize("trailer", [bytes(8), struct.pack("<II", 0, 150)])
def test_a_wiped_trailer_is_no_empty_block(trailer, text, session_run, read_all, bgzf):
    packed = bgzf(text[:150], end=False)
    with pytest.raises(CompressedInputError):
        read_all(packed[:-8] + trailer + bgzf(b""), session_run)


def test_a_size_that_spans_two_blocks(text, session_run, read_all, bgzf):
    blocks = [bgzf(text[at : at + 150], end=False) for at in (0, 150)]
    joined = bytearray(b"".join(blocks))
    joined[16:18] = (len(joined) - 1).to_bytes(2, "little")
    with pytest.raises(CompressedInputError, match="checksum mismatch"):
        read_all(bytes(joined) + bgzf(b""), session_run)


@pytest.mark.parametrize(
    ("size", "length", "message"), [(20, 150, "size of 20"), (None, 1 << 17, "above 64 KiB")]
)
def test_impossible_sizes(size, length, message, text, session_run, read_all, bgzf):
    packed = bytearray(bgzf(text[:150], end=False))
    if size:
        packed[16:18] = (size - 1).to_bytes(2, "little")
    packed[-4:] = length.to_bytes(4, "little")
    with pytest.raises(CompressedInputError, match=message):
        read_all(bytes(packed) + bgzf(b""), session_run)


def test_padding_is_accepted(text, lend, read_all, bgzf):
    run = lend()
    assert read_all(bgzf(text) + bytes(700_000), run) == text
    assert run.warnings == []


def test_junk_is_an_error(text, session_run, read_all, bgzf):
    packed = bgzf(text)
    for junk in (b"x", b"text after the end", b"\0\0text", b"\x1fx"):
        with pytest.raises(CompressedInputError, match="not gzip"):
            read_all(packed + junk, session_run)
    for cut in (b"\x1f", b"\x1f\x8b\x08\x04\0\0"):
        with pytest.raises(CompressedInputError, match="truncated"):
            read_all(packed + cut, session_run)


@pytest.mark.parametrize("padding", [b"", bytes(9)])
def test_files_put_together(padding, text, lend, read_all, bgzf):
    run = lend()
    joined = bgzf(text[:400], 90) + bgzf(text[400:500], 90)
    assert read_all(joined, run) == text[:500]
    joined += padding + gzip.compress(text[500:800]) + bgzf(text[800:], 300, end=False)
    assert read_all(joined, run, 77) == text
    assert run.warnings == []
    with pytest.raises(CompressedInputError, match="truncated"):
        read_all(joined[:-1], run)


class CountingExecutor:
    """Takes jobs and does none before it is told to."""

    def __init__(self):
        self.jobs = []
        self.most = 0

    def submit(self, function, *arguments):
        future = Future()
        self.jobs.append((future, function, arguments))
        self.most = max(self.most, sum(not future.done() for future, _, _ in self.jobs))
        return future

    def work(self):
        for future, function, arguments in self.jobs:
            if future.set_running_or_notify_cancel():
                future.set_result(function(*arguments))
        self.jobs.clear()


@pytest.mark.parametrize(
    ("workers", "memory", "window"), [(1, 1 << 30, 3), (4, 1 << 30, 9), (4, 1 << 20, 2)]
)
def test_the_window_is_bounded(workers, memory, window, lend, bgzf):
    run = lend(workers, memory=memory)
    executor = run.executor
    run.executor = CountingExecutor()
    data = b"0123456789" * 100_000
    reader = open_bytes(io.BytesIO(bgzf(data, 1000)), run=run)
    target = memoryview(bytearray(1 << 22))
    asked = threading.Event()
    counts = []
    submit = run.executor.submit

    def notify(*arguments):
        future = submit(*arguments)
        if len(run.executor.jobs) == window:
            asked.set()
        return future

    run.executor.submit = notify
    thread = threading.Thread(target=lambda: counts.append(reader.readinto(target)))
    thread.start()
    asked.wait()
    assert run.executor.most == window
    run.executor.work()
    thread.join()
    assert counts[0] in {groups * GROUP * 1000 for groups in range(1, window + 1)}
    assert run.executor.most == window
    reader.close()  # cancels what waits
    run.executor = executor


def test_a_pipe_that_pauses_holds_nothing_back(text, lend, bgzf):
    """A whole block is inflated, though its group is not full and the pipe still open."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as source:
        os.write(writing, bgzf(text[:100], end=False) + bgzf(text[100:], end=False)[:30])
        reader = open_bytes(source, run=lend())
        target = memoryview(bytearray(1 << 16))
        assert reader.readinto(target) == 100
        os.write(writing, bgzf(text[100:], end=False)[30:] + bgzf(b""))
        os.close(writing)
        assert reader.readinto(target) == len(text) - 100
        assert reader.readinto(target) == 0
        reader.close()


def test_jobs_that_the_run_cancelled_end_the_read(lend, bgzf):
    run = lend(1)
    executor = run.executor
    run.executor = CountingExecutor()
    reader = open_bytes(io.BytesIO(bgzf(b"x" * 100)), run=run)
    submit = run.executor.submit

    def cancel(*arguments):
        future = submit(*arguments)
        future.cancel()
        return future

    run.executor.submit = cancel
    with pytest.raises(Aborted):
        reader.readinto(memoryview(bytearray(100)))
    reader.close()
    run.executor = executor


def test_closing_waits_for_the_jobs_in_flight(lend, bgzf):
    run = lend(1)
    started, go = threading.Event(), threading.Event()
    finished = []

    def hold():
        started.set()
        go.wait()
        finished.append(True)

    decoder = BgzfDecoder(ObjectInput("reads", io.BytesIO(bgzf(b"")), None), run)
    decoder._pending.append(run.executor.submit(hold))
    decoder._pending.append(run.executor.submit(hold))
    started.wait()
    closing = threading.Thread(target=decoder.close)
    closing.start()
    go.set()
    closing.join()
    assert finished == [True]


def test_a_bomb_inflates_to_no_more_than_its_window(lend, bgzf):
    block = bgzf(bytes(65_536), 65_536, end=False)
    run = lend(2)
    reader = open_bytes(io.BytesIO(block * 20_000), run=run)  # 1.3 GB
    decoder = reader._found()
    target = memoryview(bytearray(1 << 20))
    for _ in range(10):
        assert reader.readinto(target) == 1 << 20
        assert len(decoder._pending) <= decoder._window
        assert sum(map(len, decoder._inflated)) <= GROUP * 65_536
    reader.close()


def spread(reader, size, step=1 << 16):
    """Reads by jobs of a size, done last to first, and by `readinto` where there are none."""
    target = memoryview(bytearray(size))
    jobs = []
    while (job := reader.job(target)) is not None:
        jobs.append((job, target))
        target = memoryview(bytearray(size))
    pieces = [bytes(target[: job()]) for job, target in reversed(jobs)][::-1]
    rest = memoryview(bytearray(step))
    while count := reader.readinto(rest):
        pieces.append(bytes(rest[:count]))
    return pieces


@pytest.mark.parametrize("size", [65_536, 100_000, 1 << 20])
def test_jobs_fill_their_targets_in_any_order(size, lend, bgzf, tmp_path):
    data = b"".join(b"%09d\n" % number for number in range(100_000))
    path = tmp_path / "reads.fq.gz"
    path.write_bytes(bgzf(data, 20_000))
    run = lend()
    reader = open_bytes(path, run=run)
    pieces = spread(reader, size)
    assert b"".join(pieces) == data
    assert all(size - 20_000 < len(piece) <= size for piece in pieces[:-1])
    assert run.warnings == []
    reader.close()


def test_jobs_and_reading_take_turns(lend, bgzf, tmp_path):
    path = tmp_path / "reads.fq.gz"
    path.write_bytes(bgzf(bytes(range(200)), 20))
    reader = open_bytes(path, run=lend())
    job = reader.job(target := memoryview(bytearray(50)))
    assert reader.job(memoryview(bytearray(19))) is None  # no block fits
    rest = memoryview(bytearray(5))
    assert reader.readinto(rest) == 5
    assert bytes(rest) == bytes(range(40, 45))
    assert reader.job(memoryview(bytearray(50))) is None  # blocks are inflated already
    assert job() == 40
    assert bytes(target[:40]) == bytes(range(40))
    reader.close()


def test_jobs_are_for_files_alone(lend, piped, bgzf):
    with piped(bgzf(b"ACGT")) as source:
        reader = open_bytes(source, run=lend())
        assert reader.job(memoryview(bytearray(1 << 16))) is None
        assert reader.readinto(memoryview(bytearray(9))) == 4
        reader.close()


def test_many_empty_blocks_are_not_held_at_once(lend, bgzf, tmp_path):
    path = tmp_path / "reads.fq.gz"
    path.write_bytes(bgzf(b"ACGT", end=False) + bgzf(b"") * 5000 + bgzf(b"TTTT"))
    reader = open_bytes(path, run=lend())
    target = memoryview(bytearray(1 << 16))
    assert reader.job(target)() == 4
    assert len(reader._found()._cutter.blocks) < READ // 28 + 1
    assert b"".join(spread(reader, 1 << 16)) == b"TTTT"
    reader.close()


def test_a_job_names_the_bad_block(lend, bgzf, tmp_path):
    blocks = [bgzf(bytes([65 + at]) * 1000, end=False) for at in range(3)]
    bad = bytearray(blocks[2])
    bad[-8] ^= 1
    path = tmp_path / "reads.fq.gz"
    path.write_bytes(b"".join([*blocks[:2], bytes(bad), bgzf(b"")]))
    reader = open_bytes(path, run=lend())
    offset = len(blocks[0] + blocks[1])
    reader.job(memoryview(bytearray(1000)))()
    job = reader.job(memoryview(bytearray(5000)))
    with pytest.raises(CompressedInputError, match=f"at byte {offset} has a checksum mismatch"):
        job()
    reader.close()


def test_jobs_leave_the_end_to_reading(lend, bgzf, tmp_path, text):
    path = tmp_path / "reads.fq.gz"
    path.write_bytes(bgzf(text, 700, end=False))
    run = lend()
    reader = open_bytes(path, run=run)
    assert b"".join(spread(reader, 1 << 16)) == text
    assert "end-of-file block of BGZF is missing" in run.warnings[0]
    reader.close()
    path.write_bytes(bgzf(text, 700)[:-40])
    reader = open_bytes(path, run=run)
    with pytest.raises(CompressedInputError, match="it is truncated"):
        spread(reader, 1 << 16)
    reader.close()
    path.write_bytes(bgzf(text[:400], 90) + gzip.compress(text[400:]))
    reader = open_bytes(path, run=run)
    assert b"".join(spread(reader, 1 << 16)) == text
    reader.close()


def test_what_a_look_refuses_is_refused_by_a_job(lend, bgzf, tmp_path):
    def look(head, name, /, *, ended):
        raise ForeignInputError(f"{name}: {head[:3]!r}")

    path = tmp_path / "reads.fq.gz"
    path.write_bytes(bgzf(b"BAM\1" + bytes(60)))
    reader = open_bytes(path, run=lend(), look=look)
    with pytest.raises(ForeignInputError, match="BAM"):
        reader.job(memoryview(bytearray(1 << 16)))
    reader.close()


def test_no_job_comes_after_an_interrupt(lend, bgzf, tmp_path):
    path = tmp_path / "reads.fq.gz"
    path.write_bytes(bgzf(b"ACGT"))
    reader = open_bytes(path, run=lend())
    reader.interrupt()
    with pytest.raises(Aborted):
        reader.job(memoryview(bytearray(1 << 16)))
    reader.close()


def test_against_gzip_of_python(shared_data, session_run, read_all):
    path = shared_data / "malformed" / "cases" / "02_bgzf.fastq.gz"
    expected = gzip.decompress(path.read_bytes())
    assert zlib.crc32(read_all(path, session_run)) == zlib.crc32(expected)
