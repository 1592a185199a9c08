"""Streams of ISA-L."""

import ctypes
import random
import threading

import numpy as np
import pytest

from biometal_stream.codecs.bgzf.packing import pack_blocks, room_for
from biometal_stream.codecs.libraries import isal
from biometal_stream.codecs.libraries.calls import STREAM_WORDS
from biometal_stream.codecs.libraries.libdeflate import compressor


def test_a_text_gives_the_same_bytes_wherever_the_stream_lies():
    """ISA-L's own code has some of these texts differ in each process: see `compress_by_isal`."""
    memory = np.zeros(64 << 17, np.uint64)  # 64 MiB, of which few pages are touched
    streams = [memory[at : at + STREAM_WORDS] for at in range(0, len(memory), 1 << 17)]
    functions, libdeflate = isal.new_stream().functions, compressor(1)
    chosen = random.Random(3)
    out = np.zeros(room_for(400), np.uint8)
    for _ in range(400):
        text = np.frombuffer(bytes(chosen.choices(b"ACGT", k=400)), np.uint8)
        packed = {
            out[: pack_blocks(functions, stream, libdeflate, text, out)].tobytes()
            for stream in streams
        }
        assert len(packed) == 1


def test_a_thread_keeps_its_own():
    others = []
    thread = threading.Thread(target=lambda: others.append((isal.stream(), isal.stream())))
    thread.start()
    thread.join()
    first, again = others[0]
    assert first is again
    assert isal.stream() is not first


@pytest.mark.parametrize("moved", [4, 8])
def test_another_layout_of_the_stream_is_noticed(moved):
    @ctypes.CFUNCTYPE(None, ctypes.c_void_p)
    def initialize(stream):
        original = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(isal.functions()["isal_deflate_init"])
        original(stream + moved)

    assert isal._layout_fits(isal.functions()["isal_deflate_init"])
    assert not isal._layout_fits(ctypes.cast(initialize, ctypes.c_void_p).value)


def test_there_is_none_without_the_functions(hidden_libraries):
    assert isal.stream() is None
