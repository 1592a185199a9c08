"""Names of many reads, compared by the rule for mates."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.mates.names import Separator, are_mates
from biometal_stream.sources.fastq.matching import match_names, mate_codes
from tests.sources import naive

SEPARATORS = st.sampled_from(["/", ".", "_"])
NAMES = st.text("a1270/._", max_size=6)
ALIKE = st.sampled_from(
    ["a", "a/1", "a/2", "a.1", "a.2", "a_1", "a_2", "a.7", "b.1", "b.2", "a.1/1"]
)


def batch(names: list[str], marks: list[int]) -> pa.RecordBatch:
    columns = {"name": pa.array(names, pa.string()), "mark": pa.array(marks, pa.uint8())}
    return pa.record_batch(columns)


def name_mark(name: str) -> int:
    return naive.mark(naive.Record(name, None, "", ""))


@given(NAMES | ALIKE, NAMES | ALIKE, SEPARATORS)
def test_two_names_are_told_as_many_are(one: str, two: str, separator: Separator) -> None:
    ones, twos = (batch([name], [name_mark(name)]) for name in (one, two))
    expected = naive.are_mates(one, two, separator)
    assert are_mates(one.encode(), two.encode(), separator) == expected
    assert match_names(ones, twos, separator) == expected


@given(st.lists(st.tuples(NAMES | ALIKE, st.sampled_from([0, 1, 2]))), st.data(), SEPARATORS)
def test_mates_have_equal_numbers(ones: list, data: st.DataObject, separator: Separator) -> None:
    """So that reads which are no pair where they stand are never found to be one there."""
    twos = data.draw(st.lists(st.tuples(ALIKE, st.sampled_from([0, 1, 2]))))
    ones, twos = ([(name, name_mark(name) or mark) for name, mark in each] for each in (ones, twos))
    codes, own, number = mate_codes(
        *(batch([name for name, _ in each], [mark for _, mark in each]) for each in (ones, twos)),
        separator,
    )
    for code, (one, mark) in zip(codes, ones, strict=True):
        for other_code, (two, other) in zip(own, twos, strict=True):
            mates = naive.are_mates(one, two, separator) and mark != 2 and other != 1
            assert (code == other_code >= 0) == mates
    assert all(code < number for code in (*codes, *own))
