"""Masking bases of low quality."""

import random

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.cli.main import main


def masked(operator, *reads):
    batch = pa.record_batch({"sequence": [r[0] for r in reads], "quality": [r[1] for r in reads]})
    result = operator(batch)
    assert result["quality"] == batch["quality"]
    assert result.schema == batch.schema
    return result["sequence"].to_pylist()


def test_bases_below_the_limit():
    reads = ("ACgtN", "!I5+I"), ("", ""), ("AC", "54")
    assert masked(bs.MaskQuality(), *reads) == ["NCgNN", "", "AN"]
    assert masked(bs.MaskQuality(letter="lower-case"), *reads) == ["aCgtN", "", "Ac"]
    assert masked(bs.MaskQuality(0), *reads) == ["ACgtN", "", "AC"]
    assert masked(bs.MaskQuality(93), *reads) == ["NNNNN", "", "NN"]


def test_only_letters_get_lower_case():
    assert masked(bs.MaskQuality(letter="lower-case"), ("A-.*@[Z", "!!!!!!!")) == ["a-.*@[z"]


def plain(quality, least, window):
    low = set()
    for first in range(len(quality) - window + 1):
        scores = [ord(letter) - 33 for letter in quality[first : first + window]]
        if sum(scores) < least * window:
            low |= set(range(first, first + window))
    return low


@given(st.lists(st.text("!+5I", max_size=40), max_size=4), st.integers(0, 40), st.integers(1, 12))
def test_windows(qualities, least, window):
    wanted = [
        "".join("N" if k in plain(text, least, window) else "A" for k in range(len(text)))
        for text in qualities
    ]
    reads = [("A" * len(text), text) for text in qualities]
    if reads:
        assert masked(bs.MaskQuality(least, window=window), *reads) == wanted


def test_measures_of_the_bases_are_refused_and_others_stay():
    batch = bs.Measure()(pa.record_batch({"sequence": ["ACGT"], "quality": ["!!II"]}))
    with pytest.raises(bs.SchemaError, match="column 'gc' was made from them; put 'measure' after"):
        bs.MaskQuality()(batch)
    rest = batch.drop_columns(["gc", "n_count"])
    assert bs.MaskQuality()(rest).drop_columns(["sequence"]) == rest.drop_columns(["sequence"])
    odd = pa.record_batch({"sequence": ["A"], "quality": ["I"], "sequence_dust": [1.0]})
    with pytest.raises(bs.SchemaError, match="put 'measure --columns dust' after mask-quality"):
        bs.MaskQuality()(odd)


def test_nothing_is_done_where_bases_are_not_used():
    schema = pa.schema([("sequence", pa.string()), ("quality", pa.string())])
    assert bs.MaskQuality().pushdown(frozenset(["quality"]), schema) == (None, {"quality"})


def test_the_command_line(tmp_path):
    source, result = tmp_path / "reads.fq", tmp_path / "masked.fq"
    source.write_text("@a\nACGT\n+\n!5I4\n")
    assert main(["read", str(source), "mask-quality", "write", str(result), "--quiet"]) == 0
    assert result.read_text() == "@a\nNCGN\n+\n!5I4\n"


@pytest.mark.parametrize(
    "mask", [bs.MaskQuality(), bs.MaskQuality(20, letter="lower-case", window=3)]
)
def test_in_a_chain_it_changes_what_is_left(mask, tmp_path):
    draw = random.Random(5)
    texts = ["".join(draw.choices("!+5I", k=draw.randrange(30))) for _ in range(300)]
    table = pa.table(
        {
            "name": [f"r{read}" for read in range(300)],
            "sequence": ["".join(draw.choices("ACGTN", k=len(text))) for text in texts],
            "quality": texts,
        }
    )
    steps = [bs.MinLength(9), bs.TrimFixed(front=2), mask, bs.MaxN(2), bs.TrimFixed(tail=1)]
    steps.append(bs.ConvertBases(case="lower"))
    chained, alone = bs.from_arrow(table), table.combine_chunks().to_batches()[0]
    for step in steps:
        chained, alone = chained | step, step(alone)
    assert chained.stream().read_all().to_pylist() == alone.to_pylist()
    report = chained.write_parquet(tmp_path / "o.parquet", rejected=tmp_path / "r.parquet")
    assert report.reads_out == alone.num_rows < 300
