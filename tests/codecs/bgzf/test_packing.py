"""What kernels that make blocks may write."""

import gzip
import os

import numpy as np
import pytest

from biometal_stream.codecs.bgzf.packing import BLOCK, pack_by_isal, pack_by_libdeflate, room_for
from biometal_stream.codecs.libraries import isal, libdeflate


def by_isal(text, out):
    stream = isal.stream()
    return pack_by_isal(stream.functions, stream.memory, libdeflate.compressor(1), text, out)


def by_libdeflate(text, out):
    return pack_by_libdeflate(libdeflate.compressor(1), text, out)


@pytest.mark.parametrize("pack", [by_isal, by_libdeflate])
@pytest.mark.parametrize("size", [0, 1, 100, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_noise_takes_no_more_than_its_room(pack, size):
    text = np.frombuffer(os.urandom(size).replace(b"\0", b"\1"), np.uint8)
    out = np.full(room_for(size) + 4096, 7, np.uint8)
    packed = out[: pack(text, out)].tobytes()
    assert (out[room_for(size) :] == 7).all()
    assert gzip.decompress(packed) == text.tobytes()
