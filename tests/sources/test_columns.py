"""A source of some columns: what it makes, and that it checks what it does not make."""

from __future__ import annotations

import io
import pickle
import warnings
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import BiometalError, ConfigurationError
from biometal_stream.interfaces import ProjectedSource
from biometal_stream.sources.fastq import parse as parsing
from biometal_stream.sources.fastq.columns import TEXT_COLUMNS
from biometal_stream.sources.fastq.source import FastqSource
from tests.sources.fastq.test_parse import FILES
from tests.sources.naive import Record
from tests.sources.stand_ins import fastq

SOME = st.sets(st.sampled_from(TEXT_COLUMNS))
SOME_OF_PAIRS = st.sets(st.sampled_from([*TEXT_COLUMNS, "mate"]))
GOOD = fastq([Record("r1", "one", "ACGT", "IIII"), Record("r2", None, "NN", "!~")])
BAD = {
    "at": GOOD + b"r3\nA\n+\nI\n",
    "plus": GOOD + b"@r3\nA\n-\nI\n",
    "other name": GOOD + b"@r3\nA\n+r4\nI\n",
    "base": GOOD + b"@r3\nA.\n+\nII\n",
    "quality": GOOD + b"@r3\nAA\n+\nI\x7f\n",
    "length": GOOD + b"@r3\nAA\n+\nI\n",
    "name in another code": GOOD + b"@r\xff\nAA\n+\nII\n",
    "description in another code": GOOD + b"@r3 \xe9\nAA\n+\nII\n",
    "cut": GOOD + b"@r3\nAA\n",
}
"""Each with a third record that is not FASTQ."""


def table(source: FastqSource) -> pa.Table:
    return pa.Table.from_batches(source.batches(), source.schema)


def said(source: FastqSource) -> str:
    with pytest.raises(BiometalError) as caught:
        table(source)
    return str(caught.value)


def of(data: bytes, columns: set[str] | None = None, **settings: object) -> FastqSource:
    wanted = None if columns is None else tuple(columns)
    return FastqSource((io.BytesIO(data),), columns=wanted, **settings)


@given(FILES, SOME, st.sampled_from(["stop", "skip"]))
def test_some_columns_are_those_of_all(records: list[Record], columns: set[str], on: str) -> None:
    records = [*records, Record("last", None, "A", "!")]  # which only Phred+33 has
    data = fastq(records)
    some, everything = of(data, columns, on_bad_record=on), table(of(data))
    assert isinstance(some, ProjectedSource)
    assert some.schema.names == [name for name in TEXT_COLUMNS if name in columns]
    batches = list(some.batches())
    assert all(batch.schema.equals(some.schema, check_metadata=True) for batch in batches)
    assert sum(batch.num_rows for batch in batches) == len(records)
    if columns:
        assert pa.Table.from_batches(batches, some.schema) == everything.select(some.schema.names)


@given(st.lists(st.text("ACGTN", max_size=20), max_size=8), SOME_OF_PAIRS, st.booleans())
def test_some_columns_of_pairs(bases: list[str], columns: set[str], tolerant: bool) -> None:
    mates = [
        fastq([Record(f"r{k}/{mate}", None, s, "I" * len(s)) for k, s in enumerate(bases)])
        for mate in (1, 2)
    ]
    interleaved = fastq(
        [
            Record(f"r{k}/{mate}", None, s, "I" * len(s))
            for k, s in enumerate(bases)
            for mate in (1, 2)
        ]
    )
    on = "skip" if tolerant else "stop"
    for settings in (
        {"paths": [mates[0]], "mate": [mates[1]]},
        {"paths": [interleaved], "interleaved": True},
    ):

        def source(given: dict, wanted: set[str] | None) -> FastqSource:
            files = {
                name: tuple(map(io.BytesIO, value)) if name != "interleaved" else value
                for name, value in given.items()
            }
            chosen = None if wanted is None else tuple(wanted)
            return FastqSource(**files, columns=chosen, on_bad_record=on)

        some = source(settings, columns)
        batches = list(some.batches())
        assert sum(batch.num_rows for batch in batches) == 2 * len(bases)
        if columns:
            everything = table(source(settings, None))
            found = pa.Table.from_batches(batches, some.schema)
            assert found == everything.select(some.schema.names)


@pytest.mark.parametrize("columns", [(), *((name,) for name in TEXT_COLUMNS)], ids=str)
@pytest.mark.parametrize("bad", BAD)
def test_what_is_not_made_is_checked(bad: str, columns: tuple[str, ...]) -> None:
    assert said(of(BAD[bad], set(columns))) == said(of(BAD[bad]))


@pytest.mark.parametrize("columns", [(), *((name,) for name in TEXT_COLUMNS)], ids=str)
@pytest.mark.parametrize("bad", BAD)
def test_what_is_not_made_is_set_aside_when_bad(
    tmp_path: Path, bad: str, columns: tuple[str, ...]
) -> None:
    asides = []
    for wanted in (None, set(columns)):
        aside = tmp_path / f"{wanted is None}.fq"
        source = of(BAD[bad], wanted, on_bad_record="quarantine", quarantine=aside)
        with pytest.warns(bs.InputWarning, match="bad records are left out"):
            assert sum(batch.num_rows for batch in source.batches()) == 2
        asides.append(aside.read_bytes())
    assert asides[0] == asides[1] != b""


