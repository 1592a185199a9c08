"""Read structures."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.columns import string_column
from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.barcodes.structure import ReadStructure


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("8M4S+T", ((8, "M"), (4, "S"), (None, "T"))),
        ("+T", ((None, "T"),)),
        ("+t8m", ((None, "T"), (8, "M"))),
        ("10T +B 3T", ((10, "T"), (None, "B"), (3, "T"))),
        ("8B", ((8, "B"),)),
    ],
)
def test_structures(text: str, segments: tuple[tuple[int | None, str], ...]) -> None:
    structure = ReadStructure.parse(text)
    assert structure.segments == segments
    assert ReadStructure.parse(str(structure)) == structure
    assert structure.kinds == {kind for _, kind in segments}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "a length or + and a letter"),
        ("8", "a length or + and a letter"),
        ("M8", "a length or + and a letter"),
        ("8M-T", "a length or + and a letter"),
        ("-8M+T", "a length or + and a letter"),
        ("8X+T", "not X"),
        ("0M+T", "at least 1 base, not 0M"),
        ("+M+T", "+ for one segment only"),
        ("2147483648M+T", "at most 2,147,483,647 bases"),
        (f"+T{'9' * 5000}M", "at most 2,147,483,647 bases"),
    ],
)
def test_wrong_structures(text: str, expected: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(expected)):
        ReadStructure.parse(text)


SEGMENTS = st.lists(st.tuples(st.integers(1, 5), st.sampled_from("TBMCS")), max_size=4)


@given(SEGMENTS, SEGMENTS, st.one_of(st.none(), st.sampled_from("TM")), st.lists(st.text("ACGT")))
def test_segments_are_where_they_are_said_to_be(
    before: list[tuple[int, str]],
    after: list[tuple[int, str]],
    rest: str | None,
    reads: list[str],
) -> None:
    segments: list[tuple[int | None, str]] = [*before, *([(None, rest)] if rest else []), *after]
    if not segments:
        return
    spans = ReadStructure(tuple(segments)).spans(string_column(pa.array(reads, pa.string()), "s"))
    fixed = sum(length or 0 for length, _ in segments)
    assert spans.valid.tolist() == [len(read) >= fixed for read in reads]
    for row, read in enumerate(reads):
        found = [(s.kind, read[s.starts[row] : s.stops[row]]) for s in spans.spans]
        if not spans.valid[row]:
            assert {bases for _, bases in found} == {""}
            continue
        size = len(read) - fixed
        wanted, left = [], read
        for length, kind in segments:
            wanted.append((kind, left[: size if length is None else length]))
            left = left[size if length is None else length :]
        assert found == wanted
