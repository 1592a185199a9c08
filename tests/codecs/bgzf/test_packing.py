"""What kernels that make blocks may write."""

import gzip
import os

import numpy as np
import pytest

from biometal_stream.codecs.bgzf.packing import BLOCK, pack_blocks, room_for
from biometal_stream.codecs.libraries import isal, libdeflate


@pytest.mark.parametrize("stream", [isal.stream, lambda: isal.NO_STREAM])
@pytest.mark.parametrize("size", [0, 1, 100, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_noise_takes_no_more_than_its_room(stream, size):
    chosen = stream()
    text = np.frombuffer(os.urandom(size).replace(b"\0", b"\1"), np.uint8)
    out = np.full(room_for(size) + 4096, 7, np.uint8)
    arguments = (chosen.functions, chosen.memory, libdeflate.compressor(1), text, out)
    packed = out[: pack_blocks(*arguments)].tobytes()
    assert (out[room_for(size) :] == 7).all()
    assert gzip.decompress(packed) == text.tobytes()