@pytest.mark.parametrize("tolerant", [False, True])
@pytest.mark.parametrize("columns", [(), ("sequence",), ("mate",), ("name",)], ids=str)
def test_mates_are_told_by_names_that_are_not_made(
    columns: tuple[str, ...], tolerant: bool
) -> None:
    ones = fastq([Record(f"r{k}", None, "A", "I") for k in range(4)])
    twos = fastq([Record(f"r{k}", None, "C", "I") for k in range(4) if k != 2])

    def source(wanted: tuple[str, ...] | None) -> FastqSource:
        on = "skip" if tolerant else "stop"
        files = {"paths": (io.BytesIO(ones),), "mate": (io.BytesIO(twos),)}
        return FastqSource(**files, columns=wanted, on_bad_record=on)

    if not tolerant:
        assert said(source(columns)) == said(source(None))
        return
    with pytest.warns(bs.InputWarning, match="reads without their mate .*r2"):
        batches = list(source(columns).batches())
    assert sum(batch.num_rows for batch in batches) == 6
    assert {tuple(batch.schema.names) for batch in batches} == {columns}


@pytest.mark.parametrize("columns", [(), ("name",), ("sequence",), ("quality",)], ids=str)
@pytest.mark.parametrize("encoding", ["phred64", "solexa", "auto"])
def test_qualities_are_checked_in_their_encoding(encoding: str, columns: tuple[str, ...]) -> None:
    old = fastq([Record("r", None, "ACGT", "BTah")]) * 300_000  # more than is looked at
    plain = fastq([Record("r", None, "ACGT", "I!II")])
    wanted = set(columns)
    found = [table(of(old, some, quality_encoding=encoding)) for some in (wanted, None)]
    assert found[0].schema.names == list(columns)
    if columns:
        assert found[0] == found[1].select(columns)
    errors = [said(of(old + plain, some, quality_encoding=encoding)) for some in (wanted, None)]
    assert errors[0] == errors[1]
    assert "record 300001" in errors[0]


def test_the_encoding_is_noticed_of_qualities_that_are_not_made() -> None:
    old = fastq([Record(f"r{k}", None, "ACGT", "BTah") for k in range(50)])
    with pytest.warns(bs.InputWarning, match="look like phred64"):
        table(of(old, {"name"}))


@given(SOME)
def test_headers_that_are_not_ascii(columns: set[str]) -> None:
    data = "@é ü\nA\n+\nI\n@b\nC\n+\nI\n".encode()
    found = table(of(data, columns))
    assert found.schema.names == [name for name in TEXT_COLUMNS if name in columns]
    if columns:
        assert found == table(of(data)).select(found.schema.names)


def test_nothing_is_made_that_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    copied = []
    kernel = parsing.copy_records

    def watched(*arguments: object) -> object:
        outputs = dict(zip(("name", "description"), (arguments[11], arguments[13]), strict=True))
        outputs |= dict(zip(("sequence", "quality"), arguments[16:18], strict=True))
        copied.append(tuple(n for n, out in outputs.items() if out.nbytes > parsing.PADDING))
        return kernel(*arguments)

    monkeypatch.setattr(parsing, "copy_records", watched)
    data = fastq([Record("r", "d", "ACGT", "IIII")] * 30)
    for columns in ((), *((name,) for name in TEXT_COLUMNS), ("name", "sequence"), TEXT_COLUMNS):
        copied.clear()
        table(of(data, set(columns), quality_encoding="auto"))
        assert set(copied) == {columns}


def test_the_settings() -> None:
    source = FastqSource(("a.fq",), mate=("b.fq",), columns=["mate", "quality", "name", "name"])
    assert source.columns == ("name", "quality", "mate")
    assert pickle.loads(pickle.dumps(source)) == source
    assert eval(repr(source)) == source
    assert source != FastqSource(("a.fq",), mate=("b.fq",))
    assert source.schema.metadata == FastqSource(("a.fq",)).schema.metadata
    assert not source.schema.field("quality").nullable
    with pytest.raises(ConfigurationError, match=r"^columns must be among name, .*: 'mate'$"):
        FastqSource(("a.fq",), columns=("mate",))
    with pytest.raises(ConfigurationError, match="several names, in a tuple: 'name'"):
        FastqSource(("a.fq",), columns="name")


def test_projecting() -> None:
    source = FastqSource(("a.fq",), mate=("b.fq",), sample="S")
    assert source.project(frozenset(source.schema.names)) is source
    some = source.project(frozenset({"mate", "name"}))
    assert some == FastqSource(("a.fq",), mate=("b.fq",), sample="S", columns=("name", "mate"))
    assert some.project(frozenset({"mate"})).columns == ("mate",)
    assert some.project(frozenset()).columns == ()
    with pytest.raises(ConfigurationError, match="columns must be among name, mate: 'sequence'"):
        some.project(frozenset({"sequence"}))


def test_rows_without_columns_are_counted_through_a_pipeline(tmp_path: Path) -> None:
    path = tmp_path / "reads.fq"
    path.write_bytes(GOOD * 5000)
    pipeline = bs.Pipeline(FastqSource((path,), columns=())) | bs.Head(7000)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sum(batch.num_rows for batch in pipeline.batches()) == 7000
    assert pipeline.stream().read_all().num_rows == 7000
    assert (pipeline | bs.Where("1 < 2")).stream().read_all().num_rows == 7000
    assert (pipeline | bs.Where("1 > 2")).stream().read_all().num_rows == 0
