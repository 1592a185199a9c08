import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.errors import DataError
from biometal_stream.sinks.fastq.kernels import is_ascii
from biometal_stream.sinks.fastq.records import format_batches
from biometal_stream.sources.fastq.parse import parse
from biometal_stream.sources.fastq.records import RecordReader
from biometal_stream.sources.fastq.text import Lines
from tests.sources.stand_ins import Bytes

name = st.text(st.characters(exclude_characters=" \t\r\n", exclude_categories=["Cs"]), max_size=90)
header = st.text(
    st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=90
).map(lambda text: text.rstrip("\r"))
bases = st.text("ACGTNacgtnURYKMSWBDHV", max_size=150)
printed = st.characters(min_codepoint=33, max_codepoint=126)
record = st.tuples(
    name,
    st.one_of(st.none(), header, header.map(lambda text: " \t" + text)),
    bases.flatmap(
        lambda text: st.tuples(
            st.just(text), st.text(printed, min_size=len(text), max_size=len(text))
        )
    ),
    st.integers(1, 2),
).map(lambda r: (r[0], r[1], r[2][0], r[2][1], r[3]))


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
        ("name", "a b", "its name holds a blank"),
        ("name", " ", "its name holds a blank"),
        ("name", "a\tBC:Z:A", "its name holds a tab"),
        ("name", "a\rb", "its name holds a carriage return"),
        ("description", "a\nb", "its description holds a newline"),
        ("description", "\t" + "d" * 63 + "\n" + "d" * 99, "its description holds a newline"),
        ("description", "d\r", "its description holds a carriage return"),
        ("sequence", "A\nC", "its sequence holds a newline, which is not a base"),
        ("sequence", "A C", "its sequence holds a blank, which is not a base"),
        ("sequence", "A.C", "its sequence holds '.', which is not a base"),
        ("sequence", "!!I", "its sequence holds '!', which is not a base"),
        ("sequence", "ACGT", "differ in length"),
        ("quality", "! !", "its quality holds a blank, which is outside"),
        ("quality", "!\n!", "its quality holds a newline, which is outside"),
        ("quality", "!\x7f!", "its quality holds '\\x7f', which is outside"),
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


def reads_back(batch):
    """What our own reader makes of what is written, as rows."""
    reader = RecordReader(Bytes(bytes(format_batches([batch]))), 1 << 16, 1 << 20)
    count = reader.fill()
    if not count:
        assert reader.rest() is None
        return []
    parsed = parse((Lines.of(reader.take(count)),), "phred33")
    assert parsed.error is None
    assert reader.rest() is None
    return pa.table(parsed.columns).to_pylist()


anything = st.text("@+ \t\r\nAc.!~é\x00\x85", max_size=5)


@given(
    st.lists(st.tuples(anything, st.none() | anything, anything, anything), max_size=3)
    | st.lists(record.map(lambda row: row[:4]), max_size=3)
)
@example([("", "x", "", "")])
@example([("", None, "", ""), ("", "", "", "")])
def test_what_is_written_reads_back_or_is_refused(rows):
    names = ["name", "description", "sequence", "quality"]
    batch = pa.RecordBatch.from_pylist(
        [dict(zip(names, row, strict=True)) for row in rows],
        pa.schema([(each, pa.string()) for each in names]),
    )
    try:
        found = reads_back(batch)
    except DataError:
        assert any(is_refused(*row) for row in rows)
    else:
        assert found == batch.to_pylist()
        assert not any(is_refused(*row) for row in rows)


def is_refused(name, description, sequence, quality):
    """The plain twin of the checks of `format_records`."""
    return bool(
        set(name) & set(" \t\r\n")
        or (description is not None and ("\n" in description or description.endswith("\r")))
        or not set(sequence.upper()) <= set("ACGTURYSWKMBDHVN")
        or len(sequence.encode()) != len(quality.encode())
        or not all("!" <= byte <= "~" for byte in quality)
    )


@pytest.mark.parametrize("column", ["name", "description"])
def test_names_that_are_not_utf8(column):
    text = pa.array([b"a", b"\xff"], pa.binary()).view(pa.string())
    rows = {"name": ["a", "b"], "description": ["c", "d"], "sequence": ["A", "C"]}
    rows |= {"quality": ["!", "!"], column: text}
    with pytest.raises(DataError, match=f"a {column} of the batch is not UTF-8"):
        format_batches([pa.record_batch(rows)])


@given(st.lists(st.binary(max_size=200), min_size=2, max_size=2), st.integers(0, 9))
def test_is_ascii(texts, start):
    arguments = []
    for text in texts:
        data = np.frombuffer(text, np.uint8)
        arguments += [data, np.uint64(min(start, len(text))), np.uint64(len(text))]
    assert is_ascii(*arguments) == all(text[start:].isascii() for text in texts)
