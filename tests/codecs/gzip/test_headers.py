import gzip
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.codecs.gzip.headers import check_file, find_reserved
from biometal_stream.errors import CompressedInputError


@given(st.lists(st.sampled_from([0x1F, 0x8B, 8, 0x1C, 0x20, 0xFF]), max_size=200).map(bytes))
def test_find_reserved(data):
    found = re.search(rb"\x1f\x8b\x08[\x20-\xff]", data)
    stop = np.uint64(len(data))
    at = find_reserved(np.frombuffer(data, np.uint8), stop)
    assert at == (found.start() if found else stop)


def test_the_first_header_of_a_file(tmp_path):
    path = tmp_path / "reads.fq.gz"
    check_file(str(path), "reads.fq.gz")  # whoever opens it says that there is none
    packed = bytearray(gzip.compress(b"@r\nA\n+\nI\n"))
    path.write_bytes(packed)
    check_file(str(path), "reads.fq.gz")
    packed[3] |= 0x80
    path.write_bytes(packed)
    with pytest.raises(CompressedInputError, match=r"reads.fq.gz: .* at byte 0 .* \(0x80\)"):
        check_file(str(path), "reads.fq.gz")
