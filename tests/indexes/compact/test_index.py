"""The compact index as a set: what it has, and what it takes for its own."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.indexes.compact import layout
from biometal_stream.indexes.compact.opening import open_compact
from biometal_stream.indexes.mixing import mixed, unmixed
from biometal_stream.indexes.scheme import Scheme
from tests.indexes.compact import plain
from tests.indexes.compact.made import written

SCHEME = Scheme()

hashes_of_all_kinds = st.one_of(
    st.sets(st.integers(0, 2**64 - 1), max_size=200),
    st.builds(  # neighbours, which go to one line
        lambda first, step, count: {(first + step * each) % 2**64 for each in range(count)},
        st.integers(0, 2**64 - 1),
        st.sampled_from((1, 3, 2**20, 2**30, 2**58)),
        st.integers(0, 300),
    ),
)


def opened(path, hashes, **settings):
    path.write_bytes(written(hashes, **settings))
    return open_compact(path)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "some.kmers"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("indexes") / "some.kmers"


@given(hashes=hashes_of_all_kinds, others=st.lists(st.integers(0, 2**64 - 1), max_size=50))
@settings(max_examples=60, deadline=None)
def test_every_kmer_is_found_and_the_bytes_are_those_of_the_page(place, hashes, others):
    index = opened(place, hashes)
    values = unmixed(np.array(sorted(hashes), np.uint64))
    assert index.count == len(hashes)
    assert index.contains(values).all()
    lines, later, rest, directory = plain.index_of(sorted(hashes))
    assert place.read_bytes()[4096:-68] == b"".join(
        (*lines, *later, np.array(rest, "<u8").tobytes(), np.array(directory, "<u4").tobytes())
    )
    # What is looked up and not in the set is found only if its cell is taken.
    for value in others:
        code = plain.mixed(value)
        line, cell = plain.place_of(code, len(lines))
        if index.contains(np.array([value], np.uint64))[0] and code not in hashes:
            assert plain.has_cell(lines[line], cell) or later


def test_a_million_random_kmers_are_found_and_others_as_seldom_as_computed(path):
    random = np.random.default_rng(1)
    hashes = np.unique(random.integers(0, 2**64, 1_000_000, np.uint64))
    index = opened(path, hashes)
    values = unmixed(hashes)
    assert index.contains(random.permutation(values)).all()
    assert index.nbytes < 14.6 * len(hashes) / 8 + 4096
    others = random.integers(0, 2**64, 2_000_000, np.uint64)
    found = index.contains(others).mean()
    assert 3.0e-4 < index.false_positive_rate < 3.2e-4
    assert abs(found / index.false_positive_rate - 1) < 0.15  # 620 ± 25 of them


@pytest.mark.parametrize("count", [0, 1, 36, 37, 38, 39, 40, 78, 79, 1000])
def test_sets_of_any_size(path, count):
    hashes = mixed(np.arange(count, dtype=np.uint64))
    index = opened(path, hashes)
    assert index.contains(np.arange(count, dtype=np.uint64)).all()
    assert index.contains(np.arange(count, count + 1000, dtype=np.uint64)).sum() <= 5
    assert index.contains(np.empty(0, np.uint64)).tolist() == []


@pytest.mark.parametrize(
    "hashes",
    [
        np.arange(20_000, dtype=np.uint64),  # all in the first line
        np.arange(2**64 - 20_000, 2**64 - 1, dtype=np.uint64),  # all in the last
        np.arange(2**63 - 9_999, 2**63 + 9_999, dtype=np.uint64),
        mixed(np.arange(20_000, dtype=np.uint64)),  # values that follow each other
        np.arange(0, 2**64 - 2**50, 2**50, dtype=np.uint64),  # as even as can be
    ],
)
def test_hashes_that_no_kmers_have_by_chance(path, hashes):
    index = opened(path, hashes)
    assert index.contains(unmixed(np.sort(hashes))).all()


def test_what_no_level_has_room_for_is_kept_whole(path, monkeypatch):
    monkeypatch.setattr(layout, "MEANS", (39, 10**6, 10**6))  # a line for all
    hashes = mixed(np.arange(5_000, dtype=np.uint64))
    index = opened(path, hashes)
    assert len(index._rest) > 100
    assert index.contains(np.arange(5_000, dtype=np.uint64)).all()
    assert index.contains(np.arange(5_000, 10_000, dtype=np.uint64)).sum() < 10


def test_several_blocks(path):
    count = 500_000  # 12,821 lines, of which 4,096 make a block
    hashes = np.sort(mixed(np.arange(count, dtype=np.uint64)))
    index = opened(path, hashes, cuts=(1, 150_000, 150_000, 470_000))
    assert index.contains(np.arange(count, dtype=np.uint64)).all()
    assert len(index._directory) == 2 * 4 + 1
    assert path.read_bytes() == written(hashes)


def test_it_tells_what_it_is(path):
    about = {"sources": ["Ein großes Genom.fa.gz"], "text": "x" * 10_000, "bases": 2**40}
    index = opened(path, [1, 2, 3], about=about)
    assert index.about == about
    assert index.scheme == SCHEME
    assert index.nbytes == path.stat().st_size
    index.verify()
    assert json.loads(json.dumps(index.about)) == about


def test_threads_share_an_index(path):
    index = opened(path, mixed(np.arange(100_000, dtype=np.uint64)))
    values = np.arange(200_000, dtype=np.uint64)
    alone = index.contains(values)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(index.contains, [values] * 8):
            assert (found == alone).all()


def test_an_answer_stays_when_others_are_asked_for(path):
    index = opened(path, set(range(0, 2**60, 2**52)))
    own = unmixed(np.arange(0, 2**60, 2**52, dtype=np.uint64))
    first = index.contains(own)
    index.contains(np.arange(3000, dtype=np.uint64))
    assert first.all()
    assert index.contains(own[:3]).tolist() == [True] * 3
