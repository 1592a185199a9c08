"""Cutting ends of low quality."""

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from tests.operators.conformance import reads
from tests.operators.kernels import trims

PLAIN = {
    "cut-front": trims.front,
    "cut-tail": trims.tail,
    "cut-right": trims.right,
    "sliding-window": trims.window,
    "leading": trims.leading,
    "trailing": trims.trailing,
}
READS = reads().drop_columns(["host_label"])


def assert_cut(operator, plain, batch=READS):
    """Compares an operator with what a function of scores and bases says of each read."""
    found = operator(batch)
    wanted = []
    for row in batch.to_pylist():
        start, stop = plain([ord(letter) - 33 for letter in row["quality"]], row["sequence"])
        cut = {name: row[name][start:stop] for name in ("sequence", "quality")}
        wanted.append(row | cut)
    assert found.to_pylist() == wanted


@pytest.mark.parametrize(("front", "tail"), [(None, None), (None, 15), (20, 0), (15, 30)])
def test_bwa(front, tail):
    operator = bs.TrimQuality(tail, front_quality=front)
    plain_tail = 20 if tail is None else tail
    assert_cut(operator, lambda scores, _: trims.bwa(scores, front or 0, plain_tail))


@pytest.mark.parametrize(
    ("settings", "rate", "keep"),
    [
        ({}, 0.05, 0),
        ({"shortest": 30}, 0.05, 30),
        ({"error_rate": 0.2, "shortest": 10**20}, 0.2, 10**20),
        ({"quality": 10}, 0.1, 0),
    ],
)
def test_mott(settings, rate, keep):
    operator = bs.TrimQuality(algorithm="mott", **settings)
    assert_cut(operator, lambda scores, _: trims.mott(scores, rate, keep))


@pytest.mark.parametrize("algorithm", PLAIN)
def test_windows(algorithm):
    slides = algorithm not in {"leading", "trailing"}
    for quality, window in ((None, None), (12, 1 if slides else None), (8, 9 if slides else None)):
        operator = bs.TrimQuality(quality, algorithm=algorithm, window=window)
        least, width = quality or 20, window or 4
        assert_cut(
            operator,
            lambda scores, bases, least=least, width=width: PLAIN[algorithm](
                scores, bases, width, least
            ),
        )


@pytest.mark.parametrize("algorithm", ["bwa", "mott", *PLAIN])
def test_a_byte_that_is_no_quality_is_named_wherever_it_stands(algorithm):
    batch = pa.record_batch({"sequence": ["A", "ACGT"], "quality": ["I", "II\tI"]})
    with pytest.raises(bs.DataError, match="byte 0x09 in row 1 of the batch"):
        bs.TrimQuality(algorithm=algorithm)(batch)


def test_a_read_that_was_dropped_before_may_hold_anything():
    batch = pa.record_batch({"sequence": ["AC", "ACGT", "AC"], "quality": ["II", "I\tII", "II"]})
    pipeline = bs.MaxLength(3), bs.TrimQuality()
    for operator in pipeline:
        batch = operator(batch)
    assert batch["sequence"].to_pylist() == ["AC", "AC"]


def test_lengths_that_differ_are_an_error():
    batch = pa.record_batch({"sequence": ["ACG"], "quality": ["II"]})
    with pytest.raises(bs.DataError, match="3 bases, 2 qualities"):
        bs.TrimQuality()(batch)


def test_reads_without_qualities_are_refused():
    schema = pa.schema([("name", pa.string()), ("sequence", pa.string())])
    with pytest.raises(bs.SchemaError, match="trim-quality needs a column 'quality'"):
        bs.TrimQuality().output_schema(schema)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--window", "4"], "--window is for the algorithm cut-front or cut-tail or"),
        (["--shortest", "30"], "--shortest is for the algorithm mott, not for bwa"),
        (["--algorithm", "mot"], "Did you mean mott?"),
        (["20", "--error-rate", "0.1", "--algorithm", "mott"], "a quality or an error rate, not"),
        (["120"], "must be at most 93"),
    ],
)
def test_settings_that_do_not_fit_are_said_as_they_are_typed(words, message, capsys):
    assert main(["read", "x.fq", "trim-quality", *words, "write", "-"]) == 2
    assert message in capsys.readouterr().err


def test_the_command_line(tmp_path):
    source, result = tmp_path / "reads.fq", tmp_path / "cut.fq"
    source.write_text("@a\nACGTACGT\n+\n##IIII##\n@b\nACGT\n+\n####\n")
    line = ["read", str(source), "trim-quality", "20", "--front-quality", "20", "write"]
    assert main([*line, str(result), "--quiet"]) == 0
    assert result.read_text() == "@a\nGTAC\n+\nIIII\n@b\n\n+\n\n"
    line = ["read", str(source), "trim-quality", "min-length", "1", "write", str(result)]
    assert main([*line, "--quiet"]) == 0
    assert result.read_text() == "@a\nACGTAC\n+\n##IIII\n"
