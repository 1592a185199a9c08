"""What has structure, made by hypothesis: records, streams in a row, and conditions."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.compressed import check_source, check_streams
from tests.fuzz.expressions import COLUMNS, check_text
from tests.fuzz.fastq import (
    check_cuts,
    check_cutter,
    check_encodings,
    check_pairs,
    check_parser,
    check_tolerant,
)

line_ends = st.sampled_from([b"\n", b"\r\n"])
names = st.text("ab1/ \t:é+@", max_size=12).map(str.encode) | st.binary(max_size=6).map(
    lambda name: name.replace(b"\n", b"")
)
faults = st.sampled_from(["", "", "", "", "", "", "header", "base", "plus", "length", "quality"])


@st.composite
def records(draw: st.DrawFn) -> bytes:
    """A record of four lines, sometimes with one fault."""
    fault, end, name = draw(faults), draw(line_ends), draw(names)
    length = draw(st.integers(0, 12) | st.sampled_from([63, 64, 65, 130]))
    sequence = draw(st.text("ACGTNacgtnRYU", min_size=length, max_size=length)).encode()
    quality = draw(st.text("!@+I~5;h", min_size=length, max_size=length)).encode()
    header, plus = b"@" + name, b"+" + draw(st.sampled_from([b"", b"", name]))
    match fault:
        case "header":
            header = draw(st.sampled_from([b"", b">x", b"x"]))
        case "base":
            sequence = sequence[:-1] + draw(st.sampled_from([b".", b"-", b"\0", b"E", b" "]))
        case "plus":
            plus = draw(st.sampled_from([b"", b"-", b"+other"]))
        case "length":
            quality = quality[1:] if draw(st.booleans()) else quality + b"I"
        case "quality":
            quality = quality[:-1] + draw(st.sampled_from([b" ", b"\x7f", b"\t", b"\xe9"]))
    return end.join([header, sequence, plus, quality, b""])


texts = st.tuples(
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
    st.lists(records(), max_size=6).map(b"".join),
    st.sampled_from([b"", b"\n", b"\r\n\r\n", b"@cut", b"\r"]),
    st.integers(0, 3),
).map(lambda parts: b"".join(parts[:3])[: -parts[3] or None])


@given(texts)
def test_records(text: bytes) -> None:
    check_parser(text)
    check_tolerant(text)
    check_encodings(text)


@settings(max_examples=25)
@given(texts)
def test_every_size_of_chunks(text: bytes) -> None:
    check_cutter(text)


@settings(max_examples=30)
@given(texts)
def test_every_cut(text: bytes) -> None:
    check_cuts(text)


@given(st.lists(records(), max_size=4), st.lists(records(), max_size=4), st.booleans())
def test_two_files(first: list[bytes], second: list[bytes], same: bool) -> None:
    check_pairs(b"".join(first) + b"\0" + b"".join(first if same else second))


@given(st.integers(0, 4), st.integers(0, 255), st.integers(0, 255), texts)
def test_streams_in_a_row(kind: int, parting: int, cut: int, text: bytes) -> None:
    check_streams(bytes([kind, parting, cut]) + text)
    check_source(text)


numbers = st.sampled_from(
    ["count", "share", "length", "gc", "mean_quality", "n_count", "column('odd name')", "7", "-1"]
) | st.floats(allow_nan=False, width=32).map(str)
words = st.sampled_from(["name", "description", "sequence", "'x'", "'a1'", "''", '"é"'])


def _joined(part: st.SearchStrategy[str], marks: list[str]) -> st.SearchStrategy[str]:
    return st.tuples(part, st.sampled_from(marks), part).map(" ".join)


values = st.recursive(
    numbers,
    lambda part: (
        _joined(part, ["+", "-", "*", "/", "%"])
        | part.map("({})".format)
        | part.map("-{}".format)
        | words.map("length({})".format)
    ),
    max_leaves=4,
)
functions = st.sampled_from(["contains", "starts_with", "ends_with", "matches"])
comparisons = _joined(values, ["<", "<=", "==", "!=", ">", ">="]) | _joined(
    words, ["<", "==", "!=", ">="]
)
conditions = st.recursive(
    comparisons
    | st.sampled_from(["flag", "True", "is_null(share)", "is_null(description)"])
    | st.tuples(functions, words, st.sampled_from(["'x'", "'1'", "''"])).map(
        lambda parts: f"{parts[0]}({parts[1]}, {parts[2]})"
    )
    | st.tuples(numbers, st.lists(st.integers(-9, 9), min_size=1).map(tuple)).map(
        lambda parts: f"{parts[0]} in {parts[1]}"
    ),
    lambda part: (
        _joined(part, ["and", "or"]) | part.map("not ({})".format) | part.map("({})".format)
    ),
    max_leaves=5,
)


@settings(max_examples=200)
@given(conditions)
def test_conditions(condition: str) -> None:
    """A condition of the grammar is never refused as none."""
    outcome = check_text(condition)
    assert isinstance(outcome, tuple)
    assert outcome[0] != "refused", condition


def test_the_twin_is_asked() -> None:
    """Not all is left to `Unsure`."""
    assert check_text("count > 0 and gc >= 0.5")[0] == "agreed"
    assert all(len(values) == 4 for values in COLUMNS.values())
