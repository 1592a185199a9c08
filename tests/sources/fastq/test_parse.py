"""The parser against its plain twin, on good text and on bad."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.sources.fastq import parse as parsing
from biometal_stream.sources.fastq import text
from biometal_stream.sources.fastq.records import RecordReader
from biometal_stream.sources.text.shown import show_both
from tests.sources import naive
from tests.sources.naive import Record
from tests.sources.stand_ins import Bytes, fastq, parse_all

BLANK_FREE = st.text(
    st.characters(codec="utf-8", exclude_characters=" \t\n\r", exclude_categories=["Cs"]),
    max_size=90,
)
DESCRIPTIONS = st.none() | st.text(
    st.characters(codec="utf-8", exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=90
)


@st.composite
def records(draw: st.DrawFn) -> Record:
    length = draw(st.integers(0, 200))
    sequence = draw(st.text("ACGTNacgtnRYKMu", min_size=length, max_size=length))
    quality = draw(
        st.text(
            st.characters(min_codepoint=33, max_codepoint=126), min_size=length, max_size=length
        )
    )
    return Record(draw(BLANK_FREE), draw(DESCRIPTIONS), sequence, quality)


FILES = st.lists(records(), max_size=12)


@given(FILES, st.integers(1, 2000), st.sampled_from(["\n", "\r\n"]))
def test_what_is_written_is_read(expected: list[Record], chunk_bytes: int, newline: str) -> None:
    data = fastq(expected).replace(b"\n", newline.encode())
    found, bad = parse_all(data, chunk_bytes)
    assert bad is None
    assert found == expected == naive.parse(data)


def outcome(data: bytes, chunk_bytes: int) -> list[Record] | int:
    """The records, or the number of the first bad one."""
    found, bad = parse_all(data, chunk_bytes)
    if bad is not None:
        return len(found)
    reader = RecordReader(Bytes(data), chunk_bytes, 1 << 20)
    while count := reader.fill():
        reader.take(count)
    return found if reader.rest() is None else len(found)


def naive_outcome(data: bytes) -> list[Record] | int:
    try:
        return naive.parse(data)
    except naive.Bad as bad:
        return int(bad.args[0])


@given(FILES, st.data(), st.integers(1, 600))
def test_damaged_text_has_the_twins_verdict(
    file: list[Record], data: st.DataObject, chunk_bytes: int
) -> None:
    text = bytearray(fastq(file))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text)))
        new = data.draw(st.sampled_from([b"", b"\n", b"@", b"+", b" ", b"\r", b"\xff", b"A", b"!"]))
        text[place : place + data.draw(st.integers(0, 2))] = new
    assert outcome(bytes(text), chunk_bytes) == naive_outcome(bytes(text))


@given(st.binary(max_size=60) | st.text("@+AI\n\r ", max_size=60).map(str.encode))
def test_any_bytes_have_the_twins_verdict(text: bytes) -> None:
    assert outcome(text, 16) == naive_outcome(text)


@pytest.mark.parametrize(
    ("header", "name", "description"),
    [
        ("@r", "r", None),
        ("@", "", None),
        ("@r 1:N:0:A", "r", "1:N:0:A"),
        ("@r ", "r", ""),
        ("@r  two", "r", " two"),
        ("@r\tBC:Z:A x", "r", "\tBC:Z:A x"),
        ("@r \tx", "r", " \tx"),
        ("@r  \tx", "r", "  \tx"),
        ("@r x\ty", "r", "x\ty"),
        ("@ x", "", "x"),
    ],
)
def test_the_header_is_split_at_its_first_blank(
    header: str, name: str, description: str | None
) -> None:
    (record,), _ = parse_all(f"{header}\nA\n+\nI\n".encode())
    assert (record.name, record.description) == (name, description)


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (b"r\nA\n+\nI\n", "record 1, line 1, byte 0", "must start with '@': 'r'"),
        (b"@r\nA\n+\nI\n\n@s\nA\n+\nI\n", "record 2, line 5, byte 9", "blank line"),
        (b"@r\nA C\n+\nIII\n", "record 1, line 2, byte 4", "' ' cannot be a base"),
        (b"@r\nAC\n-\nII\n", "record 1, line 3, byte 6", "must start with '+': '-'"),
        (b"@r\nAC\n+s\nII\n", "record 1, line 3, byte 6", "after '@', 'r': 's'"),
        (b"@r\nAC\n+\nI\n@s\nA\n+\nI\n", "record 1, line 4, byte 8", "the sequence, 2: it has 1"),
        (b"@r\nAC\n+\nI\x1f\n", "record 1, line 4, byte 9", r"'\x1f' (byte 31)"),
        (b"@r\nAC\nGT\n+\nII\nII\n", "record 1, line 3, byte 6", "multi-line FASTQ"),
        (b"@r\nACGT\n+\nII\nII\n@s\n", "record 1, line 4, byte 10", "multi-line FASTQ"),
        (b"@r\nACGT\n+\nII\nI\n@s\n", "record 1, line 4, byte 10", "the sequence, 4: it has 2"),
        (b">r\nAC\n>s\nAC\n", "record 1, line 1, byte 0", "FASTA"),
        (b"@\xff\nAC\n+\nII\n", "record 1, line 1, byte 1", "UTF-8"),
        (b"\x00\x01\n\x02\n\x03\n\x04\n", "record 1, line 1, byte 0", "binary data"),
    ],
)
def test_an_error_says_where_and_what(text: bytes, place: str, reason: str) -> None:
    _, bad = parse_all(text)
    assert bad is not None
    assert str(bad.error).startswith(f"reads.fq: {place}: ")
    assert reason in str(bad.error)


@pytest.mark.parametrize("plus", ["name/1 two words", "name/1", "name", "name two words"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_plus_line_may_leave_out_the_mark_and_the_description(plus: str, end: str) -> None:
    lines = ["@name/1 two words", "ACGT", f"+{plus}", "IIII", ""]
    found, bad = parse_all(end.join(lines).encode())
    assert bad is None
    assert found == [Record("name/1", "two words", "ACGT", "IIII")]


@pytest.mark.parametrize(
    ("header", "plus"),
    [
        ("name/1 two words", "name/1 two"),
        ("name/1 two words", "name/2"),
        ("name/1 two words", "nam"),
        ("name/1 two words", "name "),
        ("name/1 two words", "name/"),
        ("name/1 two words", "two words"),
        ("name/1 two words", "name/1 two words more"),
        ("name.1 two", "name"),
        ("name/3 two", "name"),
        ("name two", "name/1"),
        ("name", "name "),
    ],
)
def test_a_plus_line_with_another_text_is_an_error(header: str, plus: str) -> None:
    _, bad = parse_all(f"@{header}\nACGT\n+{plus}\nIIII\n".encode())
    assert bad is not None
    assert "the name after '+' must be the one after '@'" in str(bad.error)


def test_names_that_differ_far_behind_are_shown_where_they_differ() -> None:
    name = "LH00123:45:22ABCDEFGH:1:1101:12345:67890:ACGTACGTAC"
    _, bad = parse_all(f"@{name}+A 1:N:0\nA\n+{name}+C 1:N:0\nI\n".encode())
    assert bad is not None
    shown = "...'1101:12345:67890:ACGTACGTAC+A 1:N:0': ...'1101:12345:67890:ACGTACGTAC+C 1:N:0'"
    assert f"'@', {shown}" in str(bad.error)


@given(st.binary(max_size=90), st.binary(max_size=60), st.binary(max_size=60))
def test_both_of_two_texts_are_shown_where_they_differ(
    same: bytes, one: bytes, other: bytes
) -> None:
    first, second = show_both(same + one, same + other)
    assert (first == second) == (one == other)
    assert all(len(shown) <= 4 * 40 + 8 for shown in (first, second))
    assert (first + second).isprintable()


def test_a_chunk_hands_over_the_lock_for_two_kernels_and_one_allocation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each handover is a chance to wait, whatever the size of the chunk."""
    handovers = []

    def counted(module: object, name: str) -> None:
        function = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given: handovers.append(name) or function(*given))

    counted(parsing, "copy_records")
    counted(text, "find_records")
    counted(pa, "allocate_buffer")
    records = RecordReader(Bytes(fastq([Record("r", "d", "ACGT", "IIII")] * 30)), 1 << 20, 1 << 20)
    whole = records.take(records.fill())
    handovers.clear()
    parsed = parsing.parse((text.Lines.counted(whole, 4 * whole.records),), "phred33")
    assert parsed.records == 30
    assert handovers == ["find_records", "allocate_buffer", "copy_records"]


def test_dots_are_read_as_n_where_that_is_wanted(tmp_path, capsys):
    path, out = tmp_path / "reads.fq", tmp_path / "out.fq"
    path.write_text("@a.1 x.y\nAC.T..\n+\n......\n@b\n.\n+\nI\n@c\nA*\n+\nII\n")
    good = "@a.1 x.y\nACNTNN\n+\n......\n@b\nN\n+\nI\n"
    line = ["read", str(path), "--dots-to-n", "--on-bad-record", "skip", "write", str(out)]
    assert main([*line, "--quiet"]) == 0
    assert out.read_text() == good
    assert main(["read", str(path), "--dots-to-n", "write", str(out)]) == 1
    assert "record 3, line 10" in capsys.readouterr().err
    assert main(["read", str(path), "write", str(out)]) == 1
    assert "'.' cannot be a base" in (said := capsys.readouterr().err)
    assert "--dots-to-n (dots_to_n=True) replaces it" in said
    names = bs.read_fastq(path, dots_to_n=True) | bs.Head(2) | bs.Select(("name",))
    assert [row["name"] for batch in names.batches() for row in batch.to_pylist()] == ["a.1", "b"]
