"""The steps do what plain Python does."""

import pickle
from collections import Counter

import pyarrow as pa
import pytest
from biometal_stream_primers import CountStarts, HasPrimer, TrimPrimer

import biometal_stream as bs
from biometal_stream.plugin import BatchView

SEQUENCES = ["ACGTT", "AGGTT", "ACG", "", "NCGTT", "ACGACG", "TTTTT"]


def reads(sequences: list[str] = SEQUENCES) -> pa.RecordBatch:
    """Makes a batch of reads."""
    columns = {
        "name": [f"r{number}" for number in range(len(sequences))],
        "description": [None] * len(sequences),
        "sequence": sequences,
        "quality": ["I" * len(sequence) for sequence in sequences],
    }
    return pa.record_batch(
        {name: pa.array(values, pa.string()) for name, values in columns.items()}
    )


@pytest.mark.parametrize(
    ("step", "kept"),
    [
        (HasPrimer("ACG"), ["ACGTT", "ACG", "ACGACG"]),
        (HasPrimer("ASG"), ["ACGTT", "AGGTT", "ACG", "ACGACG"]),
        (HasPrimer("ACG", max_mismatches=1), ["ACGTT", "AGGTT", "ACG", "NCGTT", "ACGACG"]),
    ],
)
def test_reads_with_a_primer_stay(step: HasPrimer, kept: list[str]) -> None:
    assert step(reads())["sequence"].to_pylist() == kept
    assert step(reads([])).num_rows == 0


def test_a_primer_is_cut_off_once_with_its_qualities() -> None:
    trimmed = TrimPrimer("ACG")(reads())
    wanted = [each.removeprefix("ACG") for each in SEQUENCES]
    assert trimmed["sequence"].to_pylist() == wanted
    assert trimmed["quality"].to_pylist() == ["I" * len(each) for each in wanted]


@pytest.mark.parametrize("primer", ["", "acg", "AC-T", "U"])
@pytest.mark.parametrize("step", [HasPrimer, TrimPrimer])
def test_a_primer_that_is_none(step: type, primer: str) -> None:
    with pytest.raises(bs.ConfigurationError, match="letters such as ACGTN"):
        step(primer)


def test_counts_add_up_however_reads_are_cut() -> None:
    step = CountStarts(2)
    whole = step.observe(BatchView(reads()))
    assert whole == Counter(each[:2] for each in SEQUENCES if len(each) >= 2)
    parts = [step.observe(BatchView(reads().slice(start, 3))) for start in (0, 3, 6)]
    merged = step.empty()
    for part in parts:
        merged = step.merge(merged, part)
    assert step.finish(merged) == step.finish(whole) == {"AC": 3, "AG": 1, "NC": 1, "TT": 1}


@pytest.mark.parametrize("step", [HasPrimer("ACG"), TrimPrimer("ACG"), CountStarts(2)])
def test_a_step_can_be_sent_to_other_processes(step: object) -> None:
    assert pickle.loads(pickle.dumps(step)) == step
