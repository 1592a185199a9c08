"""Frames of zstd inflated by libzstd, against Python's decompressor."""

import gc
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.codecs.libraries import libzstd
from biometal_stream.codecs.streams import PythonInflater
from biometal_stream.codecs.zstd import ZSTD_FORMAT

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CHECKED = {zstd.CompressionParameter.checksum_flag: 1}


def frame(text, log=27):
    return libzstd.FrameInflater(libzstd.functions(), log), zstd.compress(text, options=CHECKED)


def steps(inflater, packed, size, room):
    """What each step gives, and what the inflater says after it."""
    packed = memoryview(bytearray(packed))
    found = []
    at = 0
    while not inflater.eof:
        data = packed[at : at + size] if inflater.needs_input else packed[:0]
        at += len(data)
        if inflater.needs_input and not data:
            break
        target = memoryview(bytearray(room))
        try:
            count = inflater.inflate(data, target)
        except zstd.ZstdError as error:
            return [*found, str(error)]
        state = inflater.eof, inflater.needs_input, inflater.unused_data if inflater.eof else None
        found.append((bytes(target[:count]), *state))
    return found


@given(
    text=st.lists(st.sampled_from([b"ACGT", b"@read/1\n", b"\0" * 99, b"IIFF"]), max_size=40),
    size=st.integers(1, 90),
    room=st.integers(1, 90),
    flip=st.none() | st.integers(0, 10_000),
    after=st.sampled_from([b"", b"junk", b"\x28\xb5\x2f\xfd"]),
)
def test_steps_are_those_of_python(text, size, room, flip, after):
    ours, packed = frame(b"".join(text))
    packed = bytearray(packed + after)
    if flip is not None:
        packed[flip % len(packed)] ^= 1
    assert steps(ours, packed, size, room) == steps(
        PythonInflater(zstd.ZstdDecompressor()), packed, size, room
    )


def test_a_window_above_the_limit_is_refused():
    squeeze = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 24})
    packed = memoryview(bytearray(squeeze.compress(bytes(1 << 20)) + squeeze.flush()))
    inflater, _ = frame(b"", 20)
    with pytest.raises(zstd.ZstdError, match="too much memory"):
        inflater.inflate(packed, memoryview(bytearray(9)))


def test_memory_is_freed():
    freed = []
    known = libzstd.functions()
    free = known["ZSTD_freeDCtx"]
    noting = {**known, "ZSTD_freeDCtx": lambda context: freed.append(context) or free(context)}
    inflater = libzstd.FrameInflater(noting, 27)
    context = inflater._context
    del inflater
    gc.collect()
    assert freed == [context]


def test_a_lack_of_memory_is_an_error():
    known = {
        **libzstd.functions(),
        "ZSTD_createDCtx": lambda: None,
        "ZSTD_createCCtx": lambda: None,
    }
    with pytest.raises(MemoryError, match="cannot allocate a decompressor"):
        libzstd.FrameInflater(known, 27)
    with pytest.raises(MemoryError, match="cannot allocate a compressor"):
        libzstd.Context(known, {})


def test_a_context_is_freed():
    freed = []
    known = libzstd.functions()
    free = known["ZSTD_freeCCtx"]
    noting = {**known, "ZSTD_freeCCtx": lambda context: freed.append(context) or free(context)}
    context = libzstd.Context(noting, {zstd.CompressionParameter.compression_level: 3})
    address = context.address
    del context
    gc.collect()
    assert freed == [address]


def test_a_value_that_zstd_does_not_know():
    with pytest.raises(ValueError, match="zstd refuses 99 for its parameter"):
        libzstd.Context(libzstd.functions(), {int(zstd.CompressionParameter.hash_log): 99})


def test_python_inflates_where_it_hides_the_library(hidden_libraries, text, session_run, read_all):
    assert isinstance(ZSTD_FORMAT.start(), PythonInflater)
    packed = zstd.compress(text, options=CHECKED)
    assert read_all(packed * 2, session_run, 100) == text * 2
