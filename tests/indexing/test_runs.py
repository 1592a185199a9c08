"""Sorted runs, and what becomes of them: compared with Python's sets."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.errors import SinkError
from biometal_stream.indexing import runs
from biometal_stream.indexing.runs import (
    CELLS,
    Collected,
    FileRun,
    HeldRun,
    common,
    merged,
    remaining,
    size_of,
    sorted_distinct,
    united,
)

TOP = (1 << 64) - 1
WORDS = st.lists(
    st.one_of(st.integers(0, TOP), st.integers(0, 20), st.sampled_from([TOP, 1 << 52, 1 << 63])),
    max_size=50,
)


def array(words):
    return sorted_distinct(np.array(list(words), np.uint64))


def listed(run):
    return [int(word) for word in run.read(0, size_of(run))]


@pytest.fixture(scope="module")
def executor():
    with ThreadPoolExecutor(2) as found:
        yield found


@given(WORDS)
def test_sorted_distinct(words):
    assert array(words).tolist() == sorted(set(words))


@settings(deadline=None, max_examples=30)
@given(st.lists(WORDS, min_size=1, max_size=4), st.booleans(), st.sampled_from([1, 4000, 1 << 20]))
def test_unions_intersections_and_differences(lists, on_disk, memory):
    inputs = [array(words) for words in lists]
    made = [FileRun([words[:3], words[3:]]) if on_disk else HeldRun(words) for words in inputs]
    sets = [set(words) for words in lists]
    for combine, expected in (
        (united, set.union(*sets)),
        (common, set.intersection(*sets)),
        (remaining, sets[0].difference(*sets[1:])),
    ):
        with ThreadPoolExecutor(2) as executor:
            blocks = list(merged(made, combine, executor, 2, memory))
        assert np.concatenate(blocks).tolist() == sorted(expected)


@settings(deadline=None, max_examples=30)
@given(st.lists(WORDS, max_size=30), st.sampled_from([24, 240, 2400, 1 << 20]))
def test_any_bound_collects_the_same(lists, memory):
    with ThreadPoolExecutor(1) as executor:
        words = Collected(executor, 1, memory)
        for each in lists:
            words.add(array(each))
        assert listed(words.finish()) == sorted(set().union(*lists))


def test_what_does_not_fit_is_on_disk_and_merged_there(executor, monkeypatch):
    made = []
    create = FileRun.__init__

    def watched(self, blocks):
        made.append(self)
        create(self, blocks)

    monkeypatch.setattr(FileRun, "__init__", watched)
    random = np.random.default_rng(1)
    words, expected = Collected(executor, 2, 3 * 8 * 1000), set()
    for _ in range(60):
        each = array(random.integers(0, TOP, 500, np.uint64))
        expected.update(each.tolist())
        words.add(each)
        assert len(words._files) < 10
    run = words.finish()
    assert isinstance(run, FileRun)
    assert len(made) > 10
    assert listed(run) == sorted(expected)
    assert (np.diff(run.offsets) >= 0).all()
    assert len(run.offsets) == CELLS + 1


def test_few_files_are_open(executor, monkeypatch):
    monkeypatch.setattr(runs, "_MOST_FILES", 4)
    monkeypatch.setattr(runs, "_MERGED_EARLY", 100)
    words, expected = Collected(executor, 1, 3 * 8 * 10), set()
    for each in np.random.default_rng(2).integers(0, TOP, (200, 11), np.uint64):
        expected.update(each.tolist())
        words.add(array(each))
        assert len(words._files) <= 4
        assert words._on_disk == sum(map(size_of, words._files))
    assert listed(words.finish()) == sorted(expected)


def test_repeated_words_stay_in_memory(executor):
    words = Collected(executor, 1, 3 * 8 * 1000)
    for _ in range(100):
        words.add(np.arange(300, dtype=np.uint64))
    assert not words._files
    assert size_of(words.finish()) == 300


def test_many_small_arrays_are_merged(executor):
    words = Collected(executor, 1, 1 << 30)
    for number in range(2000):
        words.add(np.array([number % 7], np.uint64))
    assert len(words._held) <= runs._MOST_HELD
    assert size_of(words.finish()) == 7


def test_a_full_disk_names_the_folder(monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runs.os, "write", full)
    with pytest.raises(SinkError, match=r"cannot hold sorted runs: No space left .* TMPDIR"):
        FileRun([np.arange(3, dtype=np.uint64)])


def test_another_folder_than_that_of_tmpdir_is_never_taken(monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "none"))
    with pytest.raises(SinkError, match=r"/none: cannot hold sorted runs: No such file .* TMPDIR"):
        FileRun([np.arange(3, dtype=np.uint64)])
