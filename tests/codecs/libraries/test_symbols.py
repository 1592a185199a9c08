"""The addresses of the C functions of an extension module."""

import ctypes
import zlib

import deflate
import pytest

from biometal_stream.codecs.libraries.symbols import addresses


def test_what_is_found_can_be_called():
    found = addresses(deflate.deflate_compress, ["libdeflate_crc32"])
    kind = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_uint32, ctypes.c_char_p, ctypes.c_size_t)
    assert kind(found["libdeflate_crc32"])(0, b"reads", 5) == zlib.crc32(b"reads")


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (deflate.deflate_compress, ["libdeflate_crc32", "libdeflate_of_tomorrow"]),
        (len, ["memcpy"]),  # of a module without a file
        (lambda: 0, ["memcpy"]),
    ],
)
def test_what_is_not_exported_has_no_address(function, names):
    assert addresses(function, names) is None


def test_a_file_that_is_no_library_has_none(monkeypatch):
    monkeypatch.setattr(deflate.deflate_compress.__self__, "__file__", __file__)
    assert addresses(deflate.deflate_compress, ["libdeflate_crc32"]) is None
