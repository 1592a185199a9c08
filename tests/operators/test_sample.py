"""`Sample` against the definition."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.errors import DataError
from biometal_stream.interfaces import Concurrency
from biometal_stream.operators import Sample
from biometal_stream.operators.sample import hashes_of
from biometal_stream.view import BatchView
from tests.operators.conformance import cut, reads, rows, run

FRACTION = [
    "read14",
    "read18",
    "read22",
    "read25",
    "read27",
    "read29",
    "read32",
    "read47",
    "read48",
    "read50",
]
NUMBER = ["read14", "read18", "read32", "read47"]


def named(number, suffix=""):
    return pa.record_batch({"name": [f"read{k}{suffix}" for k in range(number)]})


def names(batch):
    return batch.column("name").to_pylist()


def test_a_fraction_is_about_that_share():
    batch = named(20_000)
    for fraction in (0.0, 0.01, 0.25, 0.9, 1.0):
        kept = Sample(fraction=fraction)(batch).num_rows
        assert abs(kept - 20_000 * fraction) <= 5 * np.sqrt(20_000 * fraction * (1 - fraction))


def test_samples_are_nested_and_seeds_differ():
    batch = named(2000)
    small = set(names(Sample(fraction=0.1, seed=5)(batch)))
    assert small < set(names(Sample(fraction=0.3, seed=5)(batch)))
    other = set(names(Sample(fraction=0.1, seed=6)(batch)))
    assert len(small & other) < 60


def test_a_sample_drawn_today_is_drawn_for_ever():
    assert names(Sample(fraction=0.1, seed=1)(named(60))) == FRACTION
    assert names(Sample(number=4, seed=1)(named(60))) == NUMBER


@pytest.mark.parametrize("separator", ["/", ".", "_"])
@pytest.mark.parametrize("choice", [{"fraction": 0.3}, {"number": 150}])
def test_mates_in_files_of_their_own_agree(separator, choice):
    one = names(Sample(**choice)(named(500, f"{separator}1")))
    two = names(Sample(**choice)(named(500, f"{separator}2")))
    bare = names(Sample(**choice)(named(500)))
    assert [n[:-2] for n in one] == [n[:-2] for n in two] == bare


def test_mate_1_decides_for_both():
    batch = pa.record_batch(
        {
            "name": [f"read{k // 2}.{k % 2}" for k in range(400)],
            "mate": pa.array([k % 2 + 1 for k in range(400)], pa.int8()),
        }
    )
    kept = Sample(fraction=0.5)(batch)
    assert 140 < kept.num_rows < 260
    assert kept.column("mate").to_pylist() == [1, 2] * (kept.num_rows // 2)


@given(
    st.integers(0, 45),
    st.lists(st.integers(0, 20).map(lambda pair: 2 * pair), max_size=6),
    st.booleans(),
    st.integers(0, 9),
)
def test_a_number_keeps_the_smallest_hashes_in_order(number, ends, paired, seed):
    batch = reads(paired=paired)
    step = 2 if paired else 1
    hashes = list(hashes_of(BatchView(batch), seed))
    smallest = sorted(range(len(hashes)), key=lambda k: (hashes[k], k))[:number]
    wanted = [
        batch.column("name")[k * step + mate].as_py()
        for k in sorted(smallest)
        for mate in range(step)
    ]
    got = rows(run(Sample(number=number, seed=seed), cut(batch, ends)))
    assert [row["name"] for row in got] == wanted


@given(
    st.lists(st.sampled_from(["a", "b", "c"]), max_size=30), st.integers(0, 12), st.integers(1, 9)
)
def test_of_equal_names_the_first_are_kept(texts, number, size):
    batch = pa.record_batch(
        {"name": pa.array(texts, pa.string()), "at": pa.array(range(len(texts)), pa.int64())}
    )
    hashes = hashes_of(BatchView(batch), 0)
    wanted = sorted(sorted(range(len(texts)), key=lambda k: (hashes[k], k))[:number])
    got = rows(run(Sample(number=number), cut(batch, list(range(0, len(texts), size)))))
    assert [row["at"] for row in got] == wanted


def test_little_is_held():
    batch = named(50_000)
    with Sample(number=100).open() as function:
        for first in range(0, 50_000, 500):
            assert function(batch.slice(first, 500)).num_rows == 0
            assert function._held <= 2 * 100
            assert sum(part.num_rows for part in function._batches) == function._held
        assert sum(batch.num_rows for batch in function.flush()) == 100


def test_what_one_batch_cannot_hold_comes_in_several():
    """2 GiB of text is more than the offsets of a string column reach; slices share it here."""
    text = "A" * (1 << 20)
    batch = pa.record_batch({"name": [f"r{n}" for n in range(8)], "sequence": [text] * 8})
    operator = Sample(number=8 * 300)
    with operator.open() as function:
        for _ in range(300):
            assert function(batch).num_rows == 0
        rows, nbytes, batches = 0, 0, 0
        for part in function.flush():
            rows += part.num_rows
            nbytes += part.nbytes
            batches += 1
    assert (rows, batches) == (8 * 300, 300)
    assert nbytes > 1 << 31


def test_only_a_number_must_see_all():
    assert Sample(fraction=0.5).concurrency is Concurrency.SHARED
    assert Sample(number=5).concurrency is Concurrency.SERIAL
    with pytest.raises(TypeError, match="whole stream"):
        Sample(number=5).keep(BatchView(named(3)))


def test_a_name_that_is_null_is_an_error():
    with pytest.raises(DataError, match="'name' is null in row 1"):
        Sample(fraction=0.5)(pa.record_batch({"name": ["a", None]}))


@given(
    st.integers(0, 40) | st.integers(0, 3_500),
    st.floats(0, 1),
    st.lists(st.integers(0, 3_500), max_size=4),
    st.booleans(),
)
@settings(max_examples=30)
def test_an_exact_fraction_is_exact_at_every_thousandth_read(number, fraction, ends, paired):
    unit = 1 + paired
    names = [f"{read}/{mate}" for read in range(number) for mate in range(1, 1 + unit)]
    columns = {"name": pa.array(names, pa.string())}
    if paired:
        columns["mate"] = pa.array([1, 2] * number, pa.int8())
    ends = sorted(min(number, end) * unit for end in ends)
    found = rows(run(Sample(fraction=fraction, exact=True), cut(pa.record_batch(columns), ends)))
    kept = [int(row["name"][:-2]) for row in found[::unit]]
    assert kept == sorted(set(kept))
    assert len(found) == unit * len(kept)
    for seen in {*range(0, number, 1_000), number}:
        assert sum(each < seen for each in kept) == math.floor(fraction * seen + 0.5)


def test_an_exact_fraction_has_the_smallest_hashes_and_mates_agree():
    batch = pa.record_batch({"name": [f"r{number}/1" for number in range(800)]})
    other = pa.record_batch({"name": [f"r{number}/2" for number in range(800)]})
    exact = Sample(fraction=0.25, exact=True, seed=4)
    found = [row["name"][:-2] for row in rows([exact(batch)])]
    assert found == [row["name"][:-2] for row in rows([exact(other)])]
    assert found == [row["name"][:-2] for row in rows([Sample(number=200, seed=4)(batch)])]
    assert found != [row["name"][:-2] for row in rows([Sample(number=200, seed=5)(batch)])]
    assert exact.concurrency is Concurrency.SERIAL
