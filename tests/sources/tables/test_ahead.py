"""Groups are decoded in any thread, and come in order; errors come after what is before them."""

import threading
from concurrent.futures import Future

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.channel import Aborted
from biometal_stream.run import LocalRun
from biometal_stream.sources.tables.ahead import DecodedAhead, Group, _decode
from tests.stand_ins import own_threads

MIB = 2**20


def group(number, sizes, nbytes, fail=False):
    def batches():
        for size in sizes:
            yield pa.record_batch({"group": [number] * size})
        if fail:
            raise OSError(f"group {number} is bad")

    return Group(nbytes, batches)


def no():
    return False


@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 9), max_size=4), st.integers(1, 8 * MIB)), max_size=9
    ),
    st.integers(1, 4),
    st.integers(0, 9),
)
def test_in_order_until_an_error(described, workers, bad):
    groups = [
        group(number, sizes, nbytes, number == bad)
        for number, (sizes, nbytes) in enumerate(described)
    ]
    found, failed = [], False
    with LocalRun(workers, 16 * MIB) as run:
        try:
            for batch in DecodedAhead(groups, run, no):
                found += batch["group"].to_pylist()
        except OSError as error:
            assert str(error) == f"group {bad} is bad"  # noqa: PT017
            failed = True
    good = described[: bad + 1]
    assert failed == (bad < len(described))
    assert found == [number for number, (sizes, _) in enumerate(good) for _ in range(sum(sizes))]
    assert not own_threads()


def test_a_group_that_does_not_fit_is_decoded_batch_by_batch():
    decoded = []

    def batches():
        for number in range(3):
            decoded.append((number, threading.current_thread() is threading.main_thread()))
            yield pa.record_batch({"n": [number]})

    with LocalRun(2, 16 * MIB) as run:
        coming = iter(DecodedAhead([Group(100 * MIB, batches)] * 2, run, no))
        next(coming)
        assert decoded == [(0, True)]
        assert len(list(coming)) == 5
    assert all(here for _, here in decoded)


def test_a_group_that_is_larger_than_was_expected_is_left_half_way():
    decoded = []

    def batches():
        for number in range(10):
            decoded.append(number)
            yield pa.record_batch({"n": [number] * 1000})  # of 8,000 bytes

    taken, rest, error = _decode(Group(10_000, batches), no)
    assert [batch.num_rows for batch in taken] == [1000] * 3
    assert decoded == [0, 1, 2]
    assert sum(batch.num_rows for batch in rest) == 7000
    assert error is None


def test_it_ends_where_the_run_does():
    class Ended:
        workers, memory = 2, 16 * MIB

        class executor:
            @staticmethod
            def submit(*_: object) -> Future[None]:
                raise RuntimeError("cannot schedule new futures after shutdown")

    groups = [group(number, [1], 10) for number in range(3)]
    with pytest.raises(Aborted):
        list(DecodedAhead(groups, Ended, lambda: True))
    with pytest.raises(RuntimeError, match="after shutdown"):
        list(DecodedAhead(groups, Ended, no))
