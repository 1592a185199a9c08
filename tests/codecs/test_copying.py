"""Copies without the GIL."""

import pytest

from biometal_stream.codecs.copying import copy_unlocked


@pytest.mark.parametrize("source", [b"", b"reads", bytearray(b"reads"), memoryview(b"reads")])
def test_bytes_go_to_the_beginning(source):
    target = bytearray(b"0123456789")
    copy_unlocked(source, memoryview(target))
    assert target == bytes(source) + b"0123456789"[len(source) :]


def test_a_full_target_takes_nothing_more():
    target = bytearray(4)
    copy_unlocked(b"", memoryview(target)[4:])
    copy_unlocked(b"read", memoryview(target))
    assert target == b"read"
    with pytest.raises(ValueError, match="buffer"):
        copy_unlocked(b"reads", memoryview(target))
