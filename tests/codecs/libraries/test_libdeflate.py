"""The compressors and decompressors that threads keep."""

import threading
import weakref

import pytest

from biometal_stream.codecs.libraries import libdeflate


@pytest.mark.parametrize("get", [libdeflate.decompressor, lambda: libdeflate.compressor(6)])
def test_a_thread_keeps_its_own(get):
    others = []
    thread = threading.Thread(target=lambda: others.append((get(), get())))
    thread.start()
    thread.join()
    first, again = others[0]
    assert first is again
    assert get() is not first
    assert get()[-1] != 0


def test_levels_have_compressors_of_their_own():
    assert libdeflate.compressor(1)[-1] != libdeflate.compressor(2)[-1]


def test_they_are_freed_when_the_thread_ends(monkeypatch):
    freed = []
    kept = []

    def use():
        libdeflate.decompressor()
        libdeflate.compressor(3)
        handles = [libdeflate._kept.decompressor, libdeflate._kept.compressors[3]]
        kept.extend(map(weakref.ref, handles))
        for handle in handles:
            free = handle._free
            handle._free = lambda address, free=free: (free(address), freed.append(address))

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert [each() for each in kept] == [None, None]
    assert len(set(freed)) == 2


def test_there_are_none_without_the_functions(hidden_libraries):
    assert libdeflate.decompressor() is None
    assert libdeflate.compressor(1) is None


def test_a_lack_of_memory_is_an_error(monkeypatch):
    known = libdeflate.functions()
    with pytest.raises(MemoryError, match="cannot allocate a compressor"):
        libdeflate._Handle(known, "compressor", "deflate_compress", 99)  # no such level
