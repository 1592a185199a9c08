"""Tables that grow to their limit, and entries that grow on disk."""

import errno
import os
import pickle
import random
from itertools import pairwise

import numpy as np
import pytest

from biometal_stream.columns import string_column
from biometal_stream.errors import DataError
from biometal_stream.operators.keys import entries, tables
from biometal_stream.operators.keys.entries import Entries
from biometal_stream.operators.keys.making import keys_of_texts
from biometal_stream.operators.keys.tables import MIB, HashTable, KeyTable
from tests.operators.keys.texts import column


def keys(*texts):
    return keys_of_texts(string_column(column(texts), "name"))


def drawn(number, seed=0):
    draw = random.Random(seed)
    return [f"r{draw.randrange(number)}" for _ in range(number)]


@pytest.mark.parametrize("table", [HashTable, KeyTable])
@pytest.mark.parametrize("cut", [1, 7, 5_000])
def test_what_is_new_does_not_depend_on_batches_or_growth(monkeypatch, table, cut):
    monkeypatch.setattr(tables, "_FIRST", 8)
    made, names = table("t", MIB), drawn(5_000)
    first = len(made.slots)
    batches = [names[start : start + cut] for start in range(0, 5_000, cut)]
    found = np.concatenate([made.new(keys(*batch)) for batch in batches])
    seen = set()
    assert found.tolist() == [not (name in seen or seen.add(name)) for name in names]
    assert len(made.slots) > 100 * first
    assert made.count == len(seen)


@pytest.mark.parametrize(("table", "most"), [(HashTable, 65_535), (KeyTable, 32_767)])
@pytest.mark.parametrize("cut", [1_000, 100_000])
def test_a_full_table_is_an_error_at_the_same_read_for_every_batch(table, most, cut):
    made, names = table("drop-x", MIB), [f"r{number}" for number in range(70_000)]
    names[10:20] = names[:10]
    batches = [keys(*names[start : start + cut]) for start in range(0, len(names), cut)]
    with pytest.raises(DataError) as caught:
        list(map(made.new, batches))
    assert str(caught.value) == (
        f"drop-x: {most:,} different reads or pairs fill a table of 1MiB; allow it more memory"
        " (--table-size 2MiB; table_bytes in Python)"
    )
    made = table("drop-x", MIB)
    repeated = keys(*names[: most + 10])  # of which ten are repeated
    assert made.new(repeated).sum() == most
    assert not made.new(repeated).any()


def test_a_table_takes_no_more_than_its_limit_while_it_grows():
    for slot, kind in ((8, HashTable), (16, KeyTable)):
        sizes = [*kind("t", 100 * MIB)._sizes, 0]
        for larger, smaller in pairwise(sizes):
            assert (larger + smaller) * slot <= 100 * MIB + slot
        assert sizes[0] * slot == pytest.approx(100 * MIB * 2 / 3, rel=0.001)


def test_the_numbers_of_keys_are_found_also_after_a_pickle():
    made, names = KeyTable("t", MIB), drawn(3_000)
    assert made.first(keys(*names)).tolist() == [names.index(name) for name in names]
    found = pickle.loads(pickle.dumps(made.found()))
    sought = [*names, "r3000", "", "R1"]
    wanted = [names.index(name) if name in names else -1 for name in sought]
    assert found.find(keys(*sought)).tolist() == wanted
    different = sorted(set(wanted[:-3]))
    assert found.numbers().tolist() == different
    assert found.most == different[-1] + 1
    assert [found.text(number) for number in different] == [names[n] for n in different]


def test_entries_move_to_a_file_and_stay(monkeypatch, tmp_path):
    monkeypatch.setattr(entries, "_IN_MEMORY", 5_000)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made, wanted = Entries("t"), np.arange(4_096, dtype=np.uint64)
    made.words[:] = wanted
    for most in (4_500, 9_000, 9_001, 100_000):
        made.grow(most)
        assert len(made.words) >= most
        assert (made.words[: len(wanted)] == wanted).all()
        wanted = np.arange(len(made.words), dtype=np.uint64)
        made.words[:] = wanted
    assert made._file is not None
    assert not list(tmp_path.iterdir())  # the file has no name


def test_keys_are_remembered_on_disk(monkeypatch):
    monkeypatch.setattr(entries, "_IN_MEMORY", 1)
    made, names = KeyTable("t", MIB), [f"{number:060}" for number in range(5_000)]
    assert made.new(keys(*names)).all()
    assert not made.new(keys(*names)).any()


def test_a_full_disk_is_an_error_that_names_the_folder(monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    monkeypatch.setattr("tempfile.tempdir", "/tmp")
    with pytest.raises(
        DataError, match=r"check-names: /tmp has no room for .* name another folder"
    ):
        Entries("check-names").grow(entries._IN_MEMORY + 1)


def test_the_default_is_a_quarter_of_the_memory(monkeypatch):
    for there, wanted in ((None, 1024 * MIB), (8_000 * MIB, 2_000 * MIB), (100 * MIB, 64 * MIB)):
        monkeypatch.setattr(tables, "usable_memory", lambda there=there: there)
        assert tables.default_table() == wanted
