import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.errors import DataError
from biometal_stream.sinks import kernels
from biometal_stream.sinks.fastq import format_batches

printed = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=150)
header = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=90)
record = st.tuples(
    header,
    st.one_of(st.none(), header, header.map(lambda text: " \t" + text)),
    printed.flatmap(lambda bases: st.tuples(st.just(bases), st.permutations(list(bases)))),
    st.integers(1, 2),
).map(lambda r: (r[0], r[1], r[2][0], "".join(r[2][1]), r[3]))


def naive_format(records, mate):
    text = ""
    for name, description, sequence, quality, number in records:
        if mate in (0, number):
            blank = "" if description is None or description.lstrip(" ").startswith("\t") else " "
            text += f"@{name}{blank}{description or ''}\n{sequence}\n+\n{quality}\n"
    return text.encode()


@given(
    st.lists(record, max_size=8),
    st.integers(0, 2),
    st.sampled_from([pa.string(), pa.large_string(), pa.string_view()]),
    st.integers(0, 3),
)
@example([("n", "", "A", "!", 1)], 0, pa.string(), 0)
def test_format(records, mate, kind, start):
    names = ["name", "description", "sequence", "quality"]
    columns = list(zip(*records, strict=True)) or [()] * 5
    arrays = {name: pa.array(c, kind) for name, c in zip(names, columns, strict=False)}
    batch = pa.record_batch({**arrays, "mate": pa.array(columns[4], pa.int8())}).slice(start)
    expected = naive_format(records[start:], mate)
    assert bytes(format_batches([batch], mate=mate)) == expected
    both = [batch.slice(0, 2), batch.slice(2)]
    assert bytes(format_batches(both, mate=mate)) == expected


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("name", "a\nb", "row 1 of its batch: its name holds a newline"),
        ("name", "x" * 200 + "\n", "its name holds a newline"),
        ("description", "a\nb", "its description holds a newline"),
        ("description", "\t" + "d" * 63 + "\n" + "d" * 99, "its description holds a newline"),
        ("sequence", "A\nC", "its sequence holds a blank"),
        ("sequence", "A C", "its sequence holds a blank"),
        ("sequence", "ACGT", "differ in length"),
        ("quality", "! !", "its quality holds a byte outside"),
        ("quality", "!\n!", "its quality holds a byte outside"),
        ("quality", "!\x7f!", "its quality holds a byte outside"),
        ("name", None, "a read, row 1 of its batch: its name is null"),
        ("sequence", None, "read 'b', row 1 of its batch: its sequence is null"),
        ("quality", None, "its quality is null"),
    ],
)
def test_what_fastq_cannot_hold(column, value, message):
    rows = {"name": ["a", "b"], "description": [None, "d"]}
    rows |= {"sequence": ["ACG", "ACG"], "quality": ["!!!", "!!!"]}
    rows[column][1] = value
    with pytest.raises(DataError) as error:
        format_batches([pa.record_batch(rows, pa.schema(dict.fromkeys(rows, pa.string())))])
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def frozen(data):
    array = np.frombuffer(data, np.uint8)
    array.flags.writeable = False
    return array


@given(st.binary(max_size=300), st.integers(0, 70), st.integers(0, 70))
def test_count_bytes(data, cut_first, cut_last):
    start, stop = min(cut_first, len(data)), max(len(data) - cut_last, 0)
    counts = np.ones(256, np.int64)
    kernels.count_bytes(frozen(data), np.uint64(start), np.uint64(stop), counts)
    assert counts.tolist() == [1 + data[start:stop].count(byte) for byte in range(256)]


@given(st.lists(st.sampled_from(b"GgNAc"), max_size=300).map(bytes), st.integers(0, 70))
def test_count_either(data, start):
    found = kernels.count_either(
        frozen(data), np.uint64(start), np.uint64(len(data)), np.uint8(71), np.uint8(103)
    )
    assert found == data[start:].count(b"G") + data[start:].count(b"g")
