"""Bytes that were taken ahead of their turn."""

from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.codecs.raw.ahead import Ahead

PIECE = 1 << 16
data = st.one_of(st.binary(max_size=20), st.sampled_from([b"x" * (PIECE - 1), b"y" * (PIECE + 1)]))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), data),
        st.tuples(st.just("replay"), data),
        st.tuples(st.sampled_from(["take", "peek"]), st.integers(1, 2 * PIECE)),
    ),
    max_size=30,
)


@given(steps)
def test_is_a_row_of_bytes(steps):
    ahead, expected = Ahead(), b""
    for step, what in steps:
        if step == "append":
            ahead.append(memoryview(what))
            expected += what
        elif step == "replay":
            ahead.replay(what)
            expected = what + expected
        elif step == "peek":
            assert ahead.peek(what) == expected[:what]
        else:
            target = bytearray(what)
            count = ahead.take(memoryview(target))
            assert (count > 0) is bool(expected)
            assert target[:count] == expected[:count]
            expected = expected[count:]
        assert len(ahead) == len(expected)
        assert bool(ahead) is bool(expected)
    assert ahead.peek(len(expected) + 1) == expected
