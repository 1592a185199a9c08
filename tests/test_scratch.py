"""Memory that a thread uses again."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from biometal_stream.scratch import KeptScratch, Scratch


def test_a_thread_gets_the_same_memory_again_for_each_use():
    kept = KeptScratch()
    one = kept.bytes("one", 100)
    assert np.shares_memory(one, kept.numbers("one", 5))
    assert not np.shares_memory(one, kept.bytes("two", 100))
    with ThreadPoolExecutor(1) as threads:
        other = threads.submit(kept.bytes, "one", 100).result()
    assert not np.shares_memory(one, other)
    assert len(kept.bytes("one", 2**20)) == 2**20


def test_much_memory_is_not_kept():
    kept = KeptScratch()
    assert not np.shares_memory(kept.bytes("one", 2**25 + 1), kept.bytes("one", 2**25 + 1))
    assert not np.shares_memory(Scratch().bytes("one", 9), Scratch().bytes("one", 9))


def test_parts_are_joined():
    assert Scratch().joined("one", [b"AC", b"", memoryview(b"GT")]).tobytes() == b"ACGT"
